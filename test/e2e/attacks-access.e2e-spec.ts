import { randomBytes } from 'node:crypto';
import { signIn, type Someone } from '../support/customer';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { visitor } from '../support/visitor';

jest.setTimeout(120_000);

const NORDLICHT: Someone = { id: '20418', email: 'technik@nordlicht-druck.example', name: 'Nordlicht Druck GmbH' };
const LINDNER: Someone = { id: '20533', email: 'info@baeckerei-lindner.example', name: 'Bäckerei Lindner' };
const EVIDENCE = { headers: 'From: a@shop.example\r\nMessage-ID: <a@shop.example>\r\n', explanation: 'CANARY-of-Nordlicht: wanted mail.' };

let desk: Desk;
let the: ReturnType<typeof journey>;
beforeAll(async () => {
  desk = await startDesk();
  the = journey(desk);
}, 180_000);
afterAll(() => desk?.stop());

let last = 110;
const opened = async () => the.handOver(await the.blocked(`192.0.2.${++last}`, NORDLICHT.id), NORDLICHT.id, 'mistake', EVIDENCE);

describe('T11: another customer’s ticket', () => {
  it('is as good as none: same status, same words, whatever is asked for', async () => {
    const { ref } = await opened();
    const { body: { evidence } } = await desk.call<{ evidence: { id: string }[] }>('GET', `/api/v1/tickets/${ref}`);
    const stranger = await signIn(desk, LINDNER);
    const missing = 'UB-2222-2222';
    for (const path of ['', '/received', '/changes?seen=x', `/evidence/${evidence[0]?.id}`, '/appeal']) {
      const [theirs, none] = [await stranger.get(`/tickets/${ref}${path}`), await stranger.get(`/tickets/${missing}${path}`)];
      expect([path, theirs.status]).toEqual([path, 404]);
      expect(theirs.text.replaceAll(ref, 'REF')).toBe(none.text.replaceAll(missing, 'REF'));
      expect(theirs.text).not.toContain('CANARY');
    }
    expect((await stranger.get('/tickets')).text).not.toContain(ref);
    // A customer's session opens no door of the staff or of the API.
    expect((await stranger.get(`/desk/tickets/${ref}`)).status).toBe(403);
    expect((await stranger.get(`/api/v1/tickets/${ref}`)).status).toBe(403);
    expect((await stranger.get('/api/v1/events?after=0')).status).toBe(403);
  });
});

describe('T12: a claim about somebody else’s address', () => {
  it('shows nothing of the block in the form', async () => {
    const theirs = await the.block('198.51.100.77');
    const stranger = await signIn(desk, LINDNER, theirs);
    const pages = [stranger.first, await stranger.get('/appeals/new?ip=198.51.100.77'), await stranger.get('/tickets')];
    const secrets = theirs.detections?.flatMap((seen) => [seen.messageId, seen.rule, seen.subject]).filter((each): each is string => !!each) ?? [];
    expect(secrets.length).toBeGreaterThan(3);
    pages.forEach((page) => secrets.forEach((secret) => expect(page.html).not.toContain(secret)));
  });
});

describe('T15: fields that nobody asked for', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['a state', { state: 'lifted' }, 'state'], ['an account', { accountId: '1' }, 'accountId'], ['a decider', { decidedBy: 'me' }, 'decidedBy'], ['a role', { role: 'lead' }, 'role'],
  ])('%s in a claim and in a decision: 400, nothing changes', async (_what, more, field) => {
    const { ref } = await opened();
    const ticket = await the.take(ref);
    const claim = { claim: 'mistake', block: ticket.block, account: NORDLICHT, evidence: EVIDENCE, ...more };
    const decision = { version: ticket.version, outcome: 'lift', reasons: ['transactional_burst'], statement: 'Wanted mail, as their readers say.', ...more };
    const answers = [await desk.call('POST', '/api/v1/claims', claim), await desk.call('POST', `/api/v1/tickets/${ref}/decisions`, decision, 'reviewer1')];
    answers.forEach((answer) => expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } }));
    expect(await the.read(ref)).toMatchObject({ state: 'in_review', version: ticket.version });
  });

  it('a prototype: 400, and no object inherits it', async () => {
    const { ref } = await opened();
    const ticket = await the.take(ref);
    const raw = `{"version":${ticket.version},"outcome":"hold","reasons":[],"statement":"x","__proto__":{"isAdmin":true}}`;
    expect((await desk.call('POST', `/api/v1/tickets/${ref}/decisions`, raw, 'reviewer1', { 'content-type': 'application/json' })).status).toBe(400);
    const form = await signIn(desk, NORDLICHT);
    const answer = await form.post(`/tickets/${ref}/withdrawal`, { '__proto__[isAdmin]': 'true', 'constructor[prototype][x]': '1' });
    expect(answer.status).toBe(400);
    expect((await the.read(ref)).state).toBe('in_review');
  });
});

describe('T16: guessing', () => {
  it('status keys have 256 bits, are kept hashed only, and guessing is slowed down', async () => {
    const { ref } = await opened();
    const { body } = await desk.call<{ url: string }>('POST', `/api/v1/tickets/${ref}/status-links`, {});
    const key = body.url.slice(body.url.lastIndexOf('/') + 1);
    expect(Buffer.from(key, 'base64url').length).toBeGreaterThanOrEqual(16);
    const dump = JSON.stringify(await desk.database.query('select * from status_link'));
    expect([dump.length > 10, dump.includes(key)]).toEqual([true, false]);

    const guesser = visitor(desk, '198.51.100.222');
    const guesses = await Promise.all(Array.from({ length: 100 }, () => guesser.get(`/s/${randomBytes(key.length === 43 ? 32 : 16).toString('base64url')}`)));
    const statuses = guesses.map((answer) => answer.status);
    expect(new Set(statuses)).toEqual(new Set([404, 429]));
    expect(statuses.filter((status) => status === 404)).toHaveLength(60);
    // Who guesses is slowed down; who has the link is not.
    expect((await visitor(desk, '198.51.100.223').get(`/s/${key}`)).status).toBe(200);
  });

  it('references are guessed by no customer: slowed down after sixty misses', async () => {
    const customer = await signIn(desk, LINDNER);
    const statuses: number[] = [];
    for (let i = 0; i < 64; i++) {
      statuses.push((await customer.get(`/tickets/UB-22${String(i).padStart(2, '2')}-2345`)).status);
    }
    expect(new Set(statuses)).toEqual(new Set([404, 429]));
  });
});
