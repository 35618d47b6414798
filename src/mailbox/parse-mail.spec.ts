import { attachedMessages } from './attached-messages';
import { parseMail } from './parse-mail';

const inner = 'From: a@b.example\r\nSubject:  x\r\n y\r\n\r\nbody line \r\n\r\ntrail\t\r\n';
const mixed = (...parts: string[]): Buffer =>
  Buffer.from(`From: Ops <Ops@Shop.example>\r\nTo: unblock@desk.example\r\nSubject: =?utf-8?q?Sperre_aufgehoben=3F?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary="B"\r\n\r\n${parts.map((part) => `--B\r\n${part}\r\n`).join('')}--B--\r\n`, 'latin1');

describe('parseMail', () => {
  it('gives attached messages byte for byte', async () => {
    const raw = mixed('Content-Type: text/plain\r\n\r\nhello', `Content-Type: message/rfc822\r\n\r\n${inner}`, `Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=a.eml\r\n\r\n${inner}`);
    const mail = await parseMail(raw);
    expect(mail).toMatchObject({ from: ['Ops@Shop.example'], to: ['unblock@desk.example'], subject: 'Sperre aufgehoben?' });
    expect(mail.text.trim()).toBe('hello');
    expect(mail.attachments.map((part) => [part.type, Buffer.from(part.bytes).toString('latin1')])).toEqual([['message/rfc822', inner], ['message/rfc822', inner]]);
  });

  it('follows parts inside parts, and says where one is encoded', () => {
    const nested = mixed(`Content-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\nContent-Type: message/rfc822\r\n\r\n${inner}\r\n--C--`, 'Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\nRnJvbTo=');
    expect(attachedMessages(nested).map((part) => part?.toString('latin1') ?? null)).toEqual([inner, null]);
  });

  it('reads the words of an HTML mail', async () => {
    const mail = await parseMail(Buffer.from('From: a@b.example\nContent-Type: text/html\n\n<style>x{}</style><p>IP&nbsp;203.0.113.5</p><p>blocked</p>'));
    expect(mail.text).toContain('IP 203.0.113.5\n');
    expect(mail.text).not.toContain('x{}');
  });

  it.each([
    ['two From fields', 'From: a@b.example\r\nFrom: c@d.example\r\n\r\n', ['a@b.example', 'c@d.example']],
    ['two addresses', 'From: a@b.example, c@d.example\r\n\r\n', ['a@b.example', 'c@d.example']],
    ['a group', 'From: us: a@b.example;\r\n\r\n', ['a@b.example', 'group:']],
    ['none', 'To: x@y.example\r\n\r\n', []],
  ])('guesses no sender: %s', async (_, text, from) => {
    expect((await parseMail(Buffer.from(text))).from).toEqual(from);
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'empty'],
    ['a header without end', Buffer.from(`From: a@b.example\r\nX: ${'x'.repeat(300_000)}\r\n\r\n`), 'header_too_large'],
    ['parts without number', mixed(...Array.from({ length: 1100 }, () => 'Content-Type: text/plain\r\n\r\nx')), 'too_many_parts'],
  ])('refuses %s', async (_, raw, reason) => {
    await expect(parseMail(raw)).rejects.toMatchObject({ reason });
  });

  it('reads mail whose lines end with a carriage return alone', async () => {
    expect(await parseMail(Buffer.from('From: a@b.example\rSubject: x\r\rhello\r'))).toMatchObject({ from: ['a@b.example'], subject: 'x', text: expect.stringContaining('hello') as string });
  });

  it('survives noise', async () => {
    for (const raw of [Buffer.alloc(100_000, 0), Buffer.from('\xff\xfe'.repeat(50_000), 'latin1'), Buffer.from('Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n'.repeat(100))]) {
      await parseMail(raw).then(
        (mail) => expect(mail.text).not.toContain('\u0000'),
        (error: { reason?: string }) => expect(error.reason).toBeDefined(),
      );
    }
  });
});
