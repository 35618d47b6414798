import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve, join } from 'node:path';
import { createTransport } from 'nodemailer';
import { startDesk, type Desk } from '../support/desk';
import { freePort } from '../support/ports';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy';
import { waitFor } from '../support/wait-for';

const FOLDER = resolve('../shared/mail-corpus');
const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.eml')).map((name) => join(FOLDER, name)) : [];
if (files.length === 0) {
  process.stderr.write('NO CORPUS: ../shared/mail-corpus is absent; made-up mails are sent over SMTP and LMTP instead.\n');
}
const made = (n: number): Buffer => Buffer.from(`From: a@b.example\r\nTo: unblock@desk.example\r\nSubject: ${n}\r\nMessage-ID: <made-${n}@b.example>\r\n\r\nThe mail number ${n} names no address.\r\n`);
const MAILS = files.length > 0 ? files.map((file) => readFileSync(file)) : Array.from({ length: 300 }, (_, n) => made(n));
const LINES = 4;

interface Row {
  id: string;
  raw: Buffer;
  state: string;
  reason: string | null;
}

describe('mail over SMTP and LMTP, whatever dies meanwhile', () => {
  let desk: Desk;
  let proxy: TcpProxy;
  let lmtp: number;

  beforeAll(async () => {
    lmtp = await freePort();
    desk = await startDesk({
      settings: (its) => ({ MAIL_LISTEN: `${its['MAIL_LISTEN']},lmtp://127.0.0.1:${lmtp}`, DNS_SERVERS: '127.0.0.1:9' }),
    });
    proxy = await startTcpProxy({ port: Number(new URL(desk.database.url).port) });
    await desk.kill();
    desk.settings['DATABASE_URL'] = proxy.through(desk.database.url);
    await desk.start();
  }, 180_000);
  afterAll(async () => {
    await desk?.stop();
    await proxy?.close();
  });

  /** Sends all mails as a mail server would, each until it is accepted. @returns how often each was accepted, which is what we answer for */
  async function deliver(how: 'smtp' | 'lmtp', mails: Buffer[], trouble: (accepted: number) => Promise<void> = () => Promise.resolve()): Promise<{ ids: string[]; refused: number }> {
    const ids: string[] = [];
    let refused = 0;
    const waiting = [...mails];
    const line = async (): Promise<void> => {
      const transport = createTransport({ host: '127.0.0.1', port: how === 'lmtp' ? lmtp : desk.smtp.port, lmtp: how === 'lmtp', ignoreTLS: true, pool: true, maxConnections: 1, maxMessages: Infinity } as never);
      for (let raw = waiting.shift(); raw; raw = waiting.shift()) {
        for (;;) {
          try {
            const info = (await transport.sendMail({ envelope: { from: 'sender@b.example', to: 'unblock@desk.example' }, raw })) as unknown as { response: string };
            ids.push(/stored as (\S+)/.exec(info.response)?.[1] ?? info.response);
            break;
          } catch (error) {
            const { responseCode } = error as { responseCode?: number };
            // Ours to answer for: no mail of the corpus may be refused for good.
            if (responseCode !== undefined && responseCode >= 500) {
              throw error;
            }
            refused++;
          }
        }
        await trouble(ids.length);
      }
      transport.close();
    };
    await Promise.all(Array.from({ length: LINES }, line));
    return { ids, refused };
  }

  const settled = async (): Promise<Row[]> => {
    await waitFor('the end of every mail', async () => (await desk.database.query<{ n: number }>(`select count(*)::int as n from inbound_mail where state = 'stored'`))[0]?.n === 0, 120_000);
    return desk.database.query<Row>('select id, raw, state, reason from inbound_mail order by received_at, id');
  };
  /** What SMTP may do to a mail on its way: nothing but giving it line ends (RFC 5321 section 2.3.8). */
  const asSent = (raw: Buffer): string => createHash('sha256').update(`${raw.toString('latin1').replace(/\r\n?|\n/g, '\r\n').replace(/(?:\r\n)+$/, '')}`, 'latin1').digest('hex');
  /** Of each content how often it is there; a few mails of the corpus differ in their line ends alone. */
  const contents = (raws: Buffer[]): string[] => raws.map(asSent).sort();

  it('takes every mail over SMTP, unchanged but for its line ends, to one named end, and all of them again over LMTP as duplicates', async () => {
    const { ids, refused } = await deliver('smtp', MAILS);
    expect([ids.length, refused]).toEqual([MAILS.length, 0]);
    const first = await settled();
    expect(first.map((row) => row.id).sort()).toEqual([...ids].sort());
    expect(contents(first.map((row) => row.raw))).toEqual(contents(MAILS));
    expect(first.filter((row) => row.state === 'ticket' || (row.state === 'quarantined' && !row.reason))).toEqual([]);
    const again = await deliver('lmtp', MAILS);
    expect(again.ids).toHaveLength(MAILS.length);
    const late = new Set(again.ids);
    expect((await settled()).filter((row) => late.has(row.id) && row.state !== 'duplicate')).toEqual([]);
  }, 240_000);

  it('F19, F13: with PostgreSQL cut off and the process killed in between, every accepted mail stands there exactly once', async () => {
    await desk.database.query('delete from outbox_message');
    await desk.database.query('delete from inbound_mail');
    const at = [Math.floor(MAILS.length / 4), Math.floor(MAILS.length / 2), Math.floor((MAILS.length * 3) / 4)];
    const trouble = async (accepted: number): Promise<void> => {
      if (accepted === at[0] || accepted === at[2]) {
        proxy.cut(); // all connections of the pool at once, as when the server restarts
      } else if (accepted === at[1]) {
        await desk.kill('SIGKILL');
        await desk.start();
      }
    };
    const { ids, refused } = await deliver('smtp', MAILS, trouble);
    expect(refused).toBeGreaterThan(0);
    const rows = await settled();
    const there = new Map(rows.map((row) => [row.id, row]));
    expect(ids.filter((id) => !there.has(id))).toEqual([]); // answered is stored
    expect(new Set(ids).size).toBe(MAILS.length);
    // A mail whose answer was lost came again: it is there twice, and the second time as a duplicate, so each counts once.
    const counted = rows.filter((row) => row.state !== 'duplicate');
    expect(contents(counted.map((row) => row.raw))).toEqual([...new Set(contents(MAILS))]);
    expect(await desk.database.query(`select job, last_error from outbox_message where state = 'parked'`)).toEqual([]);
  }, 240_000);
});
