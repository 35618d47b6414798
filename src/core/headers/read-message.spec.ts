import { readMessage } from './read-message';

const HEADER = [
  'Return-Path: <news@shop.example>',
  'Received: from mail.shop.example (mail.shop.example [203.0.113.7])',
  '\tby mx.example.net (Postfix) with ESMTPS id 4XyZ',
  '\tfor <bob@example.net>; Fri, 20 Nov 2026 02:12:31 +0000 (UTC)',
  'Received: from web (localhost [127.0.0.1])',
  '\tby mail.shop.example (Postfix) with ESMTP id 1;',
  '\tFri, 20 Nov 2026 02:12:29 +0000',
  'From: "Shop" <news@shop.example>',
  'To: bob@example.net',
  'Subject: Hello',
  'Message-ID: <abc.1@shop.example>',
  'Date: Fri, 20 Nov 2026 02:12:28 +0000',
];
const block = HEADER.join('\n');
const names = ['return-path', 'received', 'received', 'from', 'to', 'subject', 'message-id', 'date'];
const html = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const each = (change: (line: string) => string, end = '\n'): string => HEADER.map(change).join(end);

describe('finds the same eight fields and two hops in', () => {
  test.each<[string, string | Uint8Array, string[]]>([
    ['a header block', block, []],
    ['one with CRLF', HEADER.join('\r\n') + '\r\n', []],
    ['one with lone CR', HEADER.join('\r'), []],
    ['one below blank lines', `\n\n${block}`, []],
    ['a mailbox file', `From news@shop.example Fri Nov 20 02:12:31 2026\n${block}`, []],
    ['UTF-16', Buffer.from('\ufeff' + block, 'utf16le'), []],
    [
      'a reply that quotes it',
      `Hi,\nplease see\n\n${each((line) => `> ${line}`)}\n\nBye`,
      ['removed quote marks', 'found the header below other text'],
    ],
    ['marks without a blank', each((line) => `>>${line}`), ['removed quote marks']],
    ['an indented block', each((line) => `    ${line}`), ['removed the indent']],
    ['a web page', `<html><body><pre>${HEADER.map(html).join('<br>\n')}</pre></body></html>`, ['took the text out of HTML']],
    [
      'one div a line',
      each((line) => `<div>${html(line)}</div>`, ''),
      ['took the text out of HTML', 'removed blank lines between the fields'],
    ],
    ['HTML entities', html(block), ['turned HTML entities back into characters']],
    ['double spacing', HEADER.join('\n\n'), ['removed blank lines between the fields']],
    ['lines that lost their indent', each((line) => line.trim()), ['joined lines that had lost their indent']],
    ['JSON', JSON.stringify(HEADER.join('\r\n')).slice(1, -1), ['turned written-out line breaks into line breaks']],
    ['one long line', HEADER.join(' '), ['put each field on its own line']],
    ['text above it', `Dear team,\nthe mail was fine: see below.\n\n${block}`, ['found the header below other text']],
    [
      "a webmail's summary and source",
      `Original Message\nMessage ID\t<abc.1@shop.example>\nFrom:\tShop\nTo:\tbob@example.net\nSubject:\tHello\nSPF:\tPASS with IP 203.0.113.7\n\n\n${block}`,
      ['found the header below other text'],
    ],
  ])('%s', (_, supplied, steps) => {
    const message = readMessage(supplied);
    expect(message.fields.map((field) => field.key)).toEqual(names);
    expect(message.hops.map((hop) => hop.ip)).toEqual(['203.0.113.7', '127.0.0.1']);
    expect(message.fields[3]?.value).toBe('"Shop" <news@shop.example>');
    expect(message.steps).toEqual(steps);
    expect(message.limits).toEqual([]);
  });
});

test('keeps the body apart, also when it reads like a header', () => {
  const message = readMessage(`${block}\n\nX-Spam-Flag: YES\nSubject: no\n`);
  expect(message.fields.map((field) => field.key)).toEqual(names);
  expect(message.body).toBe('X-Spam-Flag: YES\nSubject: no\n');
  expect(message.supplied).toBe('message');
});

