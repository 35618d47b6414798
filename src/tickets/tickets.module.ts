import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuditModule } from '../audit/audit.module';
import { DeadlineService } from './deadline.service';
import { RulebookService } from './rulebook.service';
import { Ticket } from './ticket.entity';
import { TicketsService } from './tickets.service';
import { WaitService } from './wait.service';

/** The spine: the ticket row and the only code that moves it. */
@Global()
@Module({ imports: [TypeOrmModule.forFeature([Ticket]), AuditModule], providers: [TicketsService, DeadlineService, RulebookService, WaitService], exports: [TicketsService, RulebookService, WaitService] })
export class TicketsModule {}
