import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module';
import { NocModule } from '../noc/noc.module';
import { TicketsModule } from '../tickets/tickets.module';
import { ApprovalService } from './approval.service';
import { AroundReader } from './around.query';
import { AroundListReader } from './around-list.query';
import { BulkApiController, BulkController } from './bulk.controller';
import { BulkService } from './bulk.service';
import { DecisionController } from './decision.controller';
import { Decision } from './decision.entity';
import { DraftsService } from './drafts.service';
import { LiveService } from './live.service';
import { PresenceService } from './presence.service';
import { DeskActsController } from './desk-acts.controller';
import { DeskActsService } from './desk-acts.service';
import { DeskApiController } from './desk-api.controller';
import { HandoverService } from './handover.service';
import { IncidentController } from './incident.controller';
import { IncidentHandler } from './incident.handler';
import { IncidentReader } from './incident.query';
import { IncidentService } from './incident.service';
import { MemoryReader } from './memory.query';
import { PanelApiController } from './panel-api.controller';
import { PartsReader } from './parts.query';
import { QueueController } from './queue.controller';
import { QueueReader } from './queue.query';
import { RememberHandler } from './remember.handler';
import { ReviewApiController } from './review-api.controller';
import { ReviewService } from './review.service';
import { RowHtml } from './row-html';
import { SkillsService } from './skills.service';
import { TakeService } from './take.service';
import { TicketPages } from './ticket-pages';
import { TeamApiController } from './team-api.controller';
import { TicketController } from './ticket.controller';
import { TicketReader } from './ticket.query';
import { TogetherController } from './together.controller';
import { ViewsService } from './views.service';

/** The desk: the queue, taking a ticket, its page, the decision and the second person. */
@Module({
  imports: [TypeOrmModule.forFeature([Decision]), AuditModule, NocModule, TicketsModule],
  controllers: [QueueController, TicketController, DecisionController, TogetherController, BulkController, ReviewApiController, BulkApiController, DeskActsController, DeskApiController, IncidentController, TeamApiController, PanelApiController],
  providers: [
    DeskActsService, HandoverService, IncidentHandler, IncidentReader, IncidentService, MemoryReader, RememberHandler,
    PartsReader, QueueReader, RowHtml, AroundListReader, TicketReader, AroundReader, TicketPages, TakeService, ReviewService, ApprovalService, SkillsService, PresenceService, DraftsService, ViewsService, LiveService, BulkService,
  ],
})
export class ReviewModule {}
