import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { NocModule } from '../noc/noc.module';
import { BlockEventsController } from './block-events.controller';
import { ByHandController } from './by-hand.controller';
import { ByHandService } from './by-hand.service';
import { ExceptionsService } from './exceptions.service';
import { LiftEnds } from './lift-ends';
import { LiftWaits } from './lift-waits';
import { Lift } from './lift.entity';
import { LiftingService } from './lifting.service';
import { Lifts } from './lifts';
import { Looks } from './looks';
import { OrderLiftHandler } from './order-lift.handler';
import { ReadBackAll } from './read-back-all';
import { ReadBackHandler } from './read-back.handler';
import { RoundsService } from './rounds.service';
import { WatchService } from './watch.service';

/** Carries a lift through: order, read back, confirm, watch. */
@Module({
  imports: [TypeOrmModule.forFeature([Lift]), NocModule],
  controllers: [BlockEventsController, ByHandController],
  providers: [Lifts, Looks, LiftEnds, LiftWaits, ExceptionsService, LiftingService, ByHandService, WatchService, OrderLiftHandler, ReadBackHandler, ReadBackAll, RoundsService],
})
export class LiftingModule {}
