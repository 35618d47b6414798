import { Inject, Injectable, Logger } from '@nestjs/common';
import { createHmac } from 'node:crypto';
import { DataSource } from 'typeorm';
import { stateLabel } from '../core/ticket/state-label';
import { boundedFetch } from '../platform/http/bounded-fetch';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { TicketsService } from '../tickets/tickets.service';

const THREE_DAYS_MS = 3 * 86_400_000;
/** Waits between tries in seconds; the last one repeats until three days are over. */
const WAITS = [5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600];

/** Tells the NOC what changed, as Standard Webhooks has it. Names the ticket and its state, nothing personal. */
@Injectable()
export class TellNocHandler {
  private readonly log = new Logger('Webhooks');

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly tickets: TicketsService,
  ) {}

  @Handles('tell-noc')
  async tell(row: OutboxMessage): Promise<HandlerResult> {
    const { NOC_URL, NOC_WEBHOOK_SECRET } = this.config;
    if (!NOC_URL || !NOC_WEBHOOK_SECRET || !row.ticketId) {
      return 'skipped';
    }
    const body = await this.body(row);
    const seconds = Math.floor(this.clock.now().getTime() / 1000);
    const signature = createHmac('sha256', keyOf(NOC_WEBHOOK_SECRET)).update(`${row.id}.${seconds}.${body}`).digest('base64');
    const answer = await boundedFetch({
      method: 'POST', url: `${NOC_URL.replace(/\/$/, '')}/webhooks`, body, milliseconds: 5_000,
      headers: { 'content-type': 'application/json', 'webhook-id': row.id, 'webhook-timestamp': String(seconds), 'webhook-signature': `v1,${signature}` },
    });
    if ('status' in answer && ((answer.status >= 200 && answer.status < 300) || answer.status === 410)) {
      return 'done';
    }
    const why = 'status' in answer ? `answered ${answer.status}` : answer.detail;
    if (this.clock.now().getTime() - row.createdAt.getTime() > THREE_DAYS_MS) {
      this.log.warn(`Gave up telling the NOC of ${row.what ?? ''} after three days: ${why}`);
      return 'done';
    }
    const wait = WAITS[Math.min(row.attempts - 1, WAITS.length - 1)] ?? 5;
    return { retryAt: new Date(this.clock.now().getTime() + wait * 1000 * (0.8 + Math.random() * 0.4)), why };
  }

  /** The ticket as it is now: a late delivery tells the truth of its own moment, and `timestamp` says when the event was. */
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

/** Standard Webhooks writes a secret as `whsec_` and base64; any other text is the key itself. */
const keyOf = (secret: string): Buffer => (secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret));
