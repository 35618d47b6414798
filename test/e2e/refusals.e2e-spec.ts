import { signIn } from '../support/customer';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { undoEnds } from '../support/undo';
import { waitFor } from '../support/wait-for';

jest.setTimeout(180_000);

const NORDLICHT = '20418';
const EVIDENCE = { headers: 'From: a@shop.example\r\nMessage-ID: <a@shop.example>\r\n', explanation: 'Order confirmations, wanted by those who got them.' };
const LIFT = { outcome: 'lift', reasons: ['transactional_burst'], statement: 'These were order confirmations that their readers had asked for.' };

let desk: Desk;
let the: ReturnType<typeof journey>;
beforeAll(async () => {
  // Longer than any test acts within it: a test ends it where the lift is wanted.
  desk = await startDesk({ settings: { UNDO_SECONDS: '30' } });
  the = journey(desk);
}, 180_000);
afterAll(() => desk?.stop());
afterEach(() => the.noc.call('DELETE', '/faults'));

let last = 60;
const fresh = () => the.blocked(`192.0.2.${++last}`, NORDLICHT);
const inReview = async (evidence: object = EVIDENCE) => {
  const block = await fresh();
  const opened = await the.handOver(block, NORDLICHT, 'mistake', evidence);
  return { block, ticket: await the.take(opened.ref) };
};

describe('somebody else’s address', () => {
  it('closes the ticket, and neither the answer nor a mail tells anything about the block', async () => {
    const theirs = await the.block('198.51.100.77');
    const secrets = theirs.detections?.flatMap((seen) => [seen.messageId, seen.rule, seen.subject, seen.mailFrom]) ?? [];
    expect(secrets.length).toBeGreaterThan(3);
    const ask = async (ip: string) => {
      const opened = await desk.call<{ ref: string }>('POST', '/api/v1/claims', {
        claim: 'mistake', block: { ip, kind: 'spam', blockedAt: theirs.blockedAt }, account: { id: '20533', email: 'info@baeckerei-lindner.example' }, evidence: EVIDENCE,
      });
      expect(opened.status).toBe(201);
      const closed = await the.until(opened.body.ref, 'closed');
      expect(closed).toMatchObject({ closedReason: 'not_owner', stateLabel: 'Closed' });
      await the.settled(closed.ref);
      const told = JSON.stringify([opened.body, await the.read(closed.ref, 'noc'), the.mails(closed.ref).map((mail) => [mail.subject, mail.text, mail.html])]);
      secrets.forEach((secret) => expect(told).not.toContain(secret));
      expect(the.mails(closed.ref).at(-1)?.text).toContain('does not belong to your account');
      // Whether their own paste was read before the NOC answered is a matter of who was faster, and says nothing of the block.
      const end = JSON.stringify([{ ...(await the.read(closed.ref, 'noc')), analysis: null }, the.mails(closed.ref).at(-1)?.text]);
      return end.replaceAll(closed.ref, 'REF').replaceAll(closed.ref.toLowerCase(), 'ref').replaceAll(ip, 'IP');
    };
    // A blocked address of somebody, and one that nobody holds: the same words.
    const words = (told: string): string => told.replace(/[0-9a-f-]{36}|\d{4}-\d\d-\d\dT[\d:.]+Z|"(version|priority)":\d+/g, '');
    expect(words(await ask('198.51.100.77')).length).toBe(words(await ask('100.64.100.99')).length);
  });

  it('is not shown, supplied, withdrawn or passed on by a customer whose ticket it is not', async () => {
    const opened = await the.handOver(await fresh(), NORDLICHT, 'mistake', { explanation: 'Order confirmations.' });
    const stranger = await signIn(desk, { id: '20990', email: 'noc@halden-hosting.example', name: 'Halden Hosting' });
    const tries = [
      await stranger.get(`/tickets/${opened.ref}`), await stranger.upload(`/tickets/${opened.ref}/evidence`, { claim: 'mistake', explanation: 'Mine now.' }),
      await stranger.upload(`/tickets/${opened.ref}/messages`, { text: 'Let me in.' }), await stranger.post(`/tickets/${opened.ref}/withdrawal`, {}),
      await stranger.post(`/tickets/${opened.ref}/status-link`, {}), await stranger.post(`/tickets/${opened.ref}/fixes/set_ptr/check`, {}), await stranger.post(`/tickets/${opened.ref}/appeal`, { text: 'No.' }),
    ];
    expect(tries.map((page) => page.status)).toEqual(tries.map(() => 404));
    expect(tries.map((page) => page.text).join()).not.toContain('Order confirmations');
    expect(await the.read(opened.ref)).toMatchObject({ state: 'awaiting_evidence', version: opened.version });
  });
});

