import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, UnsecuredJWT } from 'jose';
import { launchToken, type Someone } from '../support/customer';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { visitor, type Visited } from '../support/visitor';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

const NORDLICHT: Someone = { id: '20418', email: 'technik@nordlicht-druck.example', name: 'Nordlicht Druck GmbH' };
const LINDNER: Someone = { id: '20533', email: 'info@baeckerei-lindner.example', name: 'Bäckerei Lindner' };

let desk: Desk;
let the: ReturnType<typeof journey>;
beforeAll(async () => {
  desk = await startDesk();
  the = journey(desk);
}, 180_000);
afterAll(() => desk?.stop());
afterEach(() => the.noc.call('DELETE', '/faults'));

const launch = (token: string): Promise<Visited> => visitor(desk).post('/launch', { token }, { 'sec-fetch-site': 'cross-site' });
/** The link that was mailed to this address, once it is there. */
const linkTo = async (email: string, after = 0): Promise<string> => {
  const mail = await waitFor(`a link for ${email}`, () => desk.sink.mails.filter((each) => each.to.includes(email) && each.raw.includes('Your link to sign in'))[after] ?? null);
  return /http:\/\/127\.0\.0\.1:\d+\/sign-in\/[\w-]{43}/.exec(mail.raw.toString('latin1').replace(/=\r?\n/g, ''))?.[0] ?? '';
};

describe('T01: a launch token that our NOC did not sign', () => {
  it.each<[string, (keys: string) => Promise<string> | string]>([
    ['alg none', () => new UnsecuredJWT({ sub: NORDLICHT.id, email: NORDLICHT.email }).setAudience('unblock-desk').setJti('none-of-it').setExpirationTime('50s').encode()],
    ['another secret', () => signed('x'.repeat(40))],
    ['a key to fetch (jku)', (keys) => signed('y'.repeat(40), { jku: keys })],
    ['a certificate to fetch (x5u)', (keys) => signed('y'.repeat(40), { x5u: keys })],
    ['the right secret, and a key to fetch all the same', (keys) => signed(desk.simulator.launchKey, { jku: keys })],
    ['a foreign kid', () => signed('z'.repeat(40), { kid: '../../dev/null' })],
    ['an EdDSA key of the attacker', () => {
      const { privateKey } = generateKeyPairSync('ed25519');
      return claims().setProtectedHeader({ alg: 'EdDSA', typ: 'launch+jwt' }).sign(privateKey);
    }],
  ])('%s: refused, noted, and no key is fetched', async (_what, token) => {
    let fetched = 0;
    const server = createServer((_request, response) => response.end(String(++fetched))).listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    const before = desk.output().split('A launch was refused').length;
    const answer = await launch(await token(`http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`));
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([401, []]);
    await waitFor('the refusal in the log', () => desk.output().split('A launch was refused').length === before + 1 || null);
    expect(fetched).toBe(0);
    server.close();
  });
});

const claims = () => new SignJWT({ email: NORDLICHT.email, name: NORDLICHT.name }).setAudience('unblock-desk').setSubject(NORDLICHT.id).setJti(`t01-${Math.random()}`).setExpirationTime('50s');
const signed = (key: string, header: object = {}): Promise<string> => claims().setProtectedHeader({ alg: 'HS256', typ: 'launch+jwt', ...header }).sign(new TextEncoder().encode(key));

describe('T02: a launch token that is used again', () => {
  it('is refused, and that is a security event', async () => {
    const token = await launchToken(desk, NORDLICHT);
    expect((await launch(token)).status).toBe(200);
    expect((await launch(token)).status).toBe(401);
    await waitFor('the refusal in the log', () => desk.output().includes('A launch was refused: used') || null);
  });
});

describe('T03: where a token could be left behind', () => {
  it('is in no log and in no Referer after signing in', async () => {
    const browser = visitor(desk);
    await browser.post('/sign-in', { email: LINDNER.email });
    const link = await linkTo(LINDNER.email);
    const page = await browser.get(link);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect((await browser.post(link, {})).to).toBe('/tickets');
    const token = await launchToken(desk, NORDLICHT);
    await launch(token);
    await browser.get('/tickets');
    const secrets = [link.slice(link.lastIndexOf('/') + 1), token, browser.cookies.get('desk') ?? 'none'];
    secrets.forEach((secret) => expect([secret.length > 20, desk.output().includes(secret)]).toEqual([true, false]));
  });
});

