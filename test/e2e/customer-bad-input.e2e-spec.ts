import { signIn, type Someone } from '../support/customer';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { visitor } from '../support/visitor';

jest.setTimeout(60_000);

const MERCIER: Someone = { id: '20671', email: 'contact@atelier-mercier.example', name: 'Atelier Mercier SARL' };
const HEADERS = 'Received: from x.example ([192.0.2.9]) by mx.example; Tue, 24 Nov 2026 01:00:00 +0000\nFrom: a@shop.example\nMessage-ID: <a@shop.example>';
const MISTAKE = { claim: 'mistake', headers: HEADERS, explanation: 'Order mail, wanted by those who got it.', queueInspected: 'wanted' };
const FIXED = { claim: 'fixed', cause: 'The form could be used by anybody.', done: 'Closed on Tuesday at 09:10.', mailStopped: 'yes', queueInspected: 'cleared' };
const TRAFFIC = { claim: 'mistake', explanation: 'Our monitoring asks our own servers.', logs: 'sshd: ok' };
const REPAIRED = { claim: 'fixed', cause: 'A plug-in was used to install a scanner.', done: 'Removed, all passwords changed.', isolated: 'Rescue system since 09:40.', logs: 'sshd: ok' };

let desk: Desk;
let customer: Awaited<ReturnType<typeof signIn>>;
const known: Record<string, Record<string, string>> = {};
beforeAll(async () => {
  desk = await startDesk();
  const the = journey(desk);
  for (const kind of ['spam', 'hack'] as const) {
    const { ip, blockedAt } = await the.blocked(kind === 'spam' ? '192.0.2.61' : '192.0.2.62', MERCIER.id, kind);
    known[kind] = { ip, kind, blockedAt };
  }
  customer = await signIn(desk, MERCIER);
}, 180_000);
afterAll(() => desk?.stop());

const tickets = async (): Promise<number> => (await desk.database.query<{ n: number }>('select count(*)::int as n from ticket'))[0]?.n ?? -1;
const plain = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#x3D;', '=');

describe('a form with one wrong answer says which and why, keeps the others, and stores nothing', () => {
  it.each<[string, 'spam' | 'hack', Record<string, string>, string, RegExp]>([
    ['no choice', 'spam', { ...MISTAKE, claim: '' }, 'claim-mistake', /Choose what happened/],
    ['no headers', 'spam', { ...MISTAKE, headers: ' ' }, 'headers', /Paste the headers of one blocked message/],
    ['the text instead of the headers', 'spam', { ...MISTAKE, headers: 'Guten Tag,\nIhr Brot wartet.' }, 'headers', /What you pasted is the text/],
    ['no word about the queue', 'spam', { ...MISTAKE, queueInspected: '' }, 'queue-wanted', /Choose what you found in the mail queue/],
    ['a choice that is none', 'spam', { ...MISTAKE, queueInspected: '<script>' }, 'queue-wanted', /Choose what you found/],
    ['no cause', 'spam', { ...FIXED, cause: '?' }, 'cause', /Say what the cause was/],
    ['nothing done', 'spam', { ...FIXED, done: 'fixed' }, 'done', /Say what you did, and when/],
    ['mail that may go on', 'spam', { ...FIXED, mailStopped: '' }, 'stopped-yes', /Choose whether the unwanted mail has stopped/],
    ['no traffic', 'hack', { ...TRAFFIC, explanation: 'no idea' }, 'explanation', /Say in a sentence what the traffic was/],
    ['nothing found', 'hack', { ...REPAIRED, cause: '' }, 'cause', /Say what you found/],
    ['not kept apart', 'hack', { ...REPAIRED, isolated: '' }, 'isolated', /Say how the server was kept apart/],
    ['no logs', 'hack', { ...REPAIRED, logs: '' }, 'logs', /Paste the lines of your logs/],
  ])('%s', async (_what, kind, answers, at, says) => {
    const before = await tickets();
    const page = await customer.upload('/appeals', { ...known[kind], ...answers });
    expect(page.status).toBe(422);
    expect(page.html).toMatch(new RegExp(`<a href="#${at}">[^<]*${says.source}`));
    expect(page.html).toMatch(/<title>Error: /);
    expect(page.html).toContain('aria-invalid="true"');
    Object.entries(answers).filter(([name, value]) => value.length > 20 && name !== 'headers').forEach(([, value]) => expect(plain(page.html)).toContain(value));
    expect(await tickets()).toBe(before);
  });

  it.each<[string, Record<string, string>, number]>([
    ['an address that is none', { ip: '203.0.113' }, 422], ['a time that is none', { blockedAt: 'yesterday' }, 422], ['a field that nobody asked for', { accountId: '1' }, 400],
    ['51,000 letters in a short answer', { explanation: 'x'.repeat(51_000) }, 400], ['an address of somebody else', { ip: '203.0.113.47' }, 422], ['a NUL, as an unknown sign', { explanation: 'a\u0000b wanted mail of our shop' }, 200],
  ])('%s', async (_what, more, status) => {
    const before = await tickets();
    const page = await customer.upload('/appeals', { ...known['spam'], ...MISTAKE, ...more });
    expect([page.status, page.html.includes('\u0000')]).toEqual([status, false]);
    expect(await tickets()).toBe(before);
  });
});