describe('who may do what', () => {
  it.each<[string, string, 'noc' | 'reviewer1' | 'admin' | 'lead' | null, number]>([
    ['POST', '/api/v1/rejected-unblocks', 'reviewer1', 403], ['POST', '/api/v1/rejected-unblocks', null, 401], ['POST', '/api/v1/claims', 'admin', 403],
    ['POST', '/api/v1/inbound-mail', 'reviewer1', 403], ['GET', '/api/v1/inbound-mail', 'noc', 403], ['POST', '/api/v1/review/take', 'noc', 403], ['POST', '/api/v1/review/take', 'admin', 403],
    ['POST', '/api/v1/tickets/UB-0000-0000/decisions', 'noc', 403], ['POST', '/api/v1/tickets/UB-0000-0000/decisions', 'admin', 403], ['POST', '/api/v1/tickets/UB-0000-0000/decisions', null, 401],
    ['POST', '/api/v1/tickets/UB-0000-0000/status-links', 'reviewer1', 403], ['GET', '/api/v1/tickets/UB-0000-0000', 'admin', 403], ['GET', '/api/v1/tickets/UB-0000-0000', 'reviewer1', 404],
    ['GET', '/metrics', 'noc', 403], ['GET', '/metrics', null, 401], ['GET', '/health/live', null, 200], ['GET', '/api/v1/events', null, 401], ['GET', '/api/openapi.json', null, 200],
  ])('%s %s with the key of %s: %i', async (method, path, key, status) => {
    expect((await desk.call(method, path, method === 'POST' ? {} : undefined, key)).status).toBe(status);
  });

  it('a key that is not known is told so, on every path', async () => {
    const headers = { authorization: `Bearer ubd_${'x'.repeat(32)}` };
    expect((await desk.call('GET', '/api/v1/tickets', undefined, null, headers)).status).toBe(401);
    expect((await desk.call('POST', '/api/v1/claims', {}, null, { authorization: 'Basic YTpi' })).status).toBe(401);
  });
});

describe('a decision that cannot stand', () => {
  it('names everything that is missing', async () => {
    const { ticket } = await inReview();
    const fields = async (decision: object): Promise<string[]> => {
      const answer = await desk.call<{ errors: { field: string; message: string }[] }>('POST', `/api/v1/tickets/${ticket.ref}/decisions`, decision, 'reviewer1');
      expect([answer.status, answer.body.errors.every((error) => error.message.length > 20)]).toEqual([422, true]);
      return answer.body.errors.map((error) => error.field).sort();
    };
    expect(await fields({})).toEqual(['outcome', 'version']);
    expect(await fields({ version: ticket.version, outcome: 'lift' })).toEqual(['reasons', 'statement']);
    expect(await fields({ version: ticket.version, outcome: 'require_fixes' })).toEqual(['reasons', 'requiredFixes', 'statement']);
    expect(await fields({ ...LIFT, version: ticket.version, reasons: ['scan_confirmed'] })).toEqual(['reasons']);
    expect(await fields({ ...LIFT, version: ticket.version, statement: 'The rule [rule] was wrong about your messages.' })).toEqual(['statement']);
    expect(await fields({ ...LIFT, version: ticket.version, outcome: 'require_fixes', reasons: ['spf_fail'], requiredFixes: [{ code: 'pray', when: 'before_lift' }] })).toEqual(['requiredFixes']);
    expect((await the.read(ticket.ref)).state).toBe('in_review');
  });

  it('was made on an older version: says what changed', async () => {
    const { ticket } = await inReview();
    await desk.call('POST', `/api/v1/tickets/${ticket.ref}/evidence`, { logs: 'Nov 20 08:41:07 mail postfix/smtp[1]: sent' });
    const stale = await the.decide(ticket, LIFT);
    expect(stale).toMatchObject({ status: 409, body: { version: expect.any(Number) as number, changed: expect.arrayContaining([expect.stringMatching(/evidence/i)]) as string[] } });
    await the.settled(ticket.ref);
    expect((await the.decide(await the.read(ticket.ref), LIFT)).status).toBe(201);
  });

  it('is somebody else’s: 409 for who did not take it, and one winner of two at once', async () => {
    const { ticket } = await inReview();
    expect((await desk.call('POST', `/api/v1/tickets/${ticket.ref}/take`, {}, 'reviewer2')).status).toBe(409);
    expect((await the.decide(ticket, LIFT, 'reviewer2')).status).toBe(409);
    const both = await Promise.all([the.decide(ticket, LIFT), the.decide(ticket, LIFT)]);
    expect(both.map((answer) => answer.status).sort()).toEqual([201, 409]);
  });
});

