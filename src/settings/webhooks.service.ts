import { Inject, Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service';
import { actorOf, type Staff } from '../auth/principal';
import { OutboxService } from '../outbox/outbox.service';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import { Conflict, InvalidInput, NotFound } from '../platform/http/errors';
import { refusedUrl } from '../platform/http/guarded-post';
import type { KeyKind, MadeKey } from './webhook-keys';
import { WebhookStore, type Endpoint } from './webhook-store';

const ENDPOINTS = 10;
const KEYS = 2;

/** What admins may do with webhooks, each with its line in the audit. Secrets are told once, when they are made. */
@Injectable()
export class WebhooksService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly store: WebhookStore,
    private readonly outbox: OutboxService,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** A new place to tell, with its first key. @throws InvalidInput for a place that is not allowed (T36) */
  async add(url: string, kind: KeyKind, by: Staff, also?: AlsoKept<{ id: string; made: MadeKey }>): Promise<{ id: string; made: MadeKey }> {
    const why = refusedUrl(url, this.config.WEBHOOK_NETWORKS);
    if (why) {
      throw new InvalidInput([{ field: 'url', code: 'not_allowed', message: why }]);
    }
    return this.transactions.run(async (tx) => {
      const all = await this.store.endpoints(tx);
      if (all.length >= ENDPOINTS || all.some((one) => one.url === url)) {
        throw new InvalidInput([{ field: 'url', code: 'taken', message: all.length >= ENDPOINTS ? `There are ${ENDPOINTS} endpoints already.` : 'This address is told already.' }]);
      }
      const id = await this.store.addEndpoint(tx, url);
      const made = this.store.box.make(kind);
      await this.store.addKey(tx, id, made);
      await this.audit.record(tx, { ticketId: null, event: 'webhook_endpoint_added', by: actorOf(by), detail: { endpoint: id, url, kind } });
      return { id, made };
    }, also);
  }

  /** A second key beside the one that is there: both sign until one is retired. @throws Conflict when there are two */
  rotate(endpointId: string, kind: KeyKind, by: Staff, also?: AlsoKept<MadeKey>): Promise<MadeKey> {
    return this.transactions.run(async (tx) => {
      const endpoint = await this.own(endpointId);
      if ((await this.store.keys(tx)).filter((key) => key.endpointId === endpoint.id).length >= KEYS) {
        throw new Conflict('Two keys sign already. Retire the old one first, when the receiver knows the new one.');
      }
      const made = this.store.box.make(kind);
      const key = await this.store.addKey(tx, endpoint.id, made);
      await this.audit.record(tx, { ticketId: null, event: 'webhook_key_added', by: actorOf(by), detail: { endpoint: endpoint.id, key, kind } });
      return made;
    }, also);
  }

  /** @throws Conflict for the last key: something has to sign */
  retire(endpointId: string, keyId: string, by: Staff): Promise<void> {
    return this.transactions.run(async (tx) => {
      const endpoint = await this.own(endpointId);
      const keys = (await this.store.keys(tx)).filter((key) => key.endpointId === endpoint.id);
      if (!keys.some((key) => key.id === keyId)) {
        throw new NotFound('There is no such key.');
      }
      if (keys.length < 2) {
        throw new Conflict('This is the only key. Add the new one first.');
      }
      await this.store.retireKey(tx, keyId);
      await this.audit.record(tx, { ticketId: null, event: 'webhook_key_retired', by: actorOf(by), detail: { endpoint: endpoint.id, key: keyId } });
    });
  }

  switch(endpointId: string, on: boolean, by: Staff): Promise<void> {
    return this.transactions.run(async (tx) => {
      const endpoint = await this.any(endpointId);
      if (await this.store.disable(tx, endpoint.id, on ? null : `by ${by.name}`)) {
        await this.audit.record(tx, { ticketId: null, event: on ? 'webhook_endpoint_enabled' : 'webhook_endpoint_disabled', by: actorOf(by), detail: { endpoint: endpoint.id } });
      }
    });
  }

  /** Tells an endpoint that somebody tries it out. @returns the delivery */
  test(endpointId: string, by: Staff): Promise<string> {
    return this.transactions.run(async (tx) => {
      const endpoint = await this.any(endpointId);
      const body = JSON.stringify({ type: 'webhook.test', timestamp: this.clock.now().toISOString(), data: { says: 'The unblock desk can reach you.' } });
      const id = await this.store.addDelivery(tx, { endpointId: endpoint.id, outboxId: null, ticketId: null, type: 'webhook.test', body });
      await this.outbox.add(tx, [{ job: 'deliver-webhook', ticketId: null, refId: id }]);
      await this.audit.record(tx, { ticketId: null, event: 'webhook_tested', by: actorOf(by), detail: { endpoint: endpoint.id } });
      return id ?? '';
    });
  }

  /** Sends a delivery once more, with the same id and body. @throws NotFound, Conflict while it waits or its endpoint is disabled */
  replay(deliveryId: string, by: Staff): Promise<void> {
    return this.transactions.run(async (tx) => {
      const delivery = await this.store.delivery(deliveryId, tx);
      const endpoint = delivery && (await this.store.endpoint(delivery.endpointId, tx));
      if (!delivery || !endpoint) {
        throw new NotFound('There is no such delivery.');
      }
      if (endpoint.disabledAt) {
        throw new Conflict('The endpoint is disabled. Enable it first.');
      }
      if (delivery.state === 'pending') {
        throw new Conflict('This delivery is under way: it is tried again by itself.');
      }
      await this.store.settle(tx, deliveryId, 'pending');
      await this.outbox.add(tx, [{ job: 'deliver-webhook', ticketId: null, refId: deliveryId }]);
      await this.audit.record(tx, { ticketId: null, event: 'webhook_replayed', by: actorOf(by), detail: { delivery: deliveryId } });
    });
  }

  private async any(id: string): Promise<Endpoint> {
    const endpoint = await this.store.endpoint(id);
    if (!endpoint) {
      throw new NotFound('There is no such endpoint.');
    }
    return endpoint;
  }

  /** @throws Conflict for the one of the settings: its keys are set in the environment */
  private async own(id: string): Promise<Endpoint> {
    const endpoint = await this.any(id);
    if (endpoint.fromSettings) {
      throw new Conflict('The keys of this endpoint stand in NOC_WEBHOOK_SECRET: two, comma-separated, while one replaces the other.');
    }
    return endpoint;
  }
}
