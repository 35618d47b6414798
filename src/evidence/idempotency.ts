import { createParamDecorator, Injectable, type ExecutionContext } from '@nestjs/common';
import { hash } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { setTimeout as wait } from 'node:timers/promises';
import type { KnownRequest } from '../auth/access';
import { Gathered } from '../platform/gathered';
import { InvalidInput, Unavailable } from '../platform/http/errors';

/** A row of idempotency_key: the answer to a POST, kept for whoever sends it again. */
export interface Idempotent {
  owner: string;
  key: string;
  request_hash: string;
  status: number;
  answer: unknown;
  ticket_id: string | null;
  created_at: string;
}

export interface Kept {
  status: number;
  answer: unknown;
}

/** A key that a request has reserved, and whose answer is still to come. */
export interface Reserved {
  owner: string;
  key: string;
  /** the answer is kept with the work already */
  kept: boolean;
}

/** What a caller keeps in the transaction of the work, last of all: the answer to a request that may be sent again. */
export type AlsoKept<T> = (tx: EntityManager, made: T) => Promise<void>;

export type ReservingRequest = KnownRequest & { reserved?: Reserved };

/** The key that this request has reserved; null when it came without. For a route that keeps its answer together with its work. */
export const ReservedKey = createParamDecorator((_: unknown, context: ExecutionContext): Reserved | null => context.switchToHttp().getRequest<ReservingRequest>().reserved ?? null);

type Row = Pick<Idempotent, 'owner' | 'key' | 'request_hash' | 'status' | 'answer'>;

const EVERY_MS = 50;
/** How often a duplicate asks for the first one's answer: ten seconds in all. */
const PATIENCE = 200;

/** Hash of what was asked: method, path and body, with the body as it was understood. */
export function requestHash(method: string, path: string, body: unknown): string {
  return hash('sha256', `${method} ${path}\n${JSON.stringify(body)}`, 'base64url');
}

/** Answers that were given, by the caller and its `Idempotency-Key`. */
@Injectable()
export class Idempotency {
  private readonly rows: Gathered<{ owner: string; key: string }, Row | null>;

  constructor(private readonly source: DataSource) {
    this.rows = new Gathered(async (round) => {
      const found = (await source.query(
        'select owner, key, request_hash, status, answer from idempotency_key where (owner, key) in (select * from unnest($1::text[], $2::text[]))',
        [round.map(({ what }) => what.owner), round.map(({ what }) => what.key)],
      )) as Row[];
      round.forEach(({ what, done }) => done(found.find(({ owner, key }) => owner === what.owner && key === what.key) ?? null));
    });
  }

  /**
   * The kept answer, or null when the key is new.
   * @throws InvalidInput (422) when the key was used for another request
   */
  async kept(owner: string, key: string, hash: string): Promise<Kept | null> {
    const row = await this.rows.ask({ owner, key });
    if (!row) {
      return null;
    }
    if (row.request_hash !== hash) {
      throw new InvalidInput([{ field: 'Idempotency-Key', code: 'reused', message: 'This key was used for another request. Give each request a key of its own.' }]);
    }
    return { status: row.status, answer: row.answer };
  }

  /**
   * Reserves a key before its work is done. `mine`: do the work, then `answered` or `forget`. Else somebody did it already or is
   * at it: their answer is waited for. A reservation whose process died is taken over after a minute.
   * @throws InvalidInput (422) when the key was used for another request, Unavailable when the other one takes too long
   */
  async reserve(owner: string, key: string, hash: string): Promise<'mine' | Kept> {
    for (let tries = 0; tries < PATIENCE; tries++) {
      const rows = (await this.source.query(
        `insert into idempotency_key (owner, key, request_hash, status, created_at) values ($1, $2, $3, 0, now())
         on conflict (owner, key) do update set created_at = now()
           where idempotency_key.status = 0 and idempotency_key.created_at < now() - interval '1 minute' and idempotency_key.request_hash = $3 returning key`,
        [owner, key, hash],
      )) as { key: string }[];
      if (rows.length > 0) {
        return 'mine';
      }
      const kept = await this.kept(owner, key, hash);
      if (kept && kept.status > 0) {
        return kept;
      }
      await wait(EVERY_MS);
    }
    throw new Unavailable('The same request is still being worked on. Ask again in a moment.');
  }

  async answered(owner: string, key: string, status: number, answer: unknown): Promise<void> {
    await this.source.query('update idempotency_key set status = $3, answer = $4 where owner = $1 and key = $2', [owner, key, status, JSON.stringify(answer ?? null)]);
  }

  /**
   * Keeps the answer in the transaction that does the work: a process that dies between its commit and its answer would leave a caller who asks
   * again with a conflict. Nothing where the request brought no key.
   */
  async answeredIn(tx: EntityManager, reserved: Reserved | null, status: number, answer: unknown): Promise<void> {
    if (reserved) {
      await tx.query('update idempotency_key set status = $3, answer = $4 where owner = $1 and key = $2', [reserved.owner, reserved.key, status, JSON.stringify(answer)]);
      reserved.kept = true;
    }
  }

  /** The same, as a service takes it: it says what was made, `answer` what is answered then, read within the transaction. */
  along<T>(reserved: Reserved | null, status: number, answer: (made: T, tx: EntityManager) => Promise<unknown>): AlsoKept<T> | undefined {
    return reserved ? async (tx, made) => this.answeredIn(tx, reserved, status, await answer(made, tx)) : undefined;
  }

  /** A request that failed left nothing behind: it may be sent again with the same key. */
  async forget(owner: string, key: string): Promise<void> {
    await this.source.query('delete from idempotency_key where owner = $1 and key = $2 and status = 0', [owner, key]);
  }

  /** Keeps an answer; the first one wins when two were at it at once. */
  async keep(row: Idempotent): Promise<Kept> {
    await this.source.query(
      `insert into idempotency_key (owner, key, request_hash, status, answer, ticket_id, created_at) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (owner, key) do nothing`,
      [row.owner, row.key, row.request_hash, row.status, JSON.stringify(row.answer), row.ticket_id, row.created_at],
    );
    return (await this.kept(row.owner, row.key, row.request_hash)) ?? row;
  }
}
