import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module';
import { ChangesService } from './changes.service';
import { DeadlineService } from './deadline.service';
import { LeaseService } from './lease.service';
import { PromiseService } from './promise.service';
import { RulebookService } from './rulebook.service';
import { SearchIndexService } from './search-index.service';
import { SearchService } from './search.service';
import { TakeNextService } from './take-next.service';
import { Ticket } from './ticket.entity';
import { TicketsService } from './tickets.service';
import { WaitService } from './wait.service';

/** The spine: the ticket row and the only code that moves it. */
@Global()
@Module({
  imports: [TypeOrmModule.forFeature([Ticket]), AuditModule],
  providers: [TicketsService, DeadlineService, PromiseService, RulebookService, WaitService, LeaseService, TakeNextService, ChangesService, SearchService, SearchIndexService],
  exports: [TicketsService, RulebookService, WaitService, LeaseService, TakeNextService, ChangesService, SearchService],
})
export class TicketsModule {}
