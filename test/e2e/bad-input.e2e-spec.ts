import { randomBytes } from 'node:crypto';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';

jest.setTimeout(120_000);

interface Problem {
  title: string;
  detail: string;
  status: number;
  errors?: { field: string; code: string; message: string }[];
}

const IP = '203.0.113.13';
const account = { id: '20418', email: 'technik@nordlicht-druck.example', name: 'Nordlicht Druck GmbH' };
const block = { ip: IP, kind: 'spam', blockedAt: '2026-11-20T08:41:07Z' };
const evidence = { headers: 'From: shop@nordlicht-druck.example\r\nMessage-ID: <1@nordlicht-druck.example>\r\n', explanation: 'Order confirmations.' };
const claim = { claim: 'mistake', block, account, evidence };
const json = { 'content-type': 'application/json' };

let desk: Desk;
let the: ReturnType<typeof journey>;
beforeAll(async () => {
  desk = await startDesk();
  the = journey(desk);
}, 180_000);
afterAll(() => desk?.stop());

const send = <T = Problem>(body: unknown, headers: Record<string, string> = {}) => desk.call<T>('POST', '/api/v1/claims', body, 'noc', headers);
const tickets = async (): Promise<number> => (await desk.database.query<{ n: number }>('select count(*)::int as n from ticket'))[0]?.n ?? -1;
const at = (seconds: number): string => new Date(Date.parse('2026-11-21T00:00:00Z') + seconds * 1000).toISOString();

