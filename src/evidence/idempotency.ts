import { Inject, Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { setTimeout as wait } from 'node:timers/promises';
import { CONFIG, type Config } from '../platform/config/config';
import { Gathered } from '../platform/gathered';
import { Conflict, InvalidInput, Unavailable } from '../platform/http/errors';
import { Sealed } from '../platform/sealed';
import { Reserved, type Kept } from './reserved';

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

  private readonly sealed: Sealed;

  constructor(
    private readonly source: DataSource,
    @Inject(CONFIG) config: Config,
  ) {
    this.sealed = new Sealed(config.SECRET, 'kept answers');
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
   * @throws InvalidInput (422) when the key was used for another request, Conflict when SECRET was changed since: the link of that answer is dead as well
   */
  async kept(owner: string, key: string, hash: string): Promise<Kept | null> {
    const row = await this.rows.ask({ owner, key });
    if (!row) {
      return null;
    }
    if (row.request_hash !== hash) {
      throw new InvalidInput([{ field: 'Idempotency-Key', code: 'reused', message: 'This key was used for another request. Give each request a key of its own.' }]);
    }
    return { status: row.status, answer: this.opened(row.answer) };
  }

  /**
   * Reserves a key before its work is done: do the work, then keep its answer, or `forget`. Else somebody did it already or is at it: their
   * answer is waited for. A reservation whose process died is taken over after a minute.
   * @throws InvalidInput (422) when the key was used for another request, Unavailable when the other one takes too long
   */
  async reserve(owner: string, key: string, hash: string): Promise<Reserved | Kept> {
    for (let tries = 0; tries < PATIENCE; tries++) {
      const [mine] = (await this.source.query(
        `insert into idempotency_key (owner, key, request_hash, status, created_at) values ($1, $2, $3, 0, now())
         on conflict (owner, key) do update set created_at = now()
           where idempotency_key.status = 0 and idempotency_key.created_at < now() - interval '1 minute' and idempotency_key.request_hash = $3
         returning created_at::text as at, answer as "soFar"`,
        [owner, key, hash],
      )) as { at: string; soFar: unknown }[];
      if (mine) {
        return new Reserved(owner, key, mine.at, mine.soFar, (tx, reserved, kept, secret) => this.keepIn(tx, reserved, kept, secret));
      }
      const kept = await this.kept(owner, key, hash);
      if (kept && kept.status > 0) {
        return kept;
      }
      await wait(EVERY_MS);
    }
    throw new Unavailable('The same request is still being worked on. Ask again in a moment.');
  }

  /** Keeps the answer of a request that left nothing behind: asked again after a death in between, it answers what is true then. */
  async answered(reserved: Reserved, kept: Kept): Promise<void> {
    await this.write(this.source, reserved, kept);
  }

  /** A request that failed left nothing behind, or steps that are noted: it may be sent again with the same key, at once. */
  async forget({ owner, key, at, noted }: Reserved): Promise<void> {
    await this.source.query(
      `${noted ? `update idempotency_key set created_at = now() - interval '2 minutes'` : 'delete from idempotency_key'} where owner = $1 and key = $2 and status = 0 and created_at = $3`, [owner, key, at],
    );
  }

  /** @throws Unavailable when somebody has taken the key over meanwhile: what this one did is rolled back, so that it is done once */
  private async keepIn(tx: EntityManager, reserved: Reserved, { status, answer }: Kept, secret: boolean): Promise<void> {
    const kept = { status, answer: secret ? { sealed: this.sealed.close(Buffer.from(JSON.stringify(answer))).toString('base64') } : answer };
    if (!(await this.write(tx, reserved, kept))) {
      throw new Unavailable('The same request was taken up again meanwhile. Ask again in a moment.');
    }
  }

  private async write(runner: Pick<EntityManager, 'query'>, { owner, key, at }: Reserved, { status, answer }: Kept): Promise<boolean> {
    const [, written] = (await runner.query(
      'update idempotency_key set status = $4, answer = $5 where owner = $1 and key = $2 and status = 0 and created_at = $3', [owner, key, at, status, JSON.stringify(answer ?? null)],
    )) as [unknown[], number];
    return written === 1;
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

  private opened(answer: unknown): unknown {
    const sealed = answer !== null && typeof answer === 'object' && Object.keys(answer).length === 1 && 'sealed' in answer ? String(answer.sealed) : null;
    if (sealed === null) {
      return answer;
    }
    try {
      return JSON.parse(this.sealed.open(Buffer.from(sealed, 'base64')).toString('utf8')) as unknown;
    } catch {
      throw new Conflict('The answer to this request cannot be told again. Send it with a new Idempotency-Key.');
    }
  }
}