test('keeps the octets of a whole message that nobody touched', () => {
  const whole = Buffer.concat([
    Buffer.from(HEADER.join('\r\n') + '\r\nX-Name: J'),
    Buffer.from([0xfc]),
    Buffer.from('rgen\r\n\r\nHello\r\n'),
  ]);
  const message = readMessage(whole);
  expect(message.raw).toBe(whole);
  expect(message.fields.at(-1)?.value).toBe('Jürgen');
  expect(readMessage(`> ${HEADER.join('\n> ')}\n> \n> Hello\n`)).toMatchObject({ raw: null, supplied: 'message' });
  expect(readMessage(block).raw).toBeNull();
  const mbox = readMessage(Buffer.concat([Buffer.from('From a Fri Nov 20\r\n'), whole]));
  expect(Buffer.from(mbox.raw ?? []).equals(whole)).toBe(true);
});

test('says when the blank line before the body is missing', () => {
  const message = readMessage(`${block}\nHello Bob,\nthis is it.\n`);
  expect(message).toMatchObject({ supplied: 'message', body: 'Hello Bob,\nthis is it.\n', raw: null });
  expect(message.steps.join()).toContain('blank line is missing');
});

describe('bounces and forwards', () => {
  const report = (part: string, head = ''): string =>
    `Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nMessage-ID: <dsn@mx.example>\nSubject: Undelivered\nContent-Type: multipart/report; report-type=delivery-status;\n\tboundary="=_z"\n\n--=_z\n\nIt failed.\n--=_z\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n--=_z\n${head}${part}\n--=_z--\n`;

  test.each([
    ['text/rfc822-headers', report(`Content-Type: text/rfc822-headers\n\n${block}\n`), 'headers'],
    ['message/rfc822', report(`Content-Type: message/rfc822\n\n${block}\n\nHello\n`), 'message'],
    [
      'base64',
      report(`Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n${Buffer.from(block + '\n\nHi').toString('base64')}\n`),
      'message',
    ],
    [
      'quoted-printable',
      report(
        `Content-Type: text/rfc822-headers\nContent-Transfer-Encoding: quoted-printable\n\n${block.replace(/=/g, '=3D').replace('for <bob', 'for =\n<bob')}\n`,
      ),
      'headers',
    ],
    [
      'the text of qmail',
      `Return-Path: <>\nFrom: MAILER-DAEMON@mx.example\nSubject: failure notice\n\nHi. I'm afraid I wasn't able to deliver.\n\n--- Below this line is a copy of the message.\n\n${block}\n\nHello\n`,
      'message',
    ],
    [
      'the text of Exim',
      `Message-ID: <d@mx.example>\nFrom: Mail Delivery System <Mailer-Daemon@mx.example>\nSubject: failed\n\nA message could not be delivered.\n\n------ This is a copy of the message, including all the headers. ------\n\n${block}\n\nHello\n`,
      'message',
    ],
    [
      'pasted text of a bounce',
      `This message was created automatically by mail delivery software.\n\n------ This is a copy of the message, including all the headers. ------\n\n${block}\n`,
      'headers',
    ],
  ])('opens a bounce: %s', (_, text, supplied) => {
    const message = readMessage(text);
    expect(message.fields.map((field) => field.key)).toEqual(names);
    expect(message).toMatchObject({ supplied, raw: null });
    expect(message.steps).not.toEqual([]);
  });

  const forward = (inner: string, type = 'message/rfc822'): string =>
    `From: ann@shop.example\nSubject: the sample\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b1\n\n--b1\nContent-Type: text/plain\n\nsee attached\n--b1\nContent-Type: ${type}\n\n${inner}\n--b1--\n`;

  test('opens an attached message and keeps its octets', () => {
    const message = readMessage(Buffer.from(forward(`${block}\n\nHello\n`)));
    expect(message).toMatchObject({ embedded: 'forwarded', supplied: 'message', steps: ['opened the attached message'] });
    expect(Buffer.from(message.raw ?? []).toString()).toBe(`${block}\n\nHello\n`);
    expect(readMessage(forward(`${block}\n\nHello`, 'application/octet-stream; name="x.EML"')).embedded).toBe('forwarded');
  });

  test('goes through a forward to the bounce inside and the message inside that', () => {
    const message = readMessage(forward(report(`Content-Type: text/rfc822-headers\n\n${block}\n`)));
    expect(message.fields.map((field) => field.key)).toEqual(names);
    expect(message.embedded).toBe('dsn');
    expect(message.steps).toEqual(['opened the attached message', 'opened the bounce: the original header is inside']);
  });

  test('stays with the message that the filter recorded', () => {
    const text = report(`Content-Type: message/rfc822\n\n${block}\n\nHello\n`);
    expect(readMessage(text, { messageIds: ['dsn@MX.example'] })).toMatchObject({ embedded: null, steps: [] });
    expect(readMessage(text, { messageIds: ['<abc.1@shop.example>'] }).embedded).toBe('dsn');
    const two = forward(`Message-ID: <other@x.example>\nFrom: a@x.example\n\nno\n--b1\nContent-Type: message/rfc822\n\n${block}\n\nyes`);
    expect(readMessage(two, { messageIds: ['abc.1@shop.example'] }).fields[0]?.key).toBe('return-path');
    expect(readMessage(two).fields[0]?.key).toBe('message-id');
  });
});

