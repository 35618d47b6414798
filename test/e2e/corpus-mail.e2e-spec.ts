import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { startDesk, type Desk } from '../support/desk';
import { runCli } from '../support/desk-process';
import { waitFor } from '../support/wait-for';

const FOLDER = resolve('../shared/mail-corpus');
const there = existsSync(FOLDER);
if (!there) {
  process.stderr.write('NO CORPUS: ../shared/mail-corpus is absent, its mails are not posted.\n');
}

interface Told {
  id: string;
  state: string;
  reason: string | null;
  ticket: string | null;
}

const withCorpus = there ? it : it.skip;

describe('mail over HTTP', () => {
  let desk: Desk;
  const files = there ? readdirSync(FOLDER).filter((name) => name.endsWith('.eml')) : [];
  const ids = new Map<string, string>();

  beforeAll(async () => {
    desk = await startDesk();
  }, 180_000);
  afterAll(() => desk?.stop());

  const post = async (file: string): Promise<string> => {
    const { status, body } = await desk.call<Told>('POST', '/api/v1/inbound-mail', readFileSync(join(FOLDER, file)));
    expect(`${file}: ${status}`).toBe(`${file}: 202`);
    expect(body.state).toBe('stored');
    return body.id;
  };
  const ended = (file: string, id: string): Promise<Told> =>
    waitFor(`the end of ${file}`, async () => {
      const { body } = await desk.call<Told>('GET', `/api/v1/inbound-mail/${id}`);
      return body.state === 'stored' ? null : body;
    }, 60_000);

  withCorpus('every mail of the corpus is stored and ends in one named state; none is lost, none opens a ticket', async () => {
    expect(files).toHaveLength(317);
    for (const file of files) {
      ids.set(file, await post(file));
    }
    const ends = new Map<string, Told>();
    for (const [file, id] of ids) {
      ends.set(file, await ended(file, id));
    }
    const count = (state: string): number => [...ends.values()].filter((end) => end.state === state).length;
    expect([...ends.values()].filter((end) => end.ticket !== null)).toEqual([]);
    expect([...ends].filter(([, end]) => end.state === 'quarantined' && !end.reason)).toEqual([]);
    // 72 of the mails come from a collection of bounces; five of those are other reports of machines.
    expect(files.filter((file) => file.startsWith('sisimai') && !['bounce', 'automatic'].includes(ends.get(file)?.state ?? '')).length).toBeLessThanOrEqual(1);
    expect(count('bounce')).toBeGreaterThanOrEqual(72);
  }, 240_000);

  withCorpus('a mail of the corpus comes back as a duplicate, and is still there to the byte after a crash', async () => {
    await desk.kill();
    await desk.start();
    for (const file of files.slice(0, 20)) {
      expect(await ended(file, await post(file))).toMatchObject({ state: 'duplicate' });
    }
    const rows = await desk.database.query<{ id: string; raw: Buffer }>('select id, raw from inbound_mail where id = any($1)', [[...ids.values()]]);
    const stored = new Map(rows.map((row) => [row.id, row.raw]));
    expect(files.filter((file) => !stored.get(ids.get(file) ?? '')?.equals(readFileSync(join(FOLDER, file))))).toEqual([]);
  }, 240_000);

  it('becomes a ticket; our answer asks for what is missing; the reply to its address brings it', async () => {
    const ask = async <T>(path: string): Promise<T> =>
      (await (await fetch(desk.simulator.url + path, { headers: { authorization: `Bearer ${desk.simulator.token}` } })).json()) as T;
    const { accountId } = await ask<{ accountId: string }>('/addresses/203.0.113.47');
    const { email } = await ask<{ email: string }>(`/accounts/${accountId}`);
    const send = async (to: string, id: string, text: string): Promise<Told> => {
      const raw = `From: ${email}\r\nTo: ${to}\r\nSubject: Sperre\r\nMessage-ID: <${id}@customer.example>\r\n\r\n${text}\r\n`;
      const { body } = await desk.call<Told>('POST', '/api/v1/inbound-mail', raw);
      return ended(id, body.id);
    };
    const claim = await send('unblock@desk.example', 'claim', 'Die Adresse 203.0.113.47 wurde zu Unrecht gesperrt. Das sind Rechnungen, kein Spam.');
    expect(claim).toMatchObject({ state: 'ticket', reason: null });
    const question = await desk.sink.waitFor((mail) => mail.subject.includes(claim.ticket ?? '?'));
    expect(question.to).toEqual([email]);
    expect(question.header('in-reply-to')).toBe('<claim@customer.example>');
    const answer = await send(question.header('reply-to') ?? '', 'answer', 'Hier sind sie:\r\n\r\nReceived: from a.example (a.example [203.0.113.47]) by mx.example; Tue, 24 Nov 2026 00:00:00 +0000\r\nMessage-ID: <r@a.example>');
    expect(answer).toMatchObject({ state: 'reply', ticket: claim.ticket });
    const { body } = await desk.call<{ missing: string[]; channel: string; evidence: { type: string }[] }>('GET', `/api/v1/tickets/${claim.ticket}`);
    expect(body).toMatchObject({ missing: [], channel: 'mail' });
    expect(body.evidence.map((item) => item.type)).toContain('headers');
  }, 60_000);

  it('says what is wrong with a request', async () => {
    const post = (body: unknown, key: 'noc' | 'reviewer1' = 'noc') => desk.call('POST', '/api/v1/inbound-mail', body, key);
    expect(await post({ mail: 'x' })).toMatchObject({ status: 400, body: { errors: [{ field: 'body', code: 'not_a_mail' }] } });
    expect(await post('')).toMatchObject({ status: 422, body: { errors: [{ field: 'body', code: 'empty' }] } });
    expect(await post('From: a@b.example\r\n\r\nx', 'reviewer1')).toMatchObject({ status: 403 });
    expect(await post(Buffer.alloc(25 * 1024 * 1024 + 1))).toMatchObject({ status: 413 });
    expect(await desk.call('GET', '/api/v1/inbound-mail/none')).toMatchObject({ status: 400 });
    expect(await desk.call('GET', '/api/v1/inbound-mail/0f20ca9d-0bbd-4c96-83f0-3ad872fb6f78')).toMatchObject({ status: 404 });
    expect(await desk.call('GET', '/api/v1/inbound-mail?state=none', undefined, 'admin')).toMatchObject({ status: 400, body: { errors: [{ field: 'state' }] } });
    expect(await desk.call('GET', '/api/v1/inbound-mail?state=ticket', undefined, 'admin')).toMatchObject({ status: 200, body: { items: [{ state: 'ticket' }], next: null } });
  });

  it('T33: refuses a packed body of any kind, and stores nothing of it', async () => {
    const before = await desk.database.query('select count(*) from inbound_mail');
    const bomb = gzipSync(Buffer.alloc(20_000_000, 'From: a@b.example\r\n'));
    for (const [path, type, key] of [['inbound-mail', 'message/rfc822', 'noc'], ['claims', 'application/json', 'noc'], ['header-analyses', 'application/json', 'reviewer1']] as const) {
      for (const encoding of ['gzip', 'deflate', 'br', 'gzip, identity']) {
        const answer = await desk.call('POST', `/api/v1/${path}`, bomb, key, { 'content-type': type, 'content-encoding': encoding });
        expect([path, encoding, answer.status, answer.body['detail']]).toEqual([path, encoding, 415, 'Send the body as it is, without Content-Encoding.']);
      }
    }
    expect(await desk.database.query('select count(*) from inbound_mail')).toEqual(before);
  });

  it('takes a mail from a pipe, and leaves it to the mail server when we are in trouble', () => {
    expect(desk.cli(['mail-pipe'], 'From: pipe@b.example\r\n\r\nhello')).toMatchObject({ status: 0, stdout: expect.stringContaining('stored as') as string });
    expect(desk.cli(['mail-pipe'], '')).toMatchObject({ status: 65 });
    const away = { ...desk.settings, DATABASE_URL: 'postgres://app@127.0.0.1:9/none' };
    expect(runCli(away, ['mail-pipe'], 'From: pipe@b.example\r\n\r\nhello')).toMatchObject({ status: 75 });
  });

  it('leaves no mail without an end', async () => {
    await waitFor('the last one', async () => (await desk.database.query<{ n: number }>(`select count(*)::int as n from inbound_mail where state = 'stored'`))[0]?.n === 0);
    expect(await desk.database.query(`select job, last_error from outbox_message where state = 'parked'`)).toEqual([]);
  });
});