describe('files', () => {
  const send = (files: { name: string; text: string }[]) => customer.upload('/appeals', { ...known['spam'], ...MISTAKE, headers: '' }, files);
  const MAIL = 'From: a@shop.example\nSubject: x\n\ny';

  it.each<[string, string, string, RegExp]>([
    ['an empty one', 'a.eml', '', /“a\.eml” is empty/], ['of Outlook', 'a.msg', MAIL, /Outlook’s own format/], ['of another kind', 'a.docx', MAIL, /Choose \.eml or \.txt files/],
    ['a PDF that calls itself a mail', 'a.eml', '%PDF-1.7 x', /is a PDF, whatever its name says/], ['an archive', 'a.eml', 'PK\u0003\u0004', /is a ZIP archive/], ['a program', 'invoice.eml', 'MZ\u0090', /is a program/], ['without a name', '.eml', '', /is empty|another kind/],
  ])('%s is refused by name, and what was typed stays', async (_what, name, text, says) => {
    const page = await send([{ name, text }]);
    expect([page.status, plain(page.text)]).toEqual([422, expect.stringMatching(says)]);
    expect(page.html).toContain(MISTAKE.explanation);
  });

  it('larger than 25 MB, and more than twenty', async () => {
    expect(await send([{ name: 'large.eml', text: `${MAIL}${'z'.repeat(26 * 1024 * 1024)}` }])).toMatchObject({ status: 422, text: expect.stringContaining('“large.eml” is larger than 25 MB') as string });
    const many = await send(Array.from({ length: 21 }, (_, i) => ({ name: `${i}.eml`, text: MAIL })));
    expect([413, 422]).toContain(many.status);
  });

  it.each([['../../../etc/passwd.eml', 'passwd.eml'], ['C:\\Users\\me\\mail.eml', 'mail.eml'], ['\u202elme.exe.eml', 'lme.exe.eml'], ['"><img src=x onerror=alert(1)>.eml', '><img src=x onerror=alert(1)>.eml'], [`${'n'.repeat(300)}.eml`, `${'n'.repeat(100)}…`]])(
    'a name that plays tricks, %j, is only a name', async (given, shown) => {
      const page = await send([{ name: given, text: MAIL }]);
      expect([page.status, plain(page.html)]).toEqual([200, expect.stringContaining(shown)]);
      expect(page.html).not.toMatch(/<img src=x|\u202e|\.\.\//);
    });
});

describe('T25: more than one recipient in one field', () => {
  it.each(['a@b.example, c@d.example', 'a@b.example\r\nBcc: c@d.example', '"a@b.example"@c.example', 'a@b.example c@d.example', 'Name <a@b.example>', 'a@b.example;c@d.example', '@b.example', 'a@@b.example'])('%j is refused, kept in its field, and mailed to nobody', async (email) => {
    const before = desk.sink.mails.length;
    const answer = await visitor(desk, '198.51.100.17').post('/sign-in', { email });
    expect([answer.status, answer.body.includes('Give one e-mail address')]).toEqual([422, true]);
    expect(await desk.database.query(`select 1 from sign_in_link where email like '%d.example%' or email like '%c.example%'`)).toEqual([]);
    expect(desk.sink.mails.length).toBe(before);
  });
});

it('T15: a limit on readings is not begun anew by another reference in the form', async () => {
  const reading = (ticket: string) => customer.upload('/appeals/reading', { ...known['spam'], ...MISTAKE, ticket });
  const statuses: number[] = [];
  for (let i = 0; i < 205 && !statuses.includes(429); i += 5) {
    statuses.push(...(await Promise.all([0, 1, 2, 3, 4].map((n) => reading(`x${i + n}`)))).map((page) => page.status));
  }
  expect([statuses.filter((status) => status === 200).length, statuses.includes(429)]).toEqual([200, true]);
});
