import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { traitsOfTicket } from '../core/memory/traits';
import { EvidenceService } from '../evidence/evidence.service';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { TicketsService } from '../tickets/tickets.service';
import { GatherSenders, GatherTraits } from './trait-rows';

/** Writes down what a ticket has in common with others, where that was not written with its move into the queue. */
@Injectable()
export class RememberHandler {
  private readonly senders: GatherSenders;
  private readonly traits: GatherTraits;

  constructor(
    source: DataSource,
    private readonly tickets: TicketsService,
    private readonly evidence: EvidenceService,
  ) {
    this.senders = new GatherSenders(source);
    this.traits = new GatherTraits(source);
  }

  /** The same every time: what was written before is written anew. */
  @Handles('remember-ticket')
  async remember(row: OutboxMessage): Promise<HandlerResult> {
    const ticket = await this.tickets.find(row.ticketId ?? '');
    const [items, from] = await Promise.all([
      this.evidence.items(ticket.id),
      ticket.analysisId ? this.senders.ask(ticket.analysisId) : null,
    ]);
    await this.traits.ask({ ticketId: ticket.id, at: ticket.createdAt, traits: traitsOfTicket(ticket, items, from) });
    return 'done';
  }
}