describe('what cannot be understood is refused, and names what would be right', () => {
  it.each<[string, unknown, string, RegExp]>([
    ['an unknown field', { ...claim, colour: 'red' }, 'colour', /not known/],
    ['an unknown field inside', { ...claim, block: { ...block, port: 25 } }, 'block.port', /not known/],
    ['a name for an address', { ...claim, block: { ...block, ip: 'mail.example' } }, 'block.ip', /IPv4 or IPv6 address, such as/],
    ['an address cut short', { ...claim, block: { ...block, ip: '203.0.113' } }, 'block.ip', /such as/],
    ['an address too large', { ...claim, block: { ...block, ip: '203.0.113.256' } }, 'block.ip', /such as/],
    ['an address that some read as octal', { ...claim, block: { ...block, ip: '203.0.113.013' } }, 'block.ip', /such as/],
    ['an address with a query in it', { ...claim, block: { ...block, ip: "1.2.3.4'; drop table ticket" } }, 'block.ip', /such as/],
    ['a number for an address', { ...claim, block: { ...block, ip: 3405803789 } }, 'block.ip', /string/],
    ['no address', { ...claim, block: { kind: 'spam', blockedAt: block.blockedAt } }, 'block.ip', /missing/],
    ['a time in words', { ...claim, block: { ...block, blockedAt: 'yesterday' } }, 'block.blockedAt', /time with its zone, such as/],
    ['a time without its zone', { ...claim, block: { ...block, blockedAt: '2026-11-20T08:41:07' } }, 'block.blockedAt', /with its zone/],
    ['a day that is none', { ...claim, block: { ...block, blockedAt: '2026-13-45T08:41:07Z' } }, 'block.blockedAt', /such as/],
    ['a kind that is none', { ...claim, block: { ...block, kind: 'ddos' } }, 'block.kind', /spam or hack/],
    ['a claim that is none', { ...claim, claim: 'please' }, 'claim', /mistake or fixed/],
    ['no account', { ...claim, account: undefined }, 'account', /missing/],
    ['two e-mail addresses', { ...claim, account: { ...account, email: 'a@b.example, c@d.example' } }, 'account.email', /one e-mail address/],
    ['a line break in the e-mail address', { ...claim, account: { ...account, email: 'a@b.example\r\nBcc: c@d.example' } }, 'account.email', /one e-mail address/],
    ['a NUL', { ...claim, evidence: { ...evidence, explanation: 'a\u0000b' } }, 'evidence.explanation', /NUL/],
    ['half a character', { ...claim, evidence: { ...evidence, headers: 'Subject: \ud83d' } }, 'evidence.headers', /half a character/],
    ['5 MB of headers as text', { ...claim, evidence: { ...evidence, headers: 'X-A: b\r\n'.repeat(700_000) } }, 'evidence.headers', /at most/],
    ['a message that is no base64', { ...claim, evidence: { ...evidence, message: 'From: me' } }, 'evidence.message', /base64/],
    ['21 samples', { ...claim, evidence: { ...evidence, samples: Array.from({ length: 21 }, () => 'QQ==') } }, 'evidence.samples', /at most 20/],
    ['an unknown item that cannot be supplied', { ...claim, evidence: { cannotSupply: [{ item: 'money', because: 'none' }] } }, 'evidence.cannotSupply.0.item', /./],
    ['a list', [claim], '', /object/],
  ])('%s', async (_what, body, field, message) => {
    const before = await tickets();
    const answer = await send(body);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([400, 'application/problem+json; charset=utf-8']);
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ field, message: expect.stringMatching(message) as string }));
    expect(JSON.stringify(answer.body)).not.toMatch(/select |node_modules|\/src\/|zod/i);
    expect(await tickets()).toBe(before);
  });

  it.each<[string, string, Record<string, string>, number]>([
    ['half of a JSON text', '{"claim":"mistake","block":{', json, 400],
    ['no JSON at all', 'claim=mistake', json, 400],
    ['an empty body', '', json, 400],
    ['nothing', 'null', json, 400],
    ['a prototype', '{"__proto__":{"admin":true},"claim":"mistake"}', json, 400],
    ['a hundred thousand brackets', '['.repeat(100_000), json, 400],
    ['another kind of text', JSON.stringify(claim), { 'content-type': 'text/csv' }, 415],
  ])('%s', async (_what, body, headers, status) => {
    const before = await tickets();
    const answer = await send(body, headers);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json; charset=utf-8']);
    expect(answer.body).toMatchObject({ status, title: expect.any(String) as string, detail: expect.stringMatching(/\w{3}/) as string });
    expect(await tickets()).toBe(before);
  });

  it.each([['/api/v1/review/take', 'reviewer1'], ['/api/v1/tickets/UB-0000-0000/take', 'reviewer1'], ['/api/v1/tickets/UB-0000-0000/release', 'reviewer1'], ['/api/v1/tickets/UB-0000-0000/status-links', 'noc']] as const)(
    'an unknown field where nothing is read: %s', async (path, key) => {
      expect(await desk.call('POST', path, { queue: 'mine' }, key)).toMatchObject({ status: 400, body: { errors: [{ field: 'queue', code: 'unknown_field' }] } });
    });

  it('a block in the future, though not one of a clock that is a little fast', async () => {
    const later = (minutes: number) => ({ ...claim, block: { ip: '203.0.113.12', kind: 'spam', blockedAt: new Date(Date.now() + minutes * 60_000).toISOString() } });
    expect(await send(later(60))).toMatchObject({ status: 422, body: { errors: [{ field: 'block.blockedAt', code: 'in_the_future' }] } });
    const taken = await send<{ ref: string }>(later(2));
    expect(taken.status).toBe(201);
    // Nothing of it moves any more while others read page after page.
    await the.until(taken.body.ref, 'queued');
    await the.settled(taken.body.ref);
  });

  it('more than we take: 36 MB of JSON, 25 MB of mail', async () => {
    const padded = JSON.stringify({ ...claim, externalRef: 'x'.repeat(37 * 1024 * 1024) });
    expect(await send(padded, json)).toMatchObject({ status: 413, body: { title: 'Too large' } });
    expect((await desk.call('POST', '/api/v1/inbound-mail', Buffer.alloc(26 * 1024 * 1024, 'a'))).status).toBe(413);
    expect(await desk.database.query('select 1 from inbound_mail')).toEqual([]);
  });

  it('lists with cursors, limits and addresses that are none', async () => {
    for (const [query, field] of [['ip=999', 'ip'], ['ip=203.0.113.0/99', 'ip'], ['q=203.0.113.0/99', 'q'], ['q=203.0.113.256', 'q'], ['limit=0', 'limit'], ['limit=201', 'limit'], ['state=gone', 'state'], ['after=x', 'after'], [`after=9999-99-99T00:00:00Z_${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`, 'after'], ['colour=red', 'colour']]) {
      expect([query, await desk.call('GET', `/api/v1/tickets?${query}`)]).toEqual([query, expect.objectContaining({ status: 400, body: expect.objectContaining({ errors: [expect.objectContaining({ field })] }) as object })]);
    }
    for (const words of ['q=192.0.2.0/30', 'q=nothing+like+it']) {
      expect([words, await desk.call('GET', `/api/v1/tickets?${words}`)]).toEqual([words, expect.objectContaining({ status: 200, body: { items: [], next: null } })]);
    }
  });

  it.each([['/api/v1/tickets', 'noc'], ['/api/v1/events', 'noc'], ['/api/v1/inbound-mail', 'reviewer1'], ['/api/v1/filter-adjustments', 'noc']] as const)('%s pages from the beginning by an empty cursor, and by no other that is none', async (path, key) => {
    const [first, empty, none] = [await desk.call('GET', path, undefined, key), await desk.call('GET', `${path}?after=`, undefined, key), await desk.call('GET', `${path}?after=x`, undefined, key)];
    expect([empty.status, empty.body]).toEqual([200, first.body]);
    expect(none).toMatchObject({ status: 400, body: { errors: [{ field: 'after' }] } });
  });

  it.each<[string, string, 'noc' | 'reviewer1' | 'lead', unknown?]>([
    ['GET', '/api/v1/tickets/UB-0000-0000', 'noc'], ['GET', "/api/v1/tickets/'%20or%201=1", 'noc'], ['GET', '/api/v1/tickets/%00', 'noc'],
    ['POST', `/api/v1/decisions/${'-'.repeat(36)}/undo`, 'reviewer1', {}], ['POST', '/api/v1/decisions/1/approval', 'reviewer1', { approve: true }],
    ['PATCH', `/api/v1/filter-adjustments/${'-'.repeat(36)}`, 'lead', { state: 'applied' }], ['POST', '/api/v1/tickets/UB-0000-0000/evidence', 'noc', { explanation: 'x' }],
    ['POST', '/api/v1/tickets/UB-0000-0000/fixes/set_ptr', 'noc', { state: 'reported' }], ['GET', '/api/v1/nothing-here', 'noc'],
  ])('%s %s, which is nowhere', async (method, path, key, body: unknown = undefined) => {
    const answer = await desk.call<Problem>(method, path, body, key);
    expect([answer.status, answer.body.title]).toEqual([404, 'Not found']);
  });
});

