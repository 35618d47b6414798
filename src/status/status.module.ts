import { Module } from '@nestjs/common';
import { TicketsApiController } from './tickets-api.controller';
import { TicketsApiService } from './tickets-api.service';

/** The customer's window: how the ticket stands, what is needed, what was decided. */
@Module({ controllers: [TicketsApiController], providers: [TicketsApiService] })
export class StatusModule {}
