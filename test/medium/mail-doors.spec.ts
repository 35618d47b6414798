import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createTransport } from 'nodemailer';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { AddressTokens } from '../../src/auth/address-tokens.service';
import { Attempts } from '../../src/auth/attempts.service';
import { MailboxService } from '../../src/mailbox/mailbox.service';
import { SmtpDoor } from '../../src/mailbox/smtp-door';
import { CONFIG, loadConfig, type Config } from '../../src/platform/config/config';
import { Clock } from '../../src/platform/clock';
import { CERTIFICATE, KEY } from '../fixtures/certificate';
import { mailDesk, type MailDesk } from '../support/mail-desk';
import { smtpLine } from '../support/smtp-line';

const BOX = 'unblock@desk.example';
const RAW = 'From: a@b.example\r\nSubject: x\r\n\r\nhello\r\n';

describe('the doors for mail', () => {
  let desk: MailDesk;
  let dir: string;
  let ports: number[];
  const doors: SmtpDoor[] = [];

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'desk-doors-'));
    writeFileSync(join(dir, 'cert.pem'), CERTIFICATE);
    writeFileSync(join(dir, 'key.pem'), KEY);
    desk = await mailDesk({
      ROLES: 'worker,mail', MAIL_LISTEN: 'smtp://127.0.0.1:0,smtps://127.0.0.1:0,lmtp://127.0.0.1:0', MAIL_TLS_CERT: join(dir, 'cert.pem'), MAIL_TLS_KEY: join(dir, 'key.pem'),
    });
    ports = desk.app.get(SmtpDoor).ports();
  });
  afterAll(async () => {
    await Promise.all(doors.map((door) => door.beforeApplicationShutdown()));
    await desk?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  const [SMTP, SMTPS, LMTP] = [0, 1, 2];
  const at = (door: number): number => ports[door] ?? 0;
  const another = async (settings: Partial<Config>, mailbox = desk.app.get(MailboxService)): Promise<SmtpDoor> => {
    const door = new SmtpDoor({ ...desk.app.get<Config>(CONFIG), ROLES: ['mail'], ...settings }, mailbox, desk.app.get(AddressTokens), new Clock(), desk.app.get(Attempts));
    doors.push(door);
    await door.onApplicationBootstrap();
    return door;
  };
  const tls = { ca: CERTIFICATE, servername: 'desk.example' };
  const stored = async (answer: string): Promise<string> => {
    const [row] = (await desk.source.query('select door from inbound_mail where id = $1', [/stored as (\S+)/.exec(answer)?.[1] ?? null])) as { door: string }[];
    return row?.door ?? 'nowhere';
  };

  it.each([
    ['SMTP after STARTTLS', SMTP, { requireTLS: true }],
    ['SMTP over TLS from the first byte', SMTPS, { secure: true }],
    ['SMTP in the clear, for servers that know no TLS', SMTP, { ignoreTLS: true }],
  ])('take mail by %s', async (_, door, how) => {
    const info = await createTransport({ host: '127.0.0.1', port: at(door), tls, ...how }).sendMail({ envelope: { from: 'a@b.example', to: BOX }, raw: RAW });
    expect(await stored(info.response ?? '')).toBe('smtp');
  });

  it('never offer to sign in, nor let anybody', async () => {
    const line = await smtpLine(at(SMTP));
    expect(await line.say('EHLO b.example')).toMatch(/STARTTLS/);
    expect(await line.say('EHLO b.example')).not.toMatch(/AUTH/);
    expect(await line.say('AUTH PLAIN AGEAYg==')).toMatch(/^5\d\d/);
    line.end();
    const secure = connectTls({ port: at(SMTPS), host: '127.0.0.1', ...tls });
    const said = await new Promise<string>((done) => {
      let text = '';
      secure.setEncoding('utf8').on('data', (more: string) => {
        text += more;
        if (/^220 [^\n]*\n$/.test(text)) { secure.write('EHLO b.example\r\n'); }
        if (/^250 /m.test(text)) { done(text); }
      });
    });
    secure.destroy();
    expect(said).toMatch(/SIZE 26214400/);
    expect(said).not.toMatch(/AUTH|STARTTLS/);
  });

  it('show a renewed certificate without a restart, and keep the old one while half of the new is written', async () => {
    const door = await another({ MAIL_LISTEN: ['smtps://127.0.0.1:0'] });
    const renew = (since: number) => (door as unknown as { renew(since: number): number }).renew(since);
    writeFileSync(join(dir, 'key.pem'), 'half');
    expect(renew(1)).toBe(1);
    writeFileSync(join(dir, 'key.pem'), KEY);
    utimesSync(join(dir, 'key.pem'), new Date(), new Date());
    expect(renew(1)).toBeGreaterThan(1);
    const info = await createTransport({ host: '127.0.0.1', port: door.ports()[0], secure: true, tls }).sendMail({ envelope: { from: 'a@b.example', to: BOX }, raw: RAW });
    expect(info.response).toContain('stored as');
  });

  it.each<[string, Partial<Config>, string]>([
    ['smtps without a certificate', { MAIL_LISTEN: ['smtps://127.0.0.1:0'], MAIL_TLS_CERT: undefined, MAIL_TLS_KEY: undefined }, 'needs MAIL_TLS_CERT and MAIL_TLS_KEY'],
    ['a file that is not there', { MAIL_LISTEN: ['smtp://127.0.0.1:0'], MAIL_TLS_CERT: '/nowhere/cert.pem' }, 'MAIL_TLS_CERT: /nowhere/cert.pem cannot be read (ENOENT)'],
    ['a door that we do not know', { MAIL_LISTEN: ['pop3://127.0.0.1'] }, 'must look like'],
  ])('say in a sentence what is wrong: %s', async (_, settings, sentence) => {
    await expect(another(settings)).rejects.toThrow(sentence);
  });
  it('want both files or none', () => {
    expect(() => loadConfig({ DATABASE_URL: 'postgres://x/x', SECRET: 's'.repeat(40), NOC_DRIVER: 'manual', MAIL_TLS_CERT: '/a' })).toThrow('name both files');
  });

  it('F24: answer in LMTP once for each recipient, and refuse the dead ones before', async () => {
    const line = await smtpLine(at(LMTP));
    expect(await line.say('LHLO mx.example')).toMatch(/^250/m);
    expect(await line.say('MAIL FROM:<a@b.example>')).toMatch(/^250/);
    expect(await line.say(`RCPT TO:<${BOX}>`)).toMatch(/^250/);
    expect(await line.say(`RCPT TO:<unblock+ub-7k3q-92x4.${'a'.repeat(20)}@desk.example>`)).toMatch(/^550/);
    expect(await line.say('RCPT TO:<abuse@desk.example>')).toMatch(/^250/);
    expect(await line.say('DATA')).toMatch(/^354/);
    const first = await line.say(`${RAW}.`);
    const second = await line.hear();
    expect(first).toMatch(/^250 .*stored as/);
    expect(second).toBe(first);
    expect(await stored(first)).toBe('lmtp');
    expect(await line.say('NOOP')).toMatch(/^250/); // no third answer was on its way
    line.end();
  });

  it('refuse what is too large, by its announcement and by its bytes, and go on', async () => {
    const line = await smtpLine(at(SMTP));
    await line.say('EHLO b.example');
    expect(await line.say(`MAIL FROM:<a@b.example> SIZE=${25 * 1024 * 1024 + 1}`)).toMatch(/^552/);
    await line.say('MAIL FROM:<a@b.example>');
    await line.say(`RCPT TO:<${BOX}>`);
    await line.say('DATA');
    line.socket.write(`${RAW}${'x'.repeat(998)}\r\n`);
    for (let i = 0; i < 26; i++) {
      line.socket.write(`${'y'.repeat(998)}\r\n`.repeat(1049));
    }
    expect(await line.say('.')).toMatch(/^552/);
    await line.say('MAIL FROM:<a@b.example>');
    await line.say(`RCPT TO:<${BOX}>`);
    await line.say('DATA');
    expect(await line.say(`${RAW}.`)).toMatch(/^250/);
    line.end();
  });

  it.each([['SMTP', SMTP, 'EHLO'], ['LMTP', LMTP, 'LHLO']])('F21: with a full disk %s answers 452 to each, keeps nothing, and works again when there is room', async (_, door, hello) => {
    await desk.source.query(`create or replace function full_disk() returns trigger language plpgsql as $$ begin raise exception using errcode = '53100', message = 'No space left on device'; end $$`);
    await desk.source.query('create trigger full_disk before insert on inbound_mail for each row execute function full_disk()');
    const before = (await desk.source.query('select count(*)::int as n from inbound_mail')) as unknown;
    const line = await smtpLine(at(door));
    const send = async (): Promise<string[]> => {
      await line.say('MAIL FROM:<a@b.example>');
      await line.say(`RCPT TO:<${BOX}>`);
      await line.say('RCPT TO:<abuse@desk.example>');
      await line.say('DATA');
      const first = await line.say(`${RAW}.`);
      return door === LMTP ? [first, await line.hear()] : [first];
    };
    try {
      await line.say(`${hello} b.example`);
      expect(await send()).toEqual(Array.from({ length: door === LMTP ? 2 : 1 }, () => expect.stringMatching(/^452/) as string));
      expect(await desk.source.query('select count(*)::int as n from inbound_mail')).toEqual(before);
    } finally {
      await desk.source.query('drop trigger full_disk on inbound_mail');
    }
    expect((await send())[0]).toMatch(/^250/);
    line.end();
  });

  it('say 421 to who waits when the desk closes, and 250 to who is in the middle of a mail', async () => {
    let stay: (at: { id: string; state: 'stored' }) => void = () => undefined;
    const slow = { store: () => new Promise((done) => (stay = done)) } as unknown as MailboxService;
    const door = await another({ MAIL_LISTEN: ['smtp://127.0.0.1:0'] }, slow);
    const [idle, busy] = [await smtpLine(door.ports()[0] ?? 0), await smtpLine(door.ports()[0] ?? 0)];
    for (const line of [idle, busy]) {
      await line.say('EHLO b.example');
      await line.say('MAIL FROM:<a@b.example>');
    }
    await busy.say(`RCPT TO:<${BOX}>`);
    await busy.say('DATA');
    const answer = busy.say(`${RAW}.`);
    const closed = door.beforeApplicationShutdown();
    expect(await idle.hear()).toMatch(/^421/);
    stay({ id: 'the-last-one', state: 'stored' });
    expect(await answer).toMatch(/^250 .*stored as the-last-one/);
    expect(await busy.say('NOOP')).toMatch(/^421/);
    busy.end();
    await closed;
  });
});
