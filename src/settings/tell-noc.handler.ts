import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { stateLabel } from '../core/ticket/state-label';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { OutboxService } from '../outbox/outbox.service';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions } from '../platform/database/transactions';
import { TicketsService } from '../tickets/tickets.service';
import { WebhookStore } from './webhook-store';

/** Writes one event down for every endpoint that is told: names the ticket and its state, nothing personal. */
@Injectable()
export class TellNocHandler {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly tickets: TicketsService,
    private readonly store: WebhookStore,
    private readonly outbox: OutboxService,
    private readonly transactions: Transactions,
  ) {}

  @Handles('tell-noc')
  async tell(row: OutboxMessage): Promise<HandlerResult> {
    const endpoints = (await this.store.endpoints()).filter(({ disabledAt }) => disabledAt === null);
    if (endpoints.length === 0 || !row.ticketId) {
      return 'skipped';
    }
    const body = await this.body(row);
    await this.transactions.run(async (tx) => {
      for (const { id: endpointId } of endpoints) {
        const delivery = await this.store.addDelivery(tx, { endpointId, outboxId: row.id, ticketId: row.ticketId, type: row.what ?? 'ticket.state_changed', body });
        await this.outbox.add(tx, delivery ? [{ job: 'deliver-webhook', ticketId: row.ticketId, refId: delivery }] : []);
      }
    });
    return 'done';
  }

  /** The ticket as it is when the event is told; `timestamp` says when it was. From here on the bytes stay the same, however often they are sent. */
  private async body(row: OutboxMessage): Promise<string> {
    const ticket = await this.tickets.find(row.ticketId ?? '');
    const [filterAdjustment] = row.what === 'filter_adjustment.proposed'
      ? ((await this.source.query('select id, rule, sender, message_id as "messageId", change, scope, expires_at as "expiresAt" from filter_adjustment where id = $1', [row.refId])) as object[])
      : [];
    return JSON.stringify({
      type: row.what ?? 'ticket.state_changed',
      timestamp: row.createdAt.toISOString(),
      data: {
        ref: ticket.ref, externalRef: ticket.externalRef, state: ticket.state, stateLabel: stateLabel(ticket.state, { blockedAgain: ticket.blockedAgainAt !== null }),
        closedReason: ticket.closedReason, account: { id: ticket.accountId }, block: { ip: ticket.ip, kind: ticket.kind, blockedAt: ticket.blockedAt.toISOString() },
        url: `${this.config.PUBLIC_URL}/tickets/${ticket.ref}`, ...(filterAdjustment ? { filterAdjustment } : {}),
      },
    });
  }
}
