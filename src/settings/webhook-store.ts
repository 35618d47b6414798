import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../platform/config/config';
import { OutboxService } from '../outbox/outbox.service';
import { Gathered } from '../platform/gathered';
import { KeyBox, keysOfSettings, type KeyKind, type MadeKey, type SigningKey } from './webhook-keys';

export interface Endpoint {
  id: string;
  url: string;
  fromSettings: boolean;
  disabledAt: Date | null;
  disabledWhy: string | null;
  createdAt: Date;
}
export interface EndpointKey { id: string; endpointId: string; kind: KeyKind; public: string | null; createdAt: Date }
export type DeliveryState = 'pending' | 'delivered' | 'failed' | 'stopped';
export interface Delivery {
  id: string;
  /** what the receiver reads as webhook-id: the event's, the same at every endpoint and in the feed; a trial has its own */
  eventId: string;
  endpointId: string;
  url: string;
  ref: string | null;
  type: string;
  body: string;
  state: DeliveryState;
  tries: number;
  createdAt: Date;
  settledAt: Date | null;
  lastStatus: number | null;
  lastAnswer: string | null;
}
export interface Attempt { at: Date; milliseconds: number; headers: Record<string, string>; status: number | null; answer: string }

const NO_TABLE = '42P01';
const ENDPOINTS = {
  name: 'webhook-endpoints',
  text: 'select id, url, from_settings as "fromSettings", disabled_at as "disabledAt", disabled_why as "disabledWhy", created_at as "createdAt" from webhook_endpoint order by from_settings desc, created_at',
} as unknown as string;
const DELIVERY = `d.id, coalesce(d.outbox_id, d.id) as "eventId", d.endpoint_id as "endpointId", e.url, t.ref, d.type, d.body, d.state, d.tries, d.created_at as "createdAt", d.settled_at as "settledAt", l.status as "lastStatus", l.answer as "lastAnswer"
  from webhook_delivery d join webhook_endpoint e on e.id = d.endpoint_id left join ticket t on t.id = d.ticket_id
  left join lateral (select a.status, a.answer from webhook_attempt a where a.delivery_id = d.id order by a.id desc limit 1) l on true`;
const SHOWN = 50;

