import { Module } from '@nestjs/common';
import { NocModule } from '../noc/noc.module';
import { AccountSharingController } from './account-sharing.controller';
import { AccountSharing } from './account-sharing.service';
import { CustomerTicketsService } from './customer-tickets.service';
import { EvidenceLinkController } from './evidence-link.controller';
import { EvidenceLinks } from './evidence-links.service';
import { FixCheckController } from './fix-check.controller';
import { HelpController } from './help.controller';
import { HomeController } from './home.controller';
import { MyTicketsService } from './my-tickets.service';
import { StatusLinkController } from './status-link.controller';
import { TestMessageController } from './test-message.controller';
import { TestMessageService } from './test-message.service';
import { TicketActionsController } from './ticket-actions.controller';
import { TicketPageController } from './ticket-page.controller';
import { TicketPageQuery } from './ticket-page.query';
import { TicketsApiController } from './tickets-api.controller';
import { TicketsApiService } from './tickets-api.service';
import { TicketListReader } from './tickets-list.query';

/** The customer's window: how the ticket stands, what is needed, what was decided. */
@Module({
  imports: [NocModule],
  controllers: [AccountSharingController, EvidenceLinkController, FixCheckController, HelpController, HomeController, StatusLinkController, TestMessageController, TicketActionsController, TicketPageController, TicketsApiController],
  providers: [AccountSharing, CustomerTicketsService, EvidenceLinks, MyTicketsService, TestMessageService, TicketListReader, TicketPageQuery, TicketsApiService],
})
export class StatusModule {}
