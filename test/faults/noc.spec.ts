import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { liftFailedWords } from '../../src/core/ticket/lift-words';
import { HttpDriver } from '../../src/noc/http.driver';
import { NocService } from '../../src/noc/noc.service';
import { RoundsService } from '../../src/lifting/rounds.service';
import type { Ticket } from '../../src/tickets/ticket.entity';
import { liftingRoom, type LiftingRoom } from '../support/lifting';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

/** The lift as the customer reads it. */
const seenOutside = async (desk: LiftingRoom, ticket: Ticket) => (await desk.lifts(ticket.id)).at(-1)?.state;

describe('a NOC in trouble', () => {
  let desk: LiftingRoom;
  const fault = (mode: string, more: object = {}, call = 'lift') => desk.noc.post('/faults', { call, mode, ...more });
  const lifted = (id: string) => desk.until(id, 'the ticket to be lifted', (ticket) => ticket.state === 'lifted', 60_000);
  const effects = async (ip: string) => (await desk.ledger(ip)).filter((entry) => entry.effect).length;

  beforeAll(async () => {
    desk = await liftingRoom();
  }, 120_000);
  afterAll(() => desk?.stop());
  afterEach(async () => {
    desk.wire.set('pass');
    await desk.noc.call('DELETE', '/faults');
  });

  it('F13 whose answers are lost on the way: unknown, read back, no second order; the customer sees that it is being confirmed', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    await fault('drop_answer');
    await desk.decide(ticket);
    await desk.until(ticket.id, 'the state "unknown"', (now, lift) => lift?.state === 'unknown' && now.state === 'lifting');
    expect([await seenOutside(desk, ticket), await desk.mails(ticket.id)]).toEqual(['unknown', ['received', 'lifting']]);
    await lifted(ticket.id);
    expect((await desk.ledger(block.ip)).map(({ effect }) => effect)).toEqual([true]);
    expect(await desk.mails(ticket.id)).toEqual(['received', 'lifting', 'lifted']);
  });

  it('F17 that says "not for N seconds": one call when it is over and a moment later, and the customer gets the clock time once', async () => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    await fault('too_early', { seconds: 600 });
    const before = Date.now();
    await desk.decide(ticket);
    await desk.until(ticket.id, 'the wait', (_, lift) => lift?.lastAnswer?.startsWith('too early') ?? false);
    const [lift] = await desk.lifts(ticket.id);
    const [job] = (await desk.jobs(ticket.id, 'order-lift')) as unknown as { state: string; due_at: Date }[];
    const allowed = Date.parse(/\d{4}-\S+Z/.exec(lift?.lastAnswer ?? '')?.[0] ?? '');
    expect(allowed - before).toBeGreaterThanOrEqual(600_000);
    // Jitter on top of what the NOC says: some seconds, never less.
    expect((lift?.dueAt.getTime() ?? 0) - allowed).toBeGreaterThanOrEqual(900);
    expect((lift?.dueAt.getTime() ?? 0) - allowed).toBeLessThan(15_000);
    expect([lift?.state, job?.state, job?.due_at]).toEqual(['scheduled', 'pending', lift?.dueAt]);
    await desk.hoursLater(ticket.id, 0);
    await lifted(ticket.id);
    expect((await desk.ledger(block.ip)).map(({ status, effect }) => [status, effect])).toEqual([[425, false], [202, true]]);
    expect(await desk.mails(ticket.id)).toEqual(['received', 'lifting', 'lift-delayed', 'lifted']);
  });

  it.each([[500, 'unknown'], [429, 'scheduled']] as const)('F18 that answers %i with Retry-After: left alone so long, a person after two hours, who reads what it said', async (status, state) => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    await fault('error', { status, seconds: 300, times: 100 });
    await desk.decide(ticket);
    await desk.until(ticket.id, 'the trouble to be stored', (_, lift) => lift?.troubleSince != null);
    const [held] = await desk.lifts(ticket.id);
    expect(held?.state).toBe(state);
    expect((held?.dueAt.getTime() ?? 0) - Date.now()).toBeGreaterThan(250_000);
    expect((held?.dueAt.getTime() ?? 0) - Date.now()).toBeLessThan(340_000);
    // An hour later it is asked again, and is left alone again.
    await desk.hoursLater(ticket.id, 1);
    await waitFor('one more try', async () => (await desk.ledger(block.ip)).length === 2);
    await desk.until(ticket.id, 'the wait', (now, lift) => now.state === 'lifting' && (lift?.leaseUntil ?? null) === null);
    await desk.hoursLater(ticket.id, 1);
    const back = await desk.until(ticket.id, 'the ticket to come back', (now) => now.state === 'queued');
    expect([back.queue, back.liftFailed]).toEqual(['lift-failed', liftFailedWords('no_answer', undefined, `answered ${status}, error, The NOC is in trouble.`)]);
    expect([(await desk.ledger(block.ip)).length, await effects(block.ip), await desk.mails(ticket.id)]).toEqual([2, 0, ['received', 'lifting', 'lift-failed']]);
  });

  it('F18 that answers nothing at all: ten lifts at once ask it now and then, not each for itself; all are through when it is back', async () => {
    const tickets: Ticket[] = [];
    for (let i = 0; i < 10; i++) {
      tickets.push(await desk.inReview(await desk.blocked()));
    }
    const noc = desk.app.get(NocService);
    expect(await noc.blocks('192.0.2.11')).toMatchObject({ ok: true });
    const asked = jest.spyOn(HttpDriver.prototype, 'blocks');
    const began = performance.now();
    desk.wire.set('refuse');
    for (const ticket of tickets) {
      await desk.decide(ticket);
    }
    await waitFor('all to be in trouble', async () => (await Promise.all(tickets.map(({ id }) => desk.lifts(id)))).every(([lift]) => lift?.troubleSince != null), 60_000);
    await waitFor('the breaker to be open', async () => {
      const answer = await noc.blocks('192.0.2.11');
      return !answer.ok && answer.detail.includes('left alone');
    });
    // Eight failures open it; then one of them tries it every two seconds. Those that were on their way at that moment came too.
    expect(asked.mock.calls.length).toBeLessThanOrEqual(8 + 10 + Math.ceil((performance.now() - began) / 2_000));
    asked.mockRestore();
    desk.wire.set('pass');
    for (const { id } of tickets) {
      await desk.source.query(`update outbox_message set due_at = least(due_at, now()) where ticket_id = $1 and state = 'pending'`, [id]);
      await lifted(id);
    }
  });

  it('F11 whose job was put aside: a person gets the ticket with the reason, and the customer is told', async () => {
    const ticket = await desk.inReview(await desk.blocked());
    await desk.decide(ticket, { undoSeconds: 3600 });
    await desk.source.query(`update ticket set state_since = now() - interval '2 minutes' where id = $1`, [ticket.id]);
    await desk.source.query(`update outbox_message set state = 'parked', last_error = 'Its worker died each time.' where ticket_id = $1 and job = 'order-lift'`, [ticket.id]);
    // By this round or by the room's own, which may come first.
    await desk.app.get(RoundsService).stranded();
    expect(await desk.until(ticket.id, 'the ticket to come back', (now) => now.state === 'queued')).toMatchObject({ state: 'queued', queue: 'lift-failed', liftFailed: expect.stringContaining('Its worker died each time.') as string });
    expect(await desk.mails(ticket.id)).toContain('lift-failed');
  });
});