describe('T04, T05: a link that was mailed', () => {
  it('T04: is not used up by HEAD, GET, or a scanner that opens it and loads what is on the page', async () => {
    const browser = visitor(desk);
    await browser.post('/sign-in', { email: NORDLICHT.email });
    const link = await linkTo(NORDLICHT.email);
    const scanner = visitor(desk, '198.51.100.200');
    for (const method of ['HEAD', 'GET', 'GET', 'OPTIONS']) {
      await scanner.send(method, link);
    }
    const shown = await scanner.get(link);
    for (const [, asset = ''] of shown.body.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
      await scanner.get(asset);
    }
    expect((await browser.post(link, {})).to).toBe('/tickets');
  });

  it('T05: after ten minutes, a second time, or in another browser it is refused, with the way to a new one', async () => {
    const browser = visitor(desk);
    await browser.post('/sign-in', { email: NORDLICHT.email });
    const link = await linkTo(NORDLICHT.email, 1);
    const over = (answer: Visited): void => {
      expect([answer.status, answer.body.includes('href="/sign-in"')]).toEqual([410, true]);
      expect(answer.headers.getSetCookie().some((cookie) => cookie.startsWith('desk='))).toBe(false);
    };
    over(await visitor(desk).post(link, {}));
    await desk.database.query(`update sign_in_link set expires_at = now() - interval '1 second' where used_at is null`);
    over(await browser.post(link, {}));
    await desk.database.query(`update sign_in_link set expires_at = now() + interval '1 minute' where used_at is null`);
    expect((await browser.post(link, {})).status).toBe(303);
    over(await browser.post(link, { _csrf: browser.field((await browser.get(link)).body, '_csrf') }));
  });

  it('T06: a thousand requests for one victim from many addresses: three mails, and unknown addresses get the same answer', async () => {
    const victim = 'contact@atelier-mercier.example';
    const answers: Visited[] = [];
    for (let round = 0; round < 40; round++) {
      answers.push(...(await Promise.all(Array.from({ length: 25 }, () => visitor(desk, `198.51.100.${round + 1}`).post('/sign-in', { email: victim })))));
    }
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    const unknown = await visitor(desk, '198.51.100.99').post('/sign-in', { email: 'nobody@nowhere.example' });
    // What a packed page ends with is drawn anew for each answer, so that its length tells nothing (BREACH).
    const words = (answer: Visited | undefined, email: string): string => (answer?.body ?? '').replace(/<!-- [\w-]* -->$/, '').replaceAll(email, 'X').replaceAll(email.replace('@', '%40'), 'X');
    expect(words(answers.at(-1), victim)).toBe(words(unknown, 'nobody@nowhere.example'));
    const links = await desk.database.query<{ n: number }>('select count(*)::int as n from sign_in_link where email = $1', [victim]);
    expect(links).toEqual([{ n: 3 }]);
    await waitFor('the mails', async () => (await desk.database.query(`select 1 from outbox_message where what = 'sign-in-link' and state <> 'done'`)).length === 0 || null);
    expect(desk.sink.mails.filter((mail) => mail.to.includes(victim))).toHaveLength(3);
  });

  // 10,000 of them take minutes on a small machine: so many are posted where FORM_POSTS says so; the limits are passed long before.
  const POSTS = Number(process.env['FORM_POSTS'] ?? 2_000);
  it(`T30: ${POSTS} form posts with the addresses of others and spam in every field: none of it is mailed, nothing grows, and one source is stopped`, async () => {
    const known = 'ops@tallow-and-finch.example';
    const SPAM = 'BUY PILLS https://pills.example';
    const rows = async (): Promise<Record<string, number>> => (await desk.database.query<Record<string, number>>(
      `select ${['ticket', 'inbound_mail', 'mail_delivery', 'outbox_message', 'sign_in_link', 'session', 'evidence_item', 'message', 'idempotency_key', 'used_token', 'audit_entry'].map((table) => `(select count(*)::int from ${table}) as ${table}`).join(', ')}`,
    ))[0] ?? {};
    const forms = (n: number): [string, Record<string, string>] => {
      const email = n % 4 === 0 ? known : `victim${n}@victims.example`;
      return n % 10 < 7 ? ['/sign-in', { email, next: `/tickets?q=${SPAM}`, name: SPAM }]
        : n % 10 === 7 ? ['/sign-in', { email: `${SPAM} <${email}>` }]
          : [n % 10 === 8 ? '/appeals' : '/appeals/reading', { email, ip: '203.0.113.47', kind: 'spam', claim: 'mistake', headers: `Subject: ${SPAM}`, explanation: SPAM, step: 'send' }];
    };
    const [before, mails] = [await rows(), desk.sink.mails.length];
    const answers: number[] = [];
    for (let n = 0; n < POSTS; n += 50) {
      // Every round from another network, one in ten from a single address.
      answers.push(...(await Promise.all(Array.from({ length: Math.min(50, POSTS - n) }, (_, i) => visitor(desk, i % 10 === 0 ? '192.0.2.200' : `198.18.${(n / 50) % 250}.${i + 1}`).post(...forms(n + i))))).map(({ status }) => status));
    }
    expect([...new Set(answers)].filter((status) => status >= 500)).toEqual([]);
    expect(answers.filter((status) => status === 429).length).toBeGreaterThan(POSTS / 10 - 200);
    await waitFor('the links to be mailed', async () => (await desk.database.query<{ n: number }>(`select (select count(*)::int from sign_in_link where email = $1) as n`, [known]))[0]?.n === 3
      && (await desk.database.query(`select 1 from outbox_message where what = 'sign-in-link' and state <> 'done'`)).length === 0 || null);
    const sent = desk.sink.mails.slice(mails);
    expect([sent.filter((mail) => !mail.to.includes(known)), sent.length, sent.filter((mail) => /pills/i.test(mail.raw.toString('latin1')))]).toEqual([[], 3, []]);
    await waitFor('the alarm', () => /ALERT: 200 sign-in links were asked for/.test(desk.output()));
    const after = await rows();
    expect(Object.fromEntries(Object.keys(after).map((table) => [table, (after[table] ?? 0) - (before[table] ?? 0)]).filter(([, more]) => more !== 0))).toEqual({ mail_delivery: 3, outbox_message: 3, sign_in_link: 3 });
  }, POSTS > 2_000 ? 900_000 : 120_000);

  it('T06: the answer does not wait for the NOC, which knows who is known', async () => {
    await the.noc.post('/faults', { call: 'accounts', mode: 'slow', seconds: 15, times: 2 });
    const email = 'bonjour@librairie-du-canal.example';
    await visitor(desk).post('/sign-in', { email });
    expect(await desk.database.query('select 1 from sign_in_link where email = $1', [email])).toEqual([]);
  });
});