/** The rows of the webhooks: endpoints, keys, deliveries, attempts. The only writer of their tables. */
@Injectable()
export class WebhookStore implements OnApplicationBootstrap {
  readonly box: KeyBox;
  // Asked for with every event: those of one moment share the answer.
  private readonly asked = new Gathered<null, Endpoint[]>(async (round) => {
    const all = await this.read(this.source.manager);
    round.forEach(({ done }) => done(all));
  });

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly outbox: OutboxService,
  ) {
    this.box = new KeyBox(config.SECRET);
  }

  /** The endpoint of the settings stands in its table before anything happens that it has to hear: what nobody hears is written down as done. */
  async onApplicationBootstrap(): Promise<void> {
    await this.endpoints().catch((error: Error & { code?: string }) => {
      if (error.code !== NO_TABLE) {
        throw error;
      }
      // An empty database is named by the start, with what to do about it.
    });
  }

  /** All endpoints; the one of the settings is written down on the way, and moved when the settings were. */
  endpoints(tx: EntityManager = this.source.manager): Promise<Endpoint[]> {
    return tx === this.source.manager ? this.asked.ask(null) : this.read(tx);
  }

  private async read(tx: EntityManager): Promise<Endpoint[]> {
    const all = await this.stored(tx);
    this.outbox.heard = all.some(({ disabledAt }) => disabledAt === null);
    return all;
  }

  private async stored(tx: EntityManager): Promise<Endpoint[]> {
    const { NOC_URL, NOC_WEBHOOK_SECRET } = this.config;
    const url = NOC_URL && NOC_WEBHOOK_SECRET ? `${NOC_URL.replace(/\/$/, '')}/webhooks` : null;
    const all = (await tx.query(ENDPOINTS)) as Endpoint[];
    if (url && all.find(({ fromSettings }) => fromSettings)?.url !== url) {
      await tx.query(
        `insert into webhook_endpoint (id, url, from_settings) values ($1, $2, true) on conflict (from_settings) where from_settings do update set url = $2, disabled_at = null, disabled_why = null`,
        [randomUUID(), url],
      );
      return (await tx.query(ENDPOINTS)) as Endpoint[];
    }
    return url ? all : all.filter(({ fromSettings }) => !fromSettings);
  }

  async endpoint(id: string, tx: EntityManager = this.source.manager): Promise<Endpoint | null> {
    return (await this.endpoints(tx)).find((one) => one.id === id) ?? null;
  }

  async addEndpoint(tx: EntityManager, url: string): Promise<string> {
    const id = randomUUID();
    await tx.query('insert into webhook_endpoint (id, url) values ($1, $2)', [id, url]);
    return id;
  }

  /** False when it was so already. `why` null enables it. */
  async disable(tx: EntityManager, id: string, why: string | null): Promise<boolean> {
    const [, changed] = (await tx.query(
      `update webhook_endpoint set disabled_at = case when $2::text is null then null else now() end, disabled_why = $2 where id = $1 and (disabled_at is null) = ($2::text is not null)`, [id, why],
    )) as [unknown, number];
    return changed === 1;
  }

  async keys(tx: EntityManager = this.source.manager): Promise<EndpointKey[]> {
    return (await tx.query('select id, endpoint_id as "endpointId", kind, public, created_at as "createdAt" from webhook_key where retired_at is null order by created_at')) as EndpointKey[];
  }

  async addKey(tx: EntityManager, endpointId: string, made: MadeKey): Promise<string> {
    const id = randomUUID();
    await tx.query('insert into webhook_key (id, endpoint_id, kind, sealed, public, created_at) values ($1, $2, $3, $4, $5, clock_timestamp())', [id, endpointId, made.kind, made.sealed, made.public]);
    return id;
  }

  async retireKey(tx: EntityManager, id: string): Promise<boolean> {
    const [, changed] = (await tx.query('update webhook_key set retired_at = now() where id = $1 and retired_at is null', [id])) as [unknown, number];
    return changed === 1;
  }

  async signingKeys({ id, fromSettings }: Endpoint): Promise<SigningKey[]> {
    if (fromSettings) {
      return keysOfSettings(this.config.NOC_WEBHOOK_SECRET ?? '');
    }
    const rows = (await this.source.query('select kind, sealed from webhook_key where endpoint_id = $1 and retired_at is null order by created_at', [id])) as { kind: KeyKind; sealed: Buffer }[];
    return rows.map(({ kind, sealed }) => this.box.open(kind, sealed));
  }

  /** The delivery's id, or null when this work was told to this endpoint before. */
  async addDelivery(tx: EntityManager, made: { endpointId: string; outboxId: string | null; ticketId: string | null; type: string; body: string }): Promise<string | null> {
    const rows = (await tx.query(
      'insert into webhook_delivery (id, endpoint_id, outbox_id, ticket_id, type, body) values ($1, $2, $3, $4, $5, $6) on conflict (endpoint_id, outbox_id) do nothing returning id',
      [randomUUID(), made.endpointId, made.outboxId, made.ticketId, made.type, made.body],
    )) as { id: string }[];
    return rows[0]?.id ?? null;
  }

  async delivery(id: string, tx: EntityManager = this.source.manager): Promise<Delivery | null> {
    const [row] = (await tx.query(`select ${DELIVERY} where d.id = $1`, [id])) as Delivery[];
    return row ?? null;
  }

  /** Newest first; what failed or waits alone where asked. */
  async deliveries(only: 'troubled' | undefined, endpointId: string | undefined): Promise<Delivery[]> {
    return (await this.source.query(
      `select ${DELIVERY} where ($1::uuid is null or d.endpoint_id = $1) and ($2::text is null or d.state in ('failed', 'stopped') or (d.state = 'pending' and d.tries > 0)) order by d.created_at desc, d.id limit ${SHOWN}`,
      [endpointId ?? null, only ?? null],
    )) as Delivery[];
  }

  async attempts(deliveryId: string): Promise<Attempt[]> {
    return (await this.source.query('select at, milliseconds, headers, status, answer from webhook_attempt where delivery_id = $1 order by id desc limit 40', [deliveryId])) as Attempt[];
  }

  async noteAttempt(tx: EntityManager, deliveryId: string, { milliseconds, headers, status, answer }: Omit<Attempt, 'at'>, state: DeliveryState): Promise<void> {
    await tx.query('insert into webhook_attempt (delivery_id, milliseconds, headers, status, answer) values ($1, $2, $3, $4, $5)', [deliveryId, Math.round(milliseconds), JSON.stringify(headers), status, answer]);
    await this.settle(tx, deliveryId, state, 1);
  }

  async settle(tx: EntityManager, deliveryId: string, state: DeliveryState, tries = 0): Promise<void> {
    await tx.query(`update webhook_delivery set state = $2, tries = tries + $3, settled_at = case when $2 = 'pending' then null else now() end where id = $1`, [deliveryId, state, tries]);
  }
}