describe('a method that a path does not take', () => {
  it.each([
    ['GET', '/api/v1/claims', 'POST'], ['DELETE', '/api/v1/tickets', 'GET, HEAD'], ['PUT', '/api/v1/tickets/UB-0000-0000/take', 'POST'], ['POST', '/metrics', 'GET, HEAD'], ['PATCH', '/appeals/new', undefined],
  ])('%s %s is 405 and says what is possible', async (method, path, allow) => {
    const answer = await desk.call<Problem>(method, path);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allow ?? expect.stringMatching(/^GET, HEAD/) as string]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });
});

describe('what is odd is taken, and loses nothing', () => {
  const open = async (blockedAt: string, given: object) => {
    const answer = await send<{ ref: string; state: string; missing: string[]; evidence: { type: string; bytes: number }[] }>({ ...claim, block: { ...block, blockedAt }, evidence: given });
    expect([answer.status, answer.body]).toEqual([201, expect.anything()]);
    return answer.body;
  };

  it('no headers: names them, and waits', async () => {
    const opened = await open(at(1), { explanation: 'Order confirmations.' });
    expect(opened).toMatchObject({ state: 'awaiting_evidence', missing: ['headers'] });
    const mail = await desk.sink.waitFor((each) => each.subject.includes(opened.ref));
    expect([mail.subject, mail.text]).toEqual([expect.stringContaining('We need something from you'), expect.stringMatching(/headers/i)]);
  });

  it.each<[string, () => Buffer, string[]?]>([
    ['noise', () => randomBytes(100_000), ['headers']],
    ['NULs', () => Buffer.alloc(50_000), ['headers']],
    ['5 MB of headers', () => Buffer.from(`From: a@b.example\r\n${'Received: from a by b; Thu, 20 Nov 2026 08:41:07 +0000\r\n'.repeat(90_000)}`)],
    ['one line of 3 MB', () => Buffer.from(`Subject: ${'a'.repeat(3_000_000)}\r\n\r\nx`)],
    ['nests of parts', () => Buffer.from(Array.from({ length: 3000 }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`).join(''))],
  ])('%s for a message: kept to the byte, and either read or asked for again', async (what, bytes, missing = []) => {
    const raw = bytes();
    const opened = await open(at(100 + what.length), { message: raw.toString('base64'), explanation: 'This is all I have.' });
    expect(await the.until(opened.ref, missing.length > 0 ? 'awaiting_evidence' : 'queued')).toMatchObject({ missing });
    const [kept] = await desk.database.query<{ bytes: Buffer }>(`select e.bytes from evidence_item e join ticket t on t.id = e.ticket_id where t.ref = $1 and e.type = 'message'`, [opened.ref]);
    expect(kept?.bytes.equals(raw)).toBe(true);
  });

  it('the same claim twice joins the ticket that is open, and keeps what came with it', async () => {
    const body = { ...claim, block: { ...block, blockedAt: at(2) } };
    const [first, second] = [await send<{ ref: string }>(body), await send<{ ref: string }>({ ...body, evidence: { ...evidence, logs: 'Nov 20 08:41:07 mail postfix/smtp[1]: sent' } })];
    expect([first.status, second.status, second.body.ref]).toEqual([201, 200, first.body.ref]);
    const [{ types } = { types: [] }] = await desk.database.query<{ types: string[] }>(`select array_agg(e.type) as types from evidence_item e join ticket t on t.id = e.ticket_id where t.ref = $1`, [first.body.ref]);
    expect(types).toContain('logs');
  });

  it('F03 fifty at once without a key are one ticket', async () => {
    const before = await tickets();
    const answers = await Promise.all(Array.from({ length: 50 }, () => send<{ ref: string }>({ ...claim, block: { ...block, blockedAt: at(3) } })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([...Array.from({ length: 49 }, () => 200), 201]);
    expect([new Set(answers.map((answer) => answer.body.ref)).size, await tickets()]).toEqual([1, before + 1]);
  });

  it('F03 fifty at once with one key get one answer, meanwhile and afterwards; the key takes no other body', async () => {
    const before = await tickets();
    const body = { ...claim, block: { ...block, blockedAt: at(4) } };
    const answers = await Promise.all(Array.from({ length: 50 }, () => send<{ ref: string }>(body, { 'idempotency-key': 'same' })));
    expect(answers.map((answer) => answer.status)).toEqual(Array.from({ length: 50 }, () => 201));
    answers.forEach((answer) => expect(answer.body).toEqual(answers[0]?.body));
    expect(await desk.database.query(
      `select (select count(*)::int from evidence_item e where e.ticket_id = t.id) as items, (select count(*)::int from audit_entry a where a.ticket_id = t.id and a.event in ('opened', 'evidence_supplied')) as lines
       from ticket t where ref = $1`, [answers[0]?.body.ref],
    )).toEqual([{ items: 2, lines: 1 }]);
    // The same for a key that joins the ticket: its evidence comes once.
    const joining = await Promise.all(Array.from({ length: 5 }, () => send<{ evidence: object[] }>({ ...body, evidence: { logs: 'Nov 20 08:41:07 mail postfix/smtp[1]: sent' } }, { 'idempotency-key': 'other' })));
    expect(joining.map((answer) => [answer.status, answer.body.evidence.length])).toEqual(Array.from({ length: 5 }, () => [200, 3]));
    const other = await send({ ...body, claim: 'fixed' }, { 'idempotency-key': 'same' });
    expect(other).toMatchObject({ status: 422, body: { errors: [{ field: 'Idempotency-Key', code: 'reused' }] } });
    expect((await send({ ...body, block: { ...block, blockedAt: at(5) } }, { 'idempotency-key': 'same' })).status).toBe(422);
    expect(await tickets()).toBe(before + 1);
    expect(await the.broken()).toEqual([]);
  });
});
