import { Inject, Injectable, Logger } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { Conflict, Unauthorised } from '../platform/http/errors';
import type { Principal } from './principal';

const TOLERANCE_SECONDS = 300;
const SIGNATURES = 10;
const HMAC_BYTES = 32;
const ED25519_BYTES = 64;
const NOC: Principal = { kind: 'key', keyId: 'signed events', scope: 'noc', staff: null, actor: { kind: 'noc', id: 'signed events', name: 'the NOC' } };

/** What the NOC signs as Standard Webhooks has it: bytes, not their meaning; five minutes; every id once. Two keys may hold while one replaces the other. */
@Injectable()
export class SignedEvents {
  private readonly log = new Logger('Security');

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
  ) {}

  /** With a key in the settings nothing unsigned is taken. */
  get isRequired(): boolean {
    return this.config.NOC_EVENTS_SECRET !== undefined;
  }

  /** @throws Unauthorised for what is not signed as it should be, Conflict for an id that was taken before */
  async whose(request: FastifyRequest): Promise<Principal> {
    const head = (name: string): string => String(request.headers[name] ?? '');
    const [id, time] = [head('webhook-id'), head('webhook-timestamp')];
    if (!this.isRequired) {
      throw new Unauthorised('This desk takes no signed events: NOC_EVENTS_SECRET is not set.');
    }
    if (!/^[\w.:-]{1,200}$/.test(id) || !/^\d{1,12}$/.test(time)) {
      throw this.refused('webhook-id or webhook-timestamp is missing or malformed.');
    }
    if (Math.abs(this.clock.now().getTime() / 1000 - Number(time)) > TOLERANCE_SECONDS) {
      throw this.refused('webhook-timestamp is more than five minutes away.');
    }
    const content = Buffer.concat([Buffer.from(`${id}.${time}.`), request.signedBody ?? Buffer.alloc(0)]);
    const given = head('webhook-signature').split(' ').slice(0, SIGNATURES);
    if (!(this.config.NOC_EVENTS_SECRET ?? []).some((key) => given.some((signature) => holds(key, signature, content)))) {
      throw this.refused('webhook-signature does not match the bytes of the body.');
    }
    const seen = (await this.source.query(`select 1 from used_token where purpose = 'event' and jti = $1`, [id])) as unknown[];
    if (seen.length > 0) {
      throw new Conflict('This webhook-id was taken already. It need not be sent again.');
    }
    return NOC;
  }

  /** After what it told is written down: from now on the id is refused. An event that failed on the way may come again. */
  async use(request: FastifyRequest): Promise<void> {
    const id = request.headers['webhook-id'];
    if (request.signedBody && typeof id === 'string') {
      await this.source.query(
        `with old as (delete from used_token where purpose = 'event' and expires_at < now() - interval '1 day')
         insert into used_token (purpose, jti, expires_at) values ('event', $1, $2) on conflict do nothing`,
        [id, new Date(this.clock.now().getTime() + 2 * TOLERANCE_SECONDS * 1000)],
      );
    }
  }

  private refused(why: string): Unauthorised {
    this.log.warn(`A signed event was refused: ${why}`);
    return new Unauthorised(why);
  }
}

/** In constant time, and for no signature of another length. */
function holds(key: string, signature: string, content: Buffer): boolean {
  const [version, text = ''] = signature.split(',', 2);
  const bytes = Buffer.from(text, 'base64');
  if (key.startsWith('whsec_')) {
    return version === 'v1' && bytes.length === HMAC_BYTES && timingSafeEqual(bytes, createHmac('sha256', Buffer.from(key.slice(6), 'base64')).update(content).digest());
  }
  return version === 'v1a' && bytes.length === ED25519_BYTES && verify(null, content, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key.slice(5), 'base64').toString('base64url') }, format: 'jwk' }), bytes);
}
