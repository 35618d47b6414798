import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Analysis } from '../../src/core/rules/analysis';
import { allCases } from '../fixtures/all-cases';
import { AT, codes, facts, GOOD_DNS, headers, ID, IP } from '../fixtures/cases';
import { startDesk, type Desk } from '../support/desk';

const CORPUS = resolve(__dirname, '../../../shared/mail-corpus');
const mails = existsSync(CORPUS) ? readdirSync(CORPUS).filter((file) => file.endsWith('.eml')) : [];
const NO_LOOKUPS = { now: '2026-11-20T09:00:00Z', dns: { ptr: {}, a: {}, aaaa: {}, mx: {}, txt: {} } };

describe('POST /api/v1/header-analyses', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await startDesk();
  }, 180_000);
  afterAll(() => desk?.stop());
  const post = (body: unknown) => desk.call<Analysis & { errors?: { field: string; message: string }[] }>('POST', '/api/v1/header-analyses', body, 'reviewer1');

  it('reads headers beside facts, and says the same each time', async () => {
    const body = { headers: headers(), facts: facts() };
    const [first, second] = [await post(body), await post(body)];
    expect(first.status).toBe(200);
    expect(codes(first.body)).toEqual(expect.arrayContaining(['claim-message-id-match', 'claim-ip-in-chain', 'ptr-confirmed', 'spf-authorised']));
    expect(first.body).toMatchObject({ assessment: 'likely_false_positive', path: [{ claimed: true, ip: IP }, {}], message: { messageId: ID } });
    expect(second.body).toEqual(first.body);
    expect(await desk.database.query('select 1 from analysis')).toEqual([]);
  });

  it('gives every expected code of every case beside its facts, and none that is forbidden', async () => {
    const wrong: unknown[] = [];
    for (const { id, what, text, facts: given = facts(), expected, forbidden = [] } of await allCases()) {
      const { status, body } = await post({ ...(typeof text === 'string' ? { headers: text } : { message: Buffer.from(text).toString('base64') }), facts: given });
      const found = status === 200 ? codes(body) : [`${status}`];
      if (expected.some((code) => !found.includes(code)) || forbidden.some((code) => found.includes(code))) {
        wrong.push({ id, what, status, found });
      }
    }
    expect(wrong).toEqual([]);
  });

  it('takes a whole message, a Message-ID alone, and the block beside it', async () => {
    const block = { ip: IP, kind: 'spam', blockedAt: '2026-11-20T02:14:00Z', detections: [{ messageId: `<${ID}>`, at: AT }] };
    const whole = await post({ message: Buffer.from(`${headers()}\r\n\r\nHello`).toString('base64'), block, facts: { dns: GOOD_DNS } });
    expect(codes(whole.body)).toEqual(expect.arrayContaining(['input-body-present', 'claim-message-id-match']));
    const only = await post({ messageId: ` ${ID.toUpperCase().replace(/^[^@]+/, ID.split('@')[0] ?? '')} `, block, facts: NO_LOOKUPS });
    expect(codes(only.body)).toEqual(expect.arrayContaining(['input-message-id-only', 'claim-message-id-match']));
    expect(only.body.assessment).toBe('insufficient_evidence');
  });

  it('looks names up where no facts are given', async () => {
    const { body } = await post({ headers: headers(), ip: '203.0.113.12' });
    expect(body.facts.dns?.ptr).toEqual({ '203.0.113.12': ['mail.nordlicht-druck.example'] });
  });

  it.each([
    [{}, 'headers'],
    [{ headers: 'x', ip: '999.1.1.1' }, 'ip'],
    [{ headers: 'x', kind: 'ham' }, 'kind'],
    [{ headers: 'x', blockedAt: 'yesterday' }, 'blockedAt'],
    [{ message: '%%%' }, 'message'],
    [{ headers: 'x', facts: { dns: { txt: 'none' } } }, 'facts.dns.txt'],
  ])('names what is wrong in %j', async (body, field) => {
    const { status, body: answer } = await post(body);
    expect([400, 422]).toContain(status);
    expect(answer.errors?.map((error) => error.field)).toContain(field);
  });

  it('refuses what it does not know, and nobody without a key', async () => {
    expect((await post({ headers: 'x', extra: 1 })).status).toBe(400);
    expect((await desk.call('POST', '/api/v1/header-analyses', { headers: 'x' }, null)).status).toBe(401);
  });

  it.each<[string, string, 0 | 1]>([
    ['noise', '\u0001\u0002\ufffd\ud800', 1], ['5 MB of headers', `${headers()}\r\nX: ${'a'.repeat(5_000_000)}`, 0], ['20,000 fields', Array.from({ length: 20_000 }, (_, i) => `X-${i}: y`).join('\n'), 0],
    ['a lone CR', headers().replaceAll('\r\n', '\r'), 0], ['NULs', `${headers()}\r\nX: ${'\u0000'.repeat(1_000)}`, 0], ['nothing but NULs', '\u0000'.repeat(5_000), 1], ['words', 'Please unblock us, it was a mistake.', 1],
    ['half a line', 'Received: from', 0], ['a megabyte of one field', 'Received: from a by b\n'.repeat(48_000), 0],
  ])('answers %s, over HTTP and on the command line', async (_what, text, exit) => {
    const { status, body } = await post({ headers: text, facts: NO_LOOKUPS });
    expect(status).toBe(200);
    expect(body.findings.filter((finding) => finding.outcome === 'error')).toEqual([]);
    const run = desk.cli(['analyse', '-', '--ip', IP], text);
    expect([run.status, run.stdout !== '', run.stderr.replace(/^npm .*\n/gm, '') !== '']).toEqual([exit, exit === 0, exit === 1]);
    expect(run.stderr + run.stdout).not.toMatch(/node_modules|\n\s+at \S+ \(|undefined|\[object/);
  });

  it('takes one thing at a time, and names the field of another', async () => {
    const message = Buffer.from(headers()).toString('base64');
    for (const [body, field] of [[{ headers: 'a: b', message }, 'message'], [{ headers: '' }, 'headers'], [{ headers: ' \n' }, 'headers'], [{ message: '' }, 'message'], [{ messageId: ' ' }, 'messageId'], [{ message, messageId: ID }, 'messageId']] as const) {
      const answer = await post(body);
      expect([body, answer.status, answer.body.errors?.map((error) => error.field)]).toEqual([body, 400, [field]]);
    }
  });

  it('says what was done to find the header, in the answer and on the command line', async () => {
    const quoted = `Hello,\n\n${headers().replace(/\r\n/g, '\n').replace(/^/gm, '> ')}`;
    const { body } = await post({ headers: quoted, facts: NO_LOOKUPS });
    const said = body.findings.find((finding) => finding.code === 'input-repaired')?.says;
    expect(said).toContain('removed quote marks');
    expect(desk.cli(['analyse', '-', '--ip', IP], quoted).stdout).toContain('removed quote marks');
    expect(desk.cli(['analyse', '-', '--ip', IP, '--json'], quoted).stdout).toContain('input-repaired');
  });

  it.each([
    ['an Outlook .msg file', Buffer.from('d0cf11e0a1b11ae1000000000000', 'hex'), 'Outlook .msg'], ['a PDF', Buffer.from('%PDF-1.7\n'), 'PDF'], ['noise', Buffer.alloc(3_000, 1), 'not text'],
  ])('says of %s why it cannot be read, over HTTP and on the command line', async (_what, bytes, why) => {
    const { status, body } = await post({ message: bytes.toString('base64'), facts: NO_LOOKUPS });
    expect(status).toBe(200);
    expect(body.findings.find((finding) => finding.code === 'input-unreadable')?.says).toContain(why);
    const run = desk.cli(['analyse', '-'], bytes);
    expect([run.status, run.stderr]).toEqual([1, expect.stringContaining(why)]);
  });

  it.each([
    ['invalid UTF-8', Buffer.concat([Buffer.from(`${headers({ Subject: null })}\r\nSubject: `), Buffer.from([0xff, 0xc3, 0x28])])], ['a body before its headers', Buffer.from(`Dear desk,\r\nhere it is: look\r\n\r\n${headers()}`)],
    ['a line of 500 kB', Buffer.from(`${headers()}\r\nX-Long: ${'a'.repeat(500_000)}\r\n`)],
  ])('finds the message in %s', async (_what, bytes) => {
    const { body } = await post({ message: bytes.toString('base64'), ip: IP, facts: NO_LOOKUPS });
    expect(codes(body)).toContain('claim-ip-in-chain');
    expect(desk.cli(['analyse', '-', '--ip', IP], bytes).stdout).toContain('claim-ip-in-chain');
  });

  (mails.length === 0 ? it.skip : it)('answers every mail of the corpus', async () => {
    for (const file of mails) {
      const { status, body } = await post({ message: readFileSync(join(CORPUS, file)).toString('base64'), ip: IP, facts: NO_LOOKUPS });
      expect([file, status, body.findings?.filter((finding) => finding.outcome === 'error')]).toEqual([file, 200, []]);
    }
  });

  it('is a command, too', () => {
    const run = desk.cli(['analyse', '-', '--ip', IP, '--json'], `${headers()}\r\n\r\nHello`);
    expect(run.status).toBe(0);
    expect(codes(JSON.parse(run.stdout) as Analysis)).toContain('claim-ip-in-chain');
    expect(desk.cli(['analyse']).status).toBe(2);
    expect(desk.cli(['analyse', '-'], 'hello').status).toBe(1);
  });
});
