import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Block } from '../core/ticket/block';
import { isWithin } from './address';
import type { Faults } from './faults';
import { parse } from './http';
import type { Noc } from './noc';

const KINDS = { spam: 'spam', antihack: 'hack' } as const;
type Family = keyof typeof KINDS;
const SENTENCE_SECONDS = 3600;

export interface OvhKeys { appKey: string; appSecret: string; consumerKey: string; clientId: string; clientSecret: string }

/** The keys of the second dialect, all from the one token: who knows it may use either. */
export function ovhKeys(token: string): OvhKeys {
  const part = (name: string): string => createHash('sha256').update(`${name} ${token}`).digest('hex').slice(0, 32);
  return { appKey: part('application'), appSecret: part('application secret'), consumerKey: part('consumer'), clientId: part('client'), clientSecret: part('client secret') };
}

/**
 * The same NOC in the dialect of OVHcloud's API v1: /ovh/1.0/ip/{network}/spam/{ip}, signed or by OAuth2. `drift` seconds is how far the
 * clock that checks signatures is ahead. A block's network is its /24. Early: a message for spam, a 404 for antihack.
 */
export function ovhRoutes(app: FastifyInstance, noc: Noc, faults: Faults, token: string, drift = 37): void {
  const keys = ovhKeys(token);
  const clock = (): number => Math.floor(Date.now() / 1000) + drift;
  let bearer = '';

  app.get('/ovh/1.0/auth/time', (_, reply) => reply.type('application/json').send(String(clock())));
  app.post('/ovh/oauth2/token', (request, reply) => {
    const { client_id, client_secret, grant_type } = parse(z.object({ client_id: z.string(), client_secret: z.string(), grant_type: z.string() }), request.body);
    if (client_id !== keys.clientId || client_secret !== keys.clientSecret || grant_type !== 'client_credentials') {
      return reply.status(401).send({ error: 'invalid_client' });
    }
    bearer = randomBytes(24).toString('base64url');
    return reply.send({ access_token: bearer, token_type: 'Bearer', expires_in: 3599, scope: 'all' });
  });

  void app.register((scope, _, done) => {
    scope.addHook('onRequest', async (request, reply) => {
      const why = bearer !== '' && same(request.headers.authorization ?? '', `Bearer ${bearer}`) ? null : unsigned(request, keys, clock());
      if (why) {
        await reply.status(why.status).send({ class: 'Client::Forbidden', message: why.message });
      }
    });
    scope.get('/ip', (request) => {
      const { ip } = parse(z.object({ ip: z.string() }), request.query);
      return noc.address(ip) ? [networkOf(ip)] : [];
    });
    for (const family of Object.keys(KINDS) as Family[]) {
      familyRoutes(scope, family, noc, faults);
    }
    done();
  }, { prefix: '/ovh/1.0' });
}

