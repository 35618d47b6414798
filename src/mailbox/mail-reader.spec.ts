import type { Mail } from '../core/evidence/mail';
import { gzipSync } from 'node:zlib';
import { MailReader } from './mail-reader';
import { ReadingThread } from './reading-thread';
import { reasonInWords } from './reasons';
import { Unreadable } from './unreadable';

const HEAD = 'From: a@b.example\r\n';
const mixed = (boundary = 'B'): string => `${HEAD}Content-Type: multipart/mixed; boundary="${boundary}"\r\n\r\n`;
const big = (text: string, bytes: number): string => text.repeat(Math.ceil(bytes / text.length));

describe('reading mail', () => {
  const reader = new MailReader();
  afterAll(() => reader.onApplicationShutdown());

  afterEach(() => jest.restoreAllMocks());

  /** Reads, and tells whether the mail was handed to the thread of readings, so that this one went on. */
  const readBeside = async (raw: string): Promise<{ read: Mail | Unreadable; beside: boolean }> => {
    const handed = jest.spyOn(ReadingThread.prototype, 'read');
    const read = await reader.read(Buffer.from(raw, 'latin1'));
    return { read, beside: handed.mock.calls.length === 1 };
  };

  it.each([
    ['a million parts', () => mixed() + big('--B\r\n\r\n\r\n', 9_000_000), 'too_many_parts'],
    ['parts ten thousand deep', () => HEAD + Array.from({ length: 10_000 }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`).join(''), 'too_many_parts'],
    ['a header of 100 MB', () => `${HEAD}X-Long: ${'x'.repeat(100_000_000)}\r\n\r\nhello`, 'header_too_large'],
    ['a million Received lines', () => `${HEAD}${big('Received: from a by b; now\r\n', 28_000_000)}\r\nhello`, 'header_too_large'],
  ])('T32: %s: refused by its budget, beside the work of this thread, and said to a reviewer', async (_, raw, reason) => {
    const { read, beside } = await readBeside(raw());
    expect(read).toBeInstanceOf(Unreadable);
    expect((read as Unreadable).reason).toBe(reason);
    expect(reasonInWords(reason)).toContain('could not be parsed');
    expect(beside).toBe(true);
  });

  it.each([
    ['broken encoded words', `${HEAD}Subject: ${big('=?utf-8?b?', 200_000)}\r\n\r\nhello`],
    ['encoded words without end', `${HEAD}Subject: ${big('=?utf-8?q?=', 200_000)}?\r\n\r\nhello`],
  ])('T32: %s are read as they stand', async (_, raw) => {
    expect((await readBeside(raw)).read).toMatchObject({ from: ['a@b.example'], text: 'hello' });
  });

  it.each([
    ['one line of what could be delimiters', mixed('-') + big('-', 1_000_000)],
    ['delimiters that are none', mixed() + big('--Bx\r\n', 1_000_000)],
    ['a delimiter as long as it may be', mixed('B'.repeat(70)) + big('B'.repeat(69), 1_000_000)],
    ['open marks', `${HEAD}Content-Type: text/html\r\n\r\n${big('<', 1_000_000)}`],
    ['comments without end', `${HEAD}Content-Type: text/html\r\n\r\n${big('<!--', 1_000_000)}`],
    ['scripts without end', `${HEAD}Content-Type: text/html\r\n\r\n${big('<script>', 1_000_000)}`],
    ['entities', `${HEAD}Content-Type: text/html\r\n\r\n${big('&#x41;', 1_000_000)}`],
    ['equals signs', `${HEAD}Content-Transfer-Encoding: quoted-printable\r\n\r\n${big('=  ', 1_000_000)}`],
    ['carriage returns alone', HEAD.replaceAll('\n', '') + big('\r', 1_000_000)],
  ])('T34: a megabyte of %s is read within the time of a reading, while this thread goes on', async (_, raw) => {
    const { read, beside } = await readBeside(raw);
    expect(read instanceof Unreadable ? read.reason : 'read').not.toBe('too_slow');
    expect(beside).toBe(true);
  });

  it('T33: what is packed stays packed: a bomb as attachment is so many bytes and no more', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const raw = `${mixed()}--B\r\nContent-Type: application/gzip\r\nContent-Disposition: attachment; filename=bomb.gz\r\nContent-Transfer-Encoding: base64\r\n\r\n${bomb.toString('base64')}\r\n--B--\r\n`;
    const { read } = await readBeside(raw);
    expect((read as Mail).attachments).toMatchObject([{ name: 'bomb.gz', type: 'application/gzip' }]);
    expect(Buffer.from((read as Mail).attachments[0]?.bytes ?? []).equals(bomb)).toBe(true);
    expect((read as Mail).text).toBe('');
  });

  it('reads the same in the thread as here', async () => {
    const raw = `${mixed()}--B\r\nContent-Type: text/plain\r\n\r\n203.0.113.5\r\n--B\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@y.example\r\n\r\nattached`;
    const small = (await reader.read(Buffer.from(raw))) as Mail;
    const large = (await reader.read(Buffer.from(`${raw}${' '.repeat(100_000)}`))) as Mail;
    const bytes = (mail: Mail): string => Buffer.from(mail.attachments[0]?.bytes ?? []).toString().trim();
    expect({ ...large, attachments: [] }).toEqual({ ...small, attachments: [] });
    expect(bytes(large)).toBe(bytes(small));
  });

  it('ends a reading that takes too long or too much, and reads the next mail', async () => {
    const memory = { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 1, codeRangeSizeMb: 16, stackSizeMb: 4 };
    const [hurried, cramped] = [new ReadingThread({ milliseconds: 0, memory: { ...memory, maxOldGenerationSizeMb: 192 } }), new ReadingThread({ milliseconds: 60_000, memory: { ...memory, maxOldGenerationSizeMb: 24 } })];
    const raw = Buffer.from(`${HEAD}\r\n${big('hello ', 2_000_000)}`);
    expect(await hurried.read(raw)).toMatchObject({ reason: 'too_slow' });
    const heavy = await cramped.read(Buffer.from(mixed() + big(`--B\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${'€'.repeat(600_000)}\r\n`, 24_000_000)));
    expect(heavy instanceof Unreadable && heavy.reason).toBe('too_much_memory');
    expect(await cramped.read(Buffer.from(`${HEAD}\r\nhello`))).toMatchObject({ text: 'hello' });
    await Promise.all([hurried.close(), cramped.close()]);
  });
});
