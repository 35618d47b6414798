import type { Mail } from '../core/evidence/mail';
import { parseMail } from './parse-mail';
import { Unreadable } from './unreadable';

const inner = 'From: a@b.example\r\nSubject:  x\r\n y\r\n\r\nbody line \r\n\r\ntrail\t\r\n';
const mixed = (...parts: string[]): Buffer =>
  Buffer.from(`From: Ops <Ops@Shop.example>\r\nTo: unblock@desk.example\r\nSubject: =?utf-8?q?Sperre_aufgehoben=3F?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary="B"\r\n\r\n${parts.map((part) => `--B\r\n${part}\r\n`).join('')}--B--\r\n`, 'latin1');

describe('parseMail', () => {
  it('gives attached messages byte for byte', () => {
    const raw = mixed('Content-Type: text/plain\r\n\r\nhello', `Content-Type: message/rfc822\r\n\r\n${inner}`, `Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=a.eml\r\n\r\n${inner}`);
    const mail = parseMail(raw);
    expect(mail).toMatchObject({ from: ['Ops@shop.example'], to: ['unblock@desk.example'], subject: 'Sperre aufgehoben?' });
    expect(mail.text.trim()).toBe('hello');
    expect(mail.attachments.map((part) => [part.type, Buffer.from(part.bytes).toString('latin1')])).toEqual([['message/rfc822', inner], ['message/rfc822', inner]]);
  });

  it('follows parts inside parts, and decodes those that are encoded', () => {
    const nested = mixed(
      `Content-Type: multipart/mixed; boundary=C\r\n\r\n--C\r\nContent-Type: message/rfc822\r\n\r\n${inner}\r\n--C--`,
      `Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.from(inner, 'latin1').toString('base64')}`,
    );
    expect(parseMail(nested).attachments.map((part) => Buffer.from(part.bytes).toString('latin1'))).toEqual([inner, inner]);
  });

  it.each([
    ['quoted-printable', 'quoted-printable; charset=iso-8859-1', 'Gru=DF, Gr=\r\nu=DF =3D =ZZ', 'Gruß, Gruß = =ZZ'],
    ['base64', 'base64', Buffer.from('Grüße').toString('base64'), 'Grüße'],
    ['Latin-1 that says nothing', '8bit', 'Gru\xdf', 'Gruß'],
  ])('decodes %s', (_, how, body, text) => {
    const [encoding, charset = ''] = how.split('; ');
    expect(parseMail(Buffer.from(`From: a@b.example\r\nContent-Type: text/plain; ${charset}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`, 'latin1')).text).toBe(text);
  });

  it('prefers the plain form, takes named text files as attachments, and thread ids nearest first', () => {
    const mail = parseMail(mixed(
      'Content-Type: multipart/alternative; boundary=C\r\n\r\n--C\r\nContent-Type: text/plain\r\n\r\nplain\r\n--C\r\nContent-Type: text/html\r\n\r\n<b>rich</b>\r\n--C--',
      'Content-Type: text/plain; name="=?utf-8?q?h=C3=A4.txt?="\r\n\r\nfile',
    ));
    expect(mail.text.trim()).toBe('plain');
    expect(mail.attachments.map((part) => [part.name, Buffer.from(part.bytes).toString()])).toEqual([['hä.txt', 'file']]);
    expect(parseMail(Buffer.from('From: a@b.example\r\nReferences: <1@x> <2@x>\r\nIn-Reply-To: <3@x>\r\n\r\n')).answers).toEqual(['3@x', '2@x', '1@x']);
  });

  it('reads the words of an HTML mail', () => {
    const mail = parseMail(Buffer.from('From: a@b.example\nContent-Type: text/html\n\n<style>x{}</style><p>IP&nbsp;203.0.113.5</p><p>blocked</p>'));
    expect(mail.text).toContain('IP 203.0.113.5\n');
    expect(mail.text).not.toContain('x{}');
  });

  it.each([
    ['two From fields', 'From: a@b.example\r\nFrom: c@d.example\r\n\r\n', ['a@b.example', 'c@d.example']],
    ['two addresses', 'From: a@b.example, c@d.example\r\n\r\n', ['a@b.example', 'c@d.example']],
    ['a group', 'From: us: a@b.example;\r\n\r\n', ['a@b.example', 'odd:']],
    ['a comment', 'From: a@b.example (c@d.example)\r\n\r\n', ['a@b.example', 'odd:']],
    ['none', 'To: x@y.example\r\n\r\n', []],
  ])('guesses no sender: %s', (_, text, from) => {
    expect((parseMail(Buffer.from(text))).from).toEqual(from);
  });

  it('takes the address, whatever the name pretends', () => {
    expect(parseMail(Buffer.from('From: "ops@shop.example: (x)" <a@B.example>\r\n\r\n')).from).toEqual(['a@b.example']);
  });

  it.each([
    ['nothing', Buffer.alloc(0), 'empty'],
    ['parts without bottom', Buffer.from(`From: a@b.example\r\n${Array.from({ length: 30 }, (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`).join('')}`), 'too_many_parts'],
    ['fields without number', Buffer.from(`From: a@b.example\r\n${'X: y\r\n'.repeat(2100)}\r\n`), 'header_too_large'],
    ['a header without end', Buffer.from(`From: a@b.example\r\nX: ${'x'.repeat(300_000)}\r\n\r\n`), 'header_too_large'],
    ['parts without number', mixed(...Array.from({ length: 1100 }, () => 'Content-Type: text/plain\r\n\r\nx')), 'too_many_parts'],
  ])('refuses %s', (_, raw, reason) => {
    expect(() => parseMail(raw)).toThrow(reason);
  });

  it('reads mail whose lines end with a carriage return alone', () => {
    expect(parseMail(Buffer.from('From: a@b.example\rSubject: x\r\rhello\r'))).toMatchObject({ from: ['a@b.example'], subject: 'x', text: expect.stringContaining('hello') as string });
  });

  it('survives noise', () => {
    for (const raw of [Buffer.alloc(100_000, 0), Buffer.from('\xff\xfe'.repeat(50_000), 'latin1'), Buffer.from('Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n'.repeat(100))]) {
      let read: Mail | Unreadable;
      try {
        read = parseMail(raw);
      } catch (error) {
        read = error as Unreadable;
      }
      expect(read instanceof Unreadable || !read.text.includes('\u0000')).toBe(true);
    }
  });
});
