import { Module } from '@nestjs/common';
import { EventsController } from './events.controller';
import { SettingsController } from './settings.controller';
import { SettingsReader } from './settings.query';
import { SettingsService } from './settings.service';
import { TellNocHandler } from './tell-noc.handler';

/** What integrators and leads set up: the page of settings, the event feed and the webhooks to the NOC. */
@Module({ controllers: [EventsController, SettingsController], providers: [TellNocHandler, SettingsReader, SettingsService] })
export class SettingsModule {}