function familyRoutes(app: FastifyInstance, family: Family, noc: Noc, faults: Faults): void {
  const of = (request: FastifyRequest): Block | null => {
    const { network, ip } = parse(z.object({ network: z.string(), ip: z.string().default('') }), request.params);
    const newest = noc.episodes(ip).find((e) => e.block.kind === KINDS[family] && e.block.ip === ip)?.block;
    // A released attack disappears, a released spam block remains.
    return newest && network === networkOf(ip) && !(family === 'antihack' && newest.state === 'unblocked') ? newest : null;
  };
  const absent = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
    reply.status(404).send({ class: 'Client::NotFound', message: `The requested object (${family === 'spam' ? 'ipSpamming' : 'ipBlocked'} = ${(request.params as { ip: string }).ip}) does not exist` });
  const troubled = (call: 'blocks' | 'lift', reply: FastifyReply): FastifyReply | null => {
    const fault = faults.take(call);
    return fault ? reply.status(fault.status ?? 500).send({ class: 'Server::InternalServerError', message: 'Internal server error' }) : null;
  };

  app.get(`/ip/:network/${family}`, (request) => {
    const { network } = parse(z.object({ network: z.string() }), request.params);
    return [...new Set(noc.episodes().filter(({ block }) => block.kind === KINDS[family] && block.state !== 'unblocked' && isWithin(block.ip, network)).map(({ block }) => block.ip))];
  });
  app.get(`/ip/:network/${family}/:ip`, (request, reply) => {
    const found = of(request);
    return troubled('blocks', reply) ?? (found ? reply.send(record(family, found)) : absent(request, reply));
  });
  app.get(`/ip/:network/${family}/:ip/stats`, (request, reply) => {
    parse(z.object({ from: z.iso.datetime({ offset: true }), to: z.iso.datetime({ offset: true }) }), request.query);
    const found = of(request);
    const seconds = (at: string): number => Math.floor(Date.parse(at) / 1000);
    const spams = (found?.detections ?? []).map((d) => ({ date: seconds(d.at), destinationIp: d.destinationIp, messageId: d.messageId?.replace(/^<|>$/g, ''), spamscore: Math.round(d.score ?? 0) }));
    return found ? reply.send([{ timestamp: seconds(found.blockedAt), total: spams.length, numberOfSpams: found.detectionsTotal ?? spams.length, averageSpamscore: null, detectedSpams: spams }]) : absent(request, reply);
  });
  app.post(`/ip/:network/${family}/:ip/unblock`, (request, reply) => {
    const failed = troubled('lift', reply);
    const found = of(request);
    if (failed || !found) {
      return failed ?? absent(request, reply);
    }
    const { ip, kind, blockedAt } = found;
    // There is no key in this dialect: every order is one of its own, and the record alone keeps it from acting twice.
    const answer = noc.lift({ ip, kind, blockedAt, key: `ovh-${randomBytes(8).toString('hex')}` });
    if (answer.status === 425) {
      const left = (answer.body as { retryAfterSeconds: number }).retryAfterSeconds;
      return family === 'spam' ? reply.status(400).send({ class: 'Client::BadRequest', message: `This IP address is still blocked for ${left} seconds` }) : absent(request, reply);
    }
    return family === 'spam' ? reply.send(record(family, of(request) ?? found)) : reply.type('application/json').send('null');
  });
}

function record(family: Family, block: Block): object {
  const left = Math.max(0, Math.ceil((Date.parse(block.releaseAllowedAt ?? block.blockedAt) - Date.now()) / 1000));
  return family === 'spam'
    ? { ipSpamming: block.ip, date: block.blockedAt, time: block.releaseAllowedAt ? Math.ceil((Date.parse(block.releaseAllowedAt) - Date.parse(block.blockedAt)) / 1000) : SENTENCE_SECONDS, state: block.state === 'blocked' ? 'blockedForSpam' : block.state }
    : { ipBlocked: block.ip, blockedSince: block.blockedAt, time: left, state: block.state, logs: block.logs ?? null };
}

const networkOf = (ip: string): string => `${ip.replace(/\.\d+$/, '')}.0/24`;
const same = (a: string, b: string): boolean => a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

function unsigned(request: FastifyRequest, keys: OvhKeys, now: number): { status: number; message: string } | null {
  const head = (name: string): string => String(request.headers[name] ?? '');
  if (head('x-ovh-application') !== keys.appKey) {
    return { status: 403, message: 'This application key is invalid' };
  }
  if (head('x-ovh-consumer') !== keys.consumerKey) {
    return { status: 403, message: 'This credential is not valid' };
  }
  const at = head('x-ovh-timestamp');
  if (Math.abs(Number(at) - now) > 30) {
    return { status: 400, message: 'Invalid timestamp' };
  }
  const url = `${request.protocol}://${request.headers.host ?? ''}${request.url}`;
  const expected = `$1$${createHash('sha1').update([keys.appSecret, keys.consumerKey, request.method, url, '', at].join('+')).digest('hex')}`;
  return same(head('x-ovh-signature'), expected) ? null : { status: 400, message: 'Invalid signature' };
}
