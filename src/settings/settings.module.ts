import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { AuditController } from './audit.controller';
import { AuditReader } from './audit.query';
import { DeliverWebhookHandler } from './deliver-webhook.handler';
import { EventsController } from './events.controller';
import { FeedService } from './feed.service';
import { PartsController } from './parts.controller';
import { PromisesController } from './promises.controller';
import { RoutingTrialService } from './routing-trial.service';
import { RoutingController } from './routing.controller';
import { RoutingService } from './routing.service';
import { SettingsApiController } from './settings-api.controller';
import { SettingsController } from './settings.controller';
import { SettingsReader } from './settings.query';
import { SettingsService } from './settings.service';
import { StaffController } from './staff.controller';
import { TellNocHandler } from './tell-noc.handler';
import { VersionsService } from './versions.service';
import { WebhookStore } from './webhook-store';
import { WebhooksController } from './webhooks.controller';
import { WebhooksService } from './webhooks.service';

/** What integrators and leads set up: the page of settings, routing, promises and canned parts, the event feed and the webhooks to the NOC. */
@Module({
  imports: [AuditModule],
  controllers: [AuditController, EventsController, SettingsController, StaffController, RoutingController, PromisesController, PartsController, WebhooksController, SettingsApiController],
  providers: [AuditReader, FeedService, TellNocHandler, DeliverWebhookHandler, WebhookStore, WebhooksService, SettingsReader, SettingsService, VersionsService, RoutingService, RoutingTrialService],
})
export class SettingsModule {}