test.each([
  ['<abc.1@shop.example>', '<abc.1@shop.example>'],
  ['  abc.1@shop.example\n', '<abc.1@shop.example>'],
  ['Message-ID: <abc.1@shop.example>', '<abc.1@shop.example>'],
])('a Message-ID alone: %j', (text, value) => {
  expect(readMessage(text)).toMatchObject({ supplied: 'message_id', hops: [], fields: [{ key: 'message-id', value }] });
});

test.each<[string, string | Uint8Array, RegExp]>([
  ['nothing', '', /empty/],
  ['blanks', ' \n \n', /empty/],
  ['a story', 'please unblock me, it was a mistake', /No header field/],
  ['an Outlook file', Buffer.from('d0cf11e0a1b11ae1000000000000', 'hex'), /\.msg/],
  ['a PDF', '%PDF-1.7\n1 0 obj', /PDF/],
  ['a ZIP', Buffer.from('504b030414000600', 'hex'), /ZIP/],
  ['noise', Buffer.from(Array.from({ length: 4_000 }, (_, i) => (i * 7919) % 31)), /not text/],
])('says what is wrong with %s', (_, supplied, why) => {
  const message = readMessage(supplied);
  expect(message).toMatchObject({ supplied: 'none', fields: [], hops: [], body: null, raw: null });
  expect(message.steps.join()).toMatch(why);
});

test('replaces NUL characters and says so', () => {
  const message = readMessage(Buffer.from(`${block}\nX-A: a\0b\n\nHello`));
  expect(message.fields.at(-1)?.value).toBe('a\ufffdb');
  expect(message.steps).toEqual(['replaced NUL characters']);
  expect(message.raw).toBeNull();
});

test('names the limits that cut the reading', () => {
  const many = Array.from({ length: 20_000 }, (_, i) => `X-F${i}: ${'a'.repeat(40)}`).join('\n');
  expect(readMessage(many)).toMatchObject({ limits: ['fields'], fields: { length: 2_000 }, body: null });
  expect(readMessage(`Subject: ${'x'.repeat(500_000)}\n${block}`).limits).toContain('line');
  expect(readMessage(`Message-ID: <a@b.example>\n${` ${'x'.repeat(70)}\n`.repeat(9_000)}`).limits).toEqual(['headers']);
});
