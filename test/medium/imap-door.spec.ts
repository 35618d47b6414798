import { DataSource } from 'typeorm';
import { ImapDoor } from '../../src/mailbox/imap-door';
import { readImapUrl } from '../../src/mailbox/imap-address';
import { ImapLedger } from '../../src/mailbox/imap-ledger';
import { MailboxService } from '../../src/mailbox/mailbox.service';
import { loadConfig } from '../../src/platform/config/config';
import { NO_DATA_DIR } from '../support/database';
import { hasDovecot, startDovecot, type Dovecot } from '../support/dovecot';
import { mailDesk, type MailDesk } from '../support/mail-desk';
import { waitFor } from '../support/wait-for';

let number = 0;
const mail = (text: string, subject = `A mail ${++number}`): string => `From: a@b.example\r\nTo: unblock@desk.example\r\nSubject: ${subject}\r\nMessage-ID: <${++number}@b.example>\r\n\r\n${text}\r\n`;

(hasDovecot ? describe : describe.skip)('a mailbox that is fetched over IMAP', () => {
  let dovecot: Dovecot;
  let desk: MailDesk;
  /** The door of the desk and others like it, each a process of its own as far as the database can tell. */
  const doors: ImapDoor[] = [];

  beforeAll(async () => {
    dovecot = await startDovecot();
    desk = await mailDesk({ ROLES: 'worker', IMAP_URL: dovecot.url, IMAP_POLL_SECONDS: '5', DNS_SERVERS: '127.0.0.1:9' });
  });
  afterEach(close);
  afterAll(async () => {
    await close();
    await desk?.stop();
    await dovecot?.stop();
  });

  async function close(): Promise<void> {
    await Promise.all(doors.splice(0).map((door) => door.beforeApplicationShutdown()));
  }
  function open(settings: Record<string, string> = {}, mailbox = desk.app.get(MailboxService), ledger = desk.app.get(ImapLedger)): ImapDoor {
    const config = loadConfig({ DATABASE_URL: desk.database.url, DATA_DIR: NO_DATA_DIR, SECRET: 's'.repeat(40), NOC_DRIVER: 'manual', ROLES: 'mail', IMAP_URL: dovecot.url, IMAP_POLL_SECONDS: '5', ...settings });
    const door = new ImapDoor(config, mailbox, ledger);
    doors.push(door);
    door.onApplicationBootstrap();
    return door;
  }
  const query = async <T>(sql: string, values: unknown[] = []): Promise<T[]> => (await desk.app.get(DataSource).query(sql, values)) as T[];
  const stored = (text: string) => query<{ id: string; state: string; reason: string | null; raw: Buffer; size: number }>(`select id, state, reason, raw, size from inbound_mail where position($1::bytea in raw) > 0 order by received_at, id`, [Buffer.from(text)]);
  const arrives = (text: string, times = 1) => waitFor(`"${text}"`, async () => {
    const rows = await stored(text);
    return rows.length === times && rows.every((row) => row.state !== 'stored') ? rows : null;
  });
  const delivery = (uid: number) => query<{ state: string; mail_id: string | null }>('select state, mail_id from imap_delivery where uid = $1 order by at desc limit 1', [uid]);
  const standing = (uid: number, state: string) => waitFor(`UID ${uid} ${state}`, async () => (await delivery(uid))[0]?.state === state);
  const inbox = async (): Promise<number[]> => {
    const client = await dovecot.client();
    const uids = await client.search({ all: true }, { uid: true });
    await client.logout();
    return uids as number[];
  };

  it('takes new mail to the byte, also when another client has seen it, and puts it away only then', async () => {
    const seen = await dovecot.deliver(mail('before we came, and seen'), ['\\Seen']);
    open();
    expect((await arrives('before we came, and seen'))[0]).toMatchObject({ state: 'quarantined', reason: 'no_address' });
    const raw = mail('while we listen');
    const fresh = await dovecot.deliver(raw);
    expect((await arrives('while we listen'))[0]?.raw.toString()).toBe(raw);
    await standing(seen, 'filed');
    await standing(fresh, 'filed');
    expect(await inbox()).toEqual([]);
    const client = await dovecot.client();
    expect(await client.status('Processed', { messages: true })).toMatchObject({ messages: 2 });
  });

  it('accounts after a downtime for every mail: those that lie there, and those that somebody took away', async () => {
    const uids = [await dovecot.deliver(mail('downtime one')), await dovecot.deliver(mail('downtime two')), await dovecot.deliver(mail('downtime three'))];
    const other = await dovecot.client();
    await other.messageDelete([uids[1] as number], { uid: true });
    open();
    await arrives('downtime one');
    await arrives('downtime three');
    await standing(uids[1] as number, 'vanished');
    expect(await stored('downtime two')).toEqual([]);
    await waitFor('a visit that went well', async () => (await query<{ well: boolean }>(`select error is null and visited_at > now() - interval '1 minute' as well from imap_mailbox`))[0]?.well);
  });

  it('F23: killed between commit and move, it stores nothing twice and puts the mail away later', async () => {
    const uid = await dovecot.deliver(mail('killed before the move'));
    const ledger = new ImapLedger(desk.app.get(DataSource));
    // All that a kill leaves behind: the row is there, the move was never asked for.
    jest.spyOn(ledger, 'unfiled').mockResolvedValueOnce([]).mockRejectedValue(new Error('killed'));
    open({}, undefined, ledger);
    await arrives('killed before the move');
    await close();
    expect(await delivery(uid)).toMatchObject([{ state: 'stored' }]);
    expect(await inbox()).toEqual([uid]);
    open();
    await standing(uid, 'filed');
    expect(await stored('killed before the move')).toHaveLength(1);
    expect(await inbox()).toEqual([]);
  });

  it('notices that a mail which it stored was moved by somebody else', async () => {
    const uid = await dovecot.deliver(mail('moved by somebody else'));
    const ledger = new ImapLedger(desk.app.get(DataSource));
    jest.spyOn(ledger, 'unfiled').mockResolvedValueOnce([]).mockRejectedValue(new Error('killed'));
    open({}, undefined, ledger);
    await arrives('moved by somebody else');
    await close();
    await (await dovecot.client()).messageDelete([uid], { uid: true });
    open();
    await standing(uid, 'taken');
  });

  it('F23: a mailbox made anew gives its UIDs again: old mail is a duplicate, new mail is not skipped', async () => {
    const old = mail('the same before and after');
    open({ IMAP_PROCESSED: '' });
    const first = await dovecot.deliver(old);
    await standing(first, 'filed');
    await close();
    await dovecot.wipe();
    const again = await dovecot.deliver(old);
    const reused = await dovecot.deliver(mail('a new mail under an old number'));
    expect(reused).toBeLessThanOrEqual(first);
    open({ IMAP_PROCESSED: '' });
    expect((await arrives('the same before and after', 2)).map((row) => row.state)).toEqual(['quarantined', 'duplicate']);
    await arrives('a new mail under an old number');
    await standing(again, 'filed');
    await standing(reused, 'filed');
    // Left where they are, and marked for people.
    const client = await dovecot.client();
    expect((await client.fetchAll('1:*', { flags: true })).map((found) => found.flags?.has('$UnblockDesk'))).toEqual([true, true]);
  });

  it('is fetched by one process at a time; the next one begins when the first ends', async () => {
    const first = open();
    await dovecot.deliver(mail('for the first'));
    await arrives('for the first');
    const store = jest.spyOn(MailboxService.prototype, 'store');
    const second = open({ IMAP_POLL_SECONDS: '6' });
    const [holder] = await query<{ holder: string }>('select holder from imap_mailbox');
    expect(holder?.holder).toBe((first as unknown as { holder: string }).holder);
    await first.beforeApplicationShutdown();
    store.mockRestore();
    await dovecot.deliver(mail('for the second'));
    await arrives('for the second');
    expect((await query<{ holder: string }>('select holder from imap_mailbox'))[0]?.holder).toBe((second as unknown as { holder: string }).holder);
  });

  it('comes back by itself when the server was gone', async () => {
    open();
    await dovecot.deliver(mail('before the server went'));
    await arrives('before the server went');
    await dovecot.halt();
    await waitFor('the trouble to be told', async () => (await query<{ error: string | null }>('select error from imap_mailbox'))[0]?.error);
    await dovecot.start();
    await dovecot.deliver(mail('after the server came back'));
    await arrives('after the server came back');
    // The mail is stored before the mailbox says that it is well again.
    await waitFor('the trouble to be over', async () => (await query<{ error: string | null }>('select error from imap_mailbox'))[0]?.error === null);
  });

  it('keeps the header of a mail above 25 MB, says so, and goes on with the next', async () => {
    const large = await dovecot.deliver(Buffer.concat([Buffer.from(mail('', 'far too large')), Buffer.alloc(25 * 1024 * 1024, 'x\r\n')]));
    await dovecot.deliver(mail('behind the large one'));
    open();
    await arrives('behind the large one');
    const [row] = await stored('far too large');
    expect(row).toMatchObject({ state: 'quarantined', reason: 'too_large' });
    expect(row?.size).toBeGreaterThan(25 * 1024 * 1024);
    expect(row?.raw.length).toBeLessThan(1000);
    await standing(large, 'filed');
  });

  it('says that the password is wrong, and does not hammer', async () => {
    const url = dovecot.url.replace('of-the-mailbox', 'wrong');
    const tries = jest.spyOn(ImapLedger.prototype, 'failed');
    open({ IMAP_URL: url });
    await waitFor('the refusal', async () => (await query<{ error: string | null }>('select error from imap_mailbox'))[0]?.error?.includes('refuses the user or the password'));
    expect(tries).toHaveBeenCalledTimes(1);
    tries.mockRestore();
    expect(readImapUrl(url).name).not.toContain('wrong');
  });
});

it.each([
  ['http://x', 'begins with imap:// or imaps://'],
  ['imaps://mail.example.org/INBOX', 'must name user and password'],
])('IMAP_URL=%s is refused with a sentence that holds no password', (url, sentence) => {
  const load = () => loadConfig({ DATABASE_URL: 'postgres://x/x', SECRET: 's'.repeat(40), NOC_DRIVER: 'manual', IMAP_URL: url });
  expect(load).toThrow(sentence);
});

it('reads an address of a mailbox', () => {
  expect(readImapUrl('imaps://desk%40example.org:p%2Fw@mail.example.org/Abuse%2FIn')).toMatchObject({
    host: 'mail.example.org', port: 993, secure: true, user: 'desk@example.org', password: 'p/w', mailbox: 'Abuse/In', name: 'imaps://desk%40example.org@mail.example.org:993/Abuse%2FIn', local: false,
  });
  expect(readImapUrl('imap://a:b@[::1]')).toMatchObject({ host: '::1', port: 143, secure: false, mailbox: 'INBOX', local: true });
});
