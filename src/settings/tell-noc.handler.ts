import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { OutboxService } from '../outbox/outbox.service';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions } from '../platform/database/transactions';
import { TicketsService } from '../tickets/tickets.service';
import { LINE, told, type Line } from './told';
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

  /** Made of the line that the event comes from, as in the feed; without one (work from before lines named their events) of the ticket as it is. From here on the bytes stay the same, however often they are sent. */
  private async body(row: OutboxMessage): Promise<string> {
    const type = row.what ?? 'ticket.state_changed';
    const [line] = (await this.source.query(
      `select ${LINE} from audit_entry a join ticket t on t.id = a.ticket_id where a.ticket_id = $1 and a.detail->'tells'->>$2 = $3`, [row.ticketId, type, row.id],
    )) as Line[];
    return JSON.stringify(told(type, line ?? (await this.now(row)), this.config.PUBLIC_URL));
  }

  private async now(row: OutboxMessage): Promise<Line> {
    const { state, ref, externalRef, accountId, ip, kind, blockedAt } = await this.tickets.find(row.ticketId ?? '');
    return { event: row.what ?? '', from: null, to: null, at: row.createdAt, state, ref, externalRef, accountId, ip, kind, blockedAt, filterAdjustment: null };
  }
}
