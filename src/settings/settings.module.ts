import { Module } from '@nestjs/common';
import { EventsController } from './events.controller';
import { TellNocHandler } from './tell-noc.handler';

/** What integrators and leads set up: the event feed and the webhooks to the NOC. */
@Module({ controllers: [EventsController], providers: [TellNocHandler] })
export class SettingsModule {}