describe('T09: sessions', () => {
  it('a session that was planted before signing in is not the one after it', async () => {
    const [person] = desk.staff;
    const browser = visitor(desk);
    browser.cookies.set('desk', 'planted-by-somebody-else');
    await browser.enterDesk(person?.email ?? '', person?.password ?? '');
    const first = browser.cookies.get('desk') ?? '';
    expect(first).toMatch(/^[\w-]{43}$/);
    await browser.enterDesk(person?.email ?? '', person?.password ?? '');
    expect(browser.cookies.get('desk')).not.toBe(first);
    const old = visitor(desk);
    old.cookies.set('desk', first);
    expect((await old.get('/desk')).to).toContain('/desk/sign-in');
  });

  it('is dead at once after signing out, and when its person is disabled', async () => {
    const person = desk.staff[1];
    const [left, kept] = [visitor(desk), visitor(desk)];
    const csrf = await left.enterDesk(person?.email ?? '', person?.password ?? '');
    await kept.enterDesk(person?.email ?? '', person?.password ?? '');
    const copy = visitor(desk);
    copy.cookies.set('desk', left.cookies.get('desk') ?? '');
    expect((await copy.get('/desk')).status).toBe(200);
    expect((await left.post('/sign-out', { _csrf: csrf })).status).toBe(303);
    expect((await copy.get('/desk')).to).toContain('/desk/sign-in');
    expect((await kept.get('/desk')).status).toBe(200);
    await desk.database.query('update staff_member set disabled_at = now() where email = $1', [person?.email]);
    expect((await kept.get('/desk')).to).toContain('/desk/sign-in');
    await desk.database.query('update staff_member set disabled_at = null where email = $1', [person?.email]);
  });
});
