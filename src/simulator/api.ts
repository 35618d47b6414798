import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { address } from '../core/ticket/address';
import type { Fault, FaultCall, Faults } from './faults';
import { parse, requireToken } from './http';
import type { LiftOrder, Noc } from './noc';
import { stamp } from './seed';
import type { Answer, Customer } from './types';

const HOLD_SECONDS = 60;

const kind = z.enum(['spam', 'hack']);
const time = z.iso.datetime({ offset: true });
export const ip = z.string().transform((text, refuse) => {
  const canonical = address(text);
  if (canonical === null) {
    refuse.addIssue({ code: 'custom', message: 'must be a full IPv4 or IPv6 address' });
  }
  return canonical ?? '';
});
const key = z.string({ error: 'the header Idempotency-Key is required' }).min(1).max(200);
const liftSchema = z.strictObject({ blockedAt: time, ticket: z.string().max(100), reason: z.string().max(10_000) });
const exceptionSchema = z.strictObject({ rule: z.string().min(1).max(200), sender: z.string().min(1).max(320), until: time, ticket: z.string().max(100) });

/** What the desk asks of a NOC (contract, section 4). Every call may meet a fault on its way. */
export function contractRoutes(app: FastifyInstance, noc: Noc, faults: Faults, token: string): void {
  requireToken(app, token);
  const via = (call: FaultCall, request: FastifyRequest, reply: FastifyReply, act: () => Answer) => throughFault(faults.take(call), request, reply, act, () => undefined);

  app.get('/addresses/:ip', (request, reply) => via('addresses', request, reply, () => {
    const held = noc.address(parse(z.object({ ip }), request.params).ip);
    return held
      ? { status: 200, body: { ip: held.ip, accountId: held.accountId, assignedSince: held.assignedSince, delegates: held.delegates } }
      : { status: 404, body: { code: 'not_ours', message: 'This address is not one of ours.' } };
  }));

  app.get('/accounts/:id', (request, reply) => via('accounts', request, reply, () => {
    const customer = noc.account(parse(z.object({ id: z.string() }), request.params).id);
    return customer ? { status: 200, body: customer } : { status: 404, body: { code: 'no_such_account', message: 'There is no such account.' } };
  }));

  app.get('/accounts', (request, reply) => via('accounts', request, reply, () => {
    const { email } = parse(z.object({ email: z.string({ error: 'the query parameter email is required' }).min(1).max(320) }), request.query);
    return { status: 200, body: noc.accountsOf(email).map(({ id, email: first, name, tier, language }: Customer) => ({ id, email: first, name, tier, language })) };
  }));

  app.get('/addresses/:ip/blocks', (request, reply) => via('blocks', request, reply, () => {
    const wanted = parse(z.object({ ip }), request.params).ip;
    return noc.address(wanted)
      ? { status: 200, body: noc.episodes(wanted).map((e) => e.block) }
      : { status: 404, body: { code: 'not_ours', message: 'This address is not one of ours.' } };
  }));

  app.post('/addresses/:ip/blocks/:kind/lift', (request, reply) => {
    const { blockedAt } = parse(liftSchema, request.body);
    const order: LiftOrder = { ...parse(z.object({ ip, kind }), request.params), blockedAt: stamp(Date.parse(blockedAt)), key: parse(key, request.headers['idempotency-key'], 'Idempotency-Key') };
    const fault = faults.take('lift');
    return throughFault(fault, request, reply,
      () => noc.lift(order, fault?.mode === 'reblock' ? fault.seconds ?? 0 : undefined), (answer) => void noc.note(order, answer));
  });

  app.post('/addresses/:ip/exceptions', (request, reply) => via('exceptions', request, reply, () => {
    const wanted = parse(z.object({ ip }), request.params).ip;
    const body = parse(exceptionSchema, request.body);
    const idempotencyKey = parse(key, request.headers['idempotency-key'], 'Idempotency-Key');
    return noc.address(wanted) ? noc.except({ ...body, ip: wanted, idempotencyKey }) : { status: 404, body: { code: 'not_ours', message: 'This address is not one of ours.' } };
  }));
}

/** Lets a call meet its fault. `refused` hears of an answer that was given (status 0: withheld) without acting. */
async function throughFault(fault: Fault | undefined, request: FastifyRequest, reply: FastifyReply, act: () => Answer, refused: (answer: Answer) => void): Promise<FastifyReply> {
  const refuse = (answer: Answer): FastifyReply => {
    refused(answer);
    return send(reply, answer);
  };
  const seconds = fault?.seconds;
  switch (fault?.mode) {
    case 'error':
      return refuse({ status: fault.status ?? 500, body: { code: 'error', message: 'The NOC is in trouble.' }, ...(seconds === undefined ? {} : { headers: { 'retry-after': String(Math.ceil(seconds)) } }) });
    case 'not_owner':
      return refuse({ status: 403, body: { code: 'not_owner', message: 'The address belongs to another account.' } });
    case 'too_early': {
      const wait = Math.max(1, Math.ceil(seconds ?? 5));
      return refuse({ status: 425, body: { code: 'too_early', retryAfterSeconds: wait }, headers: { 'retry-after': String(wait) } });
    }
    case 'timeout':
      refused({ status: 0, body: {} });
      await sleep((seconds ?? HOLD_SECONDS) * 1000, undefined, { ref: false });
      return drop(request, reply);
    case 'drop_answer':
      act();
      return drop(request, reply);
    case 'slow':
      await sleep((seconds ?? 2) * 1000, undefined, { ref: false });
      return send(reply, act());
    default:
      return send(reply, act());
  }
}

function drop(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.hijack();
  request.raw.socket.destroy();
  return reply;
}

function send(reply: FastifyReply, { status, body, headers }: Answer): FastifyReply {
  return reply.status(status).headers(headers ?? {}).send(body);
}
