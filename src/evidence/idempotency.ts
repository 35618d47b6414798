import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import { InvalidInput } from '../platform/http/errors';

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

/** Hash of what was asked: method, path and body, with the body as it was understood. */
export function requestHash(method: string, path: string, body: unknown): string {
  return createHash('sha256').update(`${method} ${path}\n${JSON.stringify(body)}`).digest('base64url');
}

/** Answers that were given, by the caller and its `Idempotency-Key`. */
@Injectable()
export class Idempotency {
  constructor(private readonly source: DataSource) {}

  /**
   * The kept answer, or null when the key is new.
   * @throws InvalidInput (422) when the key was used for another request
   */
  async kept(owner: string, key: string, hash: string): Promise<Kept | null> {
    const [row] = (await this.source.query('select request_hash, status, answer from idempotency_key where owner = $1 and key = $2', [owner, key])) as {
      request_hash: string; status: number; answer: unknown;
    }[];
    if (!row) {
      return null;
    }
    if (row.request_hash !== hash) {
      throw new InvalidInput([{ field: 'Idempotency-Key', code: 'reused', message: 'This key was used for another request. Give each request a key of its own.' }]);
    }
    return { status: row.status, answer: row.answer };
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
