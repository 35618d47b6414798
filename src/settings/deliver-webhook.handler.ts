import { Inject, Injectable, Logger } from '@nestjs/common';
import { SYSTEM } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { Clock } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions } from '../platform/database/transactions';
import { boundedFetch } from '../platform/http/bounded-fetch';
import { guardedPost, type GuardedAnswer } from '../platform/http/guarded-post';
import { signedHeaders } from './webhook-keys';
import { WebhookStore, type Delivery, type DeliveryState, type Endpoint } from './webhook-store';

const THREE_DAYS_MS = 3 * 86_400_000;
const MILLISECONDS = 5_000;
/** Waits between tries in seconds; the last one repeats until three days are over. */
const WAITS = [5, 30, 120, 600, 1800, 3600, 3 * 3600, 6 * 3600];
const GONE = 410;

/** Brings one event to one endpoint: signed by every active key, tried for three days, each try kept with its answer. */
@Injectable()
export class DeliverWebhookHandler {
  private readonly log = new Logger('Webhooks');

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly store: WebhookStore,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** `refId` is the delivery. */
  @Handles('deliver-webhook')
  async deliver(row: OutboxMessage): Promise<HandlerResult> {
    const delivery = row.refId ? await this.store.delivery(row.refId) : null;
    const endpoint = delivery && (await this.store.endpoint(delivery.endpointId));
    if (delivery?.state !== 'pending') {
      return 'skipped';
    }
    if (!endpoint || endpoint.disabledAt) {
      await this.transactions.run((tx) => this.store.settle(tx, delivery.id, 'stopped'));
      return 'skipped';
    }
    const headers = signedHeaders(delivery.eventId, Math.floor(this.clock.now().getTime() / 1000), delivery.body, await this.store.signingKeys(endpoint));
    const began = performance.now();
    crashPoint('webhook.before-send');
    const answer = await this.post(endpoint, delivery, headers);
    return this.settle(endpoint, delivery, answer, headers, performance.now() - began);
  }

  /** The endpoint of the settings may be anywhere: who sets the environment may reach what the desk may. */
  private async post(endpoint: Endpoint, { body }: Delivery, headers: Record<string, string>): Promise<GuardedAnswer> {
    if (!endpoint.fromSettings) {
      return guardedPost({ url: endpoint.url, headers, body, milliseconds: MILLISECONDS, networks: this.config.WEBHOOK_NETWORKS });
    }
    const answer = await boundedFetch({ method: 'POST', url: endpoint.url, headers, body, milliseconds: MILLISECONDS });
    return 'status' in answer ? { status: answer.status, text: answer.text.slice(0, 2000) } : { failure: answer.detail };
  }

  private async settle(endpoint: Endpoint, delivery: Delivery, answer: GuardedAnswer, headers: Record<string, string>, milliseconds: number): Promise<HandlerResult> {
    const state = this.stateAfter(delivery, answer);
    const status = 'status' in answer ? answer.status : null;
    const text = ('status' in answer ? answer.text : answer.failure).replaceAll('\u0000', '');
    await this.transactions.run(async (tx) => {
      await this.store.noteAttempt(tx, delivery.id, { milliseconds, headers, status, answer: text }, state);
      if (status === GONE && (await this.store.disable(tx, endpoint.id, 'it answered 410: gone'))) {
        await this.audit.record(tx, { ticketId: null, event: 'webhook_endpoint_disabled', by: SYSTEM, detail: { endpoint: endpoint.id, answered: GONE } });
        this.log.warn(`An endpoint answered 410 and is told nothing more: ${endpoint.url}`);
      }
    });
    if (state !== 'pending') {
      return 'done';
    }
    const wait = WAITS[Math.min(delivery.tries, WAITS.length - 1)] ?? 5;
    return { retryAt: new Date(this.clock.now().getTime() + wait * 1000 * (0.8 + Math.random() * 0.4)), why: status === null ? text.slice(0, 200) : `answered ${status}` };
  }

  private stateAfter(delivery: Delivery, answer: GuardedAnswer): DeliveryState {
    if ('status' in answer && ((answer.status >= 200 && answer.status < 300) || answer.status === GONE)) {
      return answer.status === GONE ? 'stopped' : 'delivered';
    }
    return this.clock.now().getTime() - delivery.createdAt.getTime() > THREE_DAYS_MS ? 'failed' : 'pending';
  }
}
