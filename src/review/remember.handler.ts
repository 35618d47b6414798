import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { traitsOf } from '../core/memory/traits';
import { EvidenceService } from '../evidence/evidence.service';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { TicketsService } from '../tickets/tickets.service';

/** Writes down what a ticket has in common with others, once it has been read. The only writer of ticket_trait. */
@Injectable()
export class RememberHandler {
  constructor(
    private readonly source: DataSource,
    private readonly tickets: TicketsService,
    private readonly evidence: EvidenceService,
  ) {}

  /** The same every time: what was written before is written anew. */
  @Handles('remember-ticket')
  async remember(row: OutboxMessage): Promise<HandlerResult> {
    const ticket = await this.tickets.find(row.ticketId ?? '');
    const [items, [read]] = await Promise.all([
      this.evidence.items(ticket.id),
      this.source.query(`select body->'message'->>'from' as "from" from analysis where id = $1`, [ticket.analysisId]) as Promise<{ from: string | null }[]>,
    ]);
    const headers = items.filter((item) => item.type === 'headers' || item.type === 'message').map((item) => item.text ?? item.bytes?.toString('latin1', 0, 256_000) ?? '').map((text) => text.split(/\r?\n\r?\n/, 1)[0] ?? '').join('\n');
    const traits = traitsOf({ ip: ticket.ip, accountId: ticket.accountId, rules: (ticket.block.detections ?? []).flatMap(({ rule }) => rule ?? []), from: read?.from ?? null, headers });
    // What stands there already stays; what no longer holds goes.
    await this.source.query(
      `with now as (select trait, value from json_to_recordset($3) as t(trait text, value text)),
         gone as (delete from ticket_trait where ticket_id = $1 and (trait, value) not in (select trait, value from now))
       insert into ticket_trait (trait, value, at, ticket_id) select trait, value, $2, $1 from now on conflict do nothing`,
      [ticket.id, ticket.createdAt, JSON.stringify(traits)],
    );
    return 'done';
  }
}