type Answers = (request: IncomingMessage, response: ServerResponse) => void;

describe('a NOC that talks nonsense to an order', () => {
  let desk: LiftingRoom;
  let gate: Server;
  let answers: Answers | null = null;
  let orders = 0;
  let elsewhere = 0;

  /** Hands everything on to the simulator but orders, which are answered as a test says. */
  beforeAll(async () => {
    gate = createServer((request, response) => {
      elsewhere += request.url === '/elsewhere' ? 1 : 0;
      const isOrder = request.method === 'POST' && /\/lift$/.test(request.url ?? '');
      if (isOrder && answers) {
        orders++;
        request.resume();
        answers(request, response);
        return;
      }
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !['host', 'connection', 'content-length'].includes(name))) as Record<string, string>;
        fetch(desk.simulator.url + (request.url ?? ''), { method: request.method, headers, ...(request.method === 'GET' ? {} : { body: Buffer.concat(chunks) }) })
          .then(async (answer) => response.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text()), () => response.destroy());
      });
    });
    await new Promise<void>((ready) => gate.listen(0, '127.0.0.1', ready));
    desk = await liftingRoom({ nocPort: (gate.address() as AddressInfo).port });
  }, 120_000);
  afterAll(async () => {
    await desk?.stop();
    gate?.closeAllConnections();
    await new Promise((closed) => gate?.close(closed));
  });

  it.each<[string, Answers, RegExp]>([
    ['a page of HTML', (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in</html>'), /no JSON/],
    ['200 and something of its own', (_, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"state":"maybe"}'), /unknown shape/],
    ['a redirect', (_, response) => void response.writeHead(302, { location: '/elsewhere' }).end(), /answered 302/],
    ['10 MB', (_, response) => void response.writeHead(200).end(Buffer.alloc(10 * 1024 * 1024, 32)), /more than 1 MB/],
    ['one byte a second', (request, response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write(' '), 1000);
      request.socket.on('close', () => clearInterval(drip));
    }, /no whole answer/],
  ])('%s: contained, told, and resolved by reading and the same order again', async (_, says, told) => {
    const block = await desk.blocked();
    const ticket = await desk.inReview(block);
    orders = 0;
    answers = says;
    await desk.decide(ticket);
    await desk.until(ticket.id, 'the answer to be stored', (now, lift) => now.state === 'lifting' && lift?.state === 'unknown' && told.test(lift.lastAnswer ?? ''));
    answers = null;
    await desk.until(ticket.id, 'the ticket to be lifted', (now) => now.state === 'lifted', 60_000);
    const [lift] = await desk.lifts(ticket.id);
    expect([(await desk.ledger(block.ip)).map(({ effect, idempotencyKey }) => [effect, idempotencyKey]), elsewhere]).toEqual([[[true, lift?.id]], 0]);
    expect(orders).toBeLessThanOrEqual(3);
  });
});