describe('a lift that the NOC refuses', () => {
  // A lift of an earlier test that met its fault tries again later, and would take the fault of the next one.
  beforeEach(() => waitFor('earlier lifts to end', async () => {
    await undoEnds(desk);
    await desk.database.query(`update outbox_message set due_at = now() where state = 'pending' and job in ('order-lift', 'read-back-lift')`);
    return (await desk.database.query(`select 1 from ticket where state = 'lifting'`)).length === 0 || null;
  }, 60_000));

  const backOnTop = async (ref: string, why: RegExp): Promise<void> => {
    const back = await waitFor(`${ref} to come back`, async () => {
      const ticket = await the.read(ref);
      return ticket.state === 'queued' ? ticket : null;
    }, 90_000);
    expect(back.lift).toMatchObject({ state: 'failed' });
    const [row] = await desk.database.query<{ why: string }>('select lift_failed as why from ticket where ref = $1', [ref]);
    expect(row?.why).toMatch(why);
    await desk.sink.waitFor((mail) => mail.subject.startsWith('The lift of') && mail.subject.includes(ref));
    // On top: nothing but other failed lifts may stand before it.
    const before = await desk.database.query(`select t.ref from ticket t, ticket mine where mine.ref = $1 and t.state = 'queued' and t.lift_failed is null and t.priority >= mine.priority`, [ref]);
    expect(before).toEqual([]);
    expect(back).toMatchObject({ queue: 'lift-failed' });
  };

  it('with errors, again and again: comes back on top of the queue after two hours, and nothing was lifted', async () => {
    const { block, ticket } = await inReview();
    await the.noc.post('/faults', { call: 'lift', mode: 'error', times: 20 });
    expect((await the.decide(ticket, LIFT)).status).toBe(201);
    await undoEnds(desk);
    const ofTicket = `ticket_id = (select id from ticket where ref = $1)`;
    await waitFor('the time to have gone by', async () => {
      await desk.database.query(`update lift set trouble_since = now() - interval '3 hours' where trouble_since is not null and ${ofTicket}`, [ticket.ref]);
      await desk.database.query(`update outbox_message set due_at = now() where state = 'pending' and job in ('order-lift', 'read-back-lift') and ${ofTicket}`, [ticket.ref]);
      return (await the.read(ticket.ref)).state === 'queued';
    }, 60_000);
    await backOnTop(ticket.ref, /did not carry out the lift after several tries/);
    await the.noc.call('DELETE', '/faults');
    expect((await the.ledger(block.ip)).filter((entry) => entry.effect)).toEqual([]);
  });

  it('with one error: tries again by itself', async () => {
    const { block, ticket } = await inReview();
    await the.noc.post('/faults', { call: 'lift', mode: 'error' });
    expect((await the.decide(ticket, LIFT)).status).toBe(201);
    await undoEnds(desk);
    await the.until(ticket.ref, 'lifted');
    expect((await the.ledger(block.ip)).filter((entry) => entry.effect)).toHaveLength(1);
  });

  it('with "newer block": the decision about the old one lifts nothing', async () => {
    const { block, ticket } = await inReview();
    expect((await the.decide(ticket, LIFT)).status).toBe(201);
    await the.noc.post('/blocks', { ip: block.ip, kind: 'spam' });
    await undoEnds(desk);
    await backOnTop(ticket.ref, /blocked again at .* nothing was lifted/);
    expect([(await the.ledger(block.ip)).filter((entry) => entry.effect), (await the.block(block.ip)).state]).toEqual([[], 'blocked']);
  });

  it('with "not the owner" once: believes nobody blindly, and a person looks', async () => {
    const { ticket } = await inReview();
    await the.noc.post('/faults', { call: 'lift', mode: 'not_owner' });
    expect((await the.decide(ticket, LIFT)).status).toBe(201);
    await undoEnds(desk);
    await backOnTop(ticket.ref, /refused the lift/);
  });

  it('because the address moved meanwhile: closes, orders nothing', async () => {
    const { block, ticket } = await inReview();
    expect((await the.decide(ticket, LIFT)).status).toBe(201);
    await the.noc.put(`/addresses/${block.ip}`, { accountId: '20533' });
    await undoEnds(desk);
    expect(await the.until(ticket.ref, 'closed')).toMatchObject({ closedReason: 'not_owner' });
    expect(await the.ledger(block.ip)).toEqual([]);
  });

  it('as too early: waits, tells the customer once, then lifts', async () => {
    const { ticket } = await inReview();
    await the.noc.post('/faults', { call: 'lift', mode: 'too_early', seconds: 6 }); // the mail that tells of it is not sent any more once it is lifted
    expect((await the.decide(ticket, LIFT)).status).toBe(201);
    await undoEnds(desk);
    await the.until(ticket.ref, 'lifted');
    await the.settled(ticket.ref);
    expect(the.mails(ticket.ref).filter((mail) => /^Lifting the block on .* from /.test(mail.subject))).toHaveLength(1);
    expect(await the.broken()).toEqual([]);
  });
});
