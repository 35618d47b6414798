import { Module } from '@nestjs/common';
import { EventsController } from './events.controller';

/** What integrators and leads set up: the event feed and webhooks to the NOC. */
@Module({ controllers: [EventsController], providers: [] })
export class SettingsModule {}
