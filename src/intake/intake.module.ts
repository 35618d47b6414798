import { Module } from '@nestjs/common';
import { NocModule } from '../noc/noc.module';
import { CheckOwnerHandler } from './check-owner.handler';
import { IntakeController } from './intake.controller';
import { IntakeService } from './intake.service';

/** The doors in: the NOC's API and the web form, both into one submit(). */
@Module({ imports: [NocModule], controllers: [IntakeController], providers: [IntakeService, CheckOwnerHandler] })
export class IntakeModule {}
