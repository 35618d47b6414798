import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ip } from './api';
import type { Desk } from './desk';
import { faultSchema, type Faults } from './faults';
import { parse, requireToken } from './http';
import type { Noc } from './noc';
import { samples, type Sample } from './samples';
import { stamp } from './seed';
import type { Store } from './store';
import type { Webhooks } from './webhooks';

const time = z.iso.datetime({ offset: true });
const text = z.string().max(1000);
const detection = z.strictObject({ messageId: text.optional(), at: time, destinationIp: ip.optional(), score: z.number().optional(), rule: text.optional(), mailFrom: text.optional(), subject: text.optional() });
const blockSchema = z.strictObject({
  ip, kind: z.enum(['spam', 'hack']), blockedAt: time.optional(), prefix: z.union([z.cidrv4(), z.cidrv6()]).optional(), releaseAllowedAt: time.optional(),
  detections: z.array(detection).max(100).optional(), detectionsTotal: z.int().min(0).optional(), logs: z.string().max(100_000).optional(),
  traffic: z.strictObject({ messagesLastHour: z.int(), messagesLast30Days: z.int(), fromOrganisationsLastDay: z.int() }).partial().optional(),
});
const recordsSchema = z.strictObject({ name: z.string().min(1).max(255), type: z.enum(['A', 'AAAA', 'MX', 'PTR', 'TXT']), values: z.array(z.string().max(4000)).max(50) });
const moveSchema = z.strictObject({ accountId: z.string(), assignedSince: time.optional(), delegates: z.array(z.string()).optional() });

export interface Parts {
  store: Store;
  noc: Noc;
  faults: Faults;
  desk: Desk;
  webhooks: Webhooks;
}

/** What the contract does not ask of a NOC, and what demo and tests need: the ledger, faults, new blocks, DNS changes, samples. */
export function controlRoutes(app: FastifyInstance, { store, noc, faults, desk, webhooks }: Parts, token: string): void {
  requireToken(app, token);

  app.get('/ledger', () => store.ledger.map(({ answer: _, ...entry }) => entry));
  app.get('/exceptions', () => store.world.exceptions);
  app.get('/webhooks', () => webhooks.received);

  app.get('/customers', () => store.world.customers.map(({ id, email }) => ({
    accountId: id, email, addresses: store.world.addresses.filter((a) => a.accountId === id).map((a) => a.ip),
  })));

  app.get('/faults', () => faults.list());
  app.post('/faults', (request, reply) => {
    faults.add(parse(faultSchema, request.body));
    return reply.status(201).send(faults.list());
  });
  app.delete('/faults', (_, reply) => {
    faults.clear();
    return reply.status(204).send();
  });

  app.post('/blocks', (request, reply) => {
    const made = parse(blockSchema, request.body);
    const answer = noc.block({ ...made, blockedAt: stamp(made.blockedAt ? Date.parse(made.blockedAt) : Date.now()) });
    return reply.status(answer.status).send(answer.body);
  });
  app.put('/addresses/:ip', (request, reply) => {
    const body = parse(moveSchema, request.body);
    const answer = noc.move(parse(z.object({ ip }), request.params).ip, body.accountId, body.assignedSince, body.delegates);
    return reply.status(answer.status).send(answer.body);
  });

  app.get('/dns', () => store.world.dns);
  app.put('/dns', (request) => {
    const records = parse(recordsSchema, request.body);
    const name = records.name.toLowerCase().replace(/\.$/, '');
    store.world.dns = [...store.world.dns.filter((r) => r.name !== name || r.type !== records.type), ...(records.values.length ? [{ ...records, name }] : [])];
    store.save();
    return { ...records, name };
  });

  app.get('/samples', async (request): Promise<Sample[]> => {
    const wanted = parse(z.object({ ip: ip.optional() }), request.query).ip;
    const found = noc.episodes(wanted).filter((e) => e.block.kind === 'spam');
    const all = await Promise.all(found.map(({ block }) => samples(block, noc.address(block.ip)?.host ?? null, store.world.dkim.privateKey)));
    return all.flat();
  });

  app.put('/desk', (request) => {
    const { url, apiKey } = parse(z.strictObject({ url: z.url(), apiKey: z.string().min(1).optional() }), request.body);
    desk.moveTo(url, apiKey);
    return { url: desk.url };
  });

  app.post('/reset', (_, reply) => {
    faults.clear();
    webhooks.received.length = 0;
    store.reset();
    noc.changed();
    return reply.status(204).send();
  });
}
