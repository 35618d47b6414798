import { Module } from '@nestjs/common';
import { NocModule } from '../noc/noc.module';
import { AppealFormController } from './appeal-form.controller';
import { AppealService } from './appeal.service';
import { CheckOwnerHandler } from './check-owner.handler';
import { IntakeController } from './intake.controller';
import { IntakeService } from './intake.service';
import { KnownBlocksService } from './known-blocks.service';
import { LaunchController } from './launch.controller';

/** The doors in: the NOC's API and the web form, both into one submit(). */
@Module({
  imports: [NocModule],
  controllers: [AppealFormController, IntakeController, LaunchController],
  providers: [AppealService, IntakeService, CheckOwnerHandler, KnownBlocksService],
})
export class IntakeModule {}
