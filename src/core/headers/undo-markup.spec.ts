import { headers, ID, IP } from '../../../test/fixtures/cases';
import { readMessage } from './read-message';

const H = `${headers().replace(/; Fri/g, ';\r\n\tFri').replace(/\r\n/g, '\n')}\n`;
const mail = (...lines: string[]): string => ['From: joe@shop.example', 'To: unblock@desk.example', 'Message-ID: <r@shop.example>', 'Subject: Re: your ticket', ...lines].join('\n');
const part = (head: string, body: string): string => mail('MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=q', '', '--q', 'Content-Type: text/plain', '', 'see attached', '--q', head, '', body, '--q--', '');

/** What customers paste: each with what is said to have been done. */
const PASTES: [string, string | Uint8Array, string][] = [
  ['names in bold', H.replace(/^([A-Za-z-]+):/gm, '**$1:**'), 'removed emphasis from the names'],
  ['names in bold, the colon outside', H.replace(/^([A-Za-z-]+):/gm, '*$1*:'), 'removed emphasis from the names'],
  ['wide colons', H.replace(/^([A-Za-z-]+): /gm, '$1：'), 'removed emphasis from the names'],
  ['line numbers', H.split('\n').map((line, i) => `${i + 1}  ${line}`).join('\n'), 'removed line numbers'],
  ['rows of a table', H.replace(/\n\t/g, ' ').replace(/^([A-Za-z-]+): /gm, '$1\t'), 'turned table cells into fields'],
  ['links around addresses', H.replace(/<([^<>@\s]+@[^<>\s]+)>/g, '<mailto:$1>'), 'removed links around addresses'],
  ['quoted-printable', `X-Tags: a=b\n${H}`.replace(/=/g, '=3D').replace(/(.{60})/g, '$1=\n'), 'decoded the text'],
  ['base64', Buffer.from(H).toString('base64').replace(/(.{76})/g, '$1\n'), 'decoded the text'],
  ['Outlook: text with bold names, quoted', H.split('\n').map((line) => `> ${line.replace(/^([A-Za-z-]+):/, '*$1:*')}`).join('\n'), 'removed emphasis from the names'],
  ['a mail with the header quoted in its text', mail('', 'Here:', '', ...H.split('\n').map((line) => `> ${line}`)), 'found the header in the text of the mail'],
  ['a mail with the header as a text file', part('Content-Type: text/plain; name=headers.txt', H), 'found the header in an attached file'],
  ['a mail with the header as a file of no known type', part('Content-Type: application/octet-stream; name=headers.txt\nContent-Transfer-Encoding: base64', Buffer.from(H).toString('base64')), 'found the header in an attached file'],
  ['a mail of HTML alone', mail('Content-Type: text/html', '', `<p>Hello</p><pre>${H.replace(/</g, '&lt;').replace(/>/g, '&gt;')}</pre>`), 'found the header in the text of the mail'],
  ['a message in a message in a message', mail('Content-Type: message/rfc822', '', part('Content-Type: message/rfc822', `${H}\nHello`)), 'opened the attached message'],
  ['escaped brackets, line breaks as tags', H.replace(/\n\t/g, ' ').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/\n/g, '<br>\n'), 'took the text out of HTML'],
  ['brackets escaped twice', H.replace(/</g, '&amp;lt;').replace(/>/g, '&amp;gt;'), 'took the text out of HTML'],
  ['blanks that do not break', H.replace(/ /g, '\u00a0'), 'removed invisible characters and no-break blanks'],
  ['characters without width', H.replace(/^(?=\S)/gm, '\u200b'), 'removed invisible characters and no-break blanks'],
  ['the spool file of Exim', `1r4vzA-0003kL-2m-H\nmail 8 12\n<orders@shop.example>\n-helo_name mail\n\n${H.split(/\n(?!\t)/).filter(Boolean).map((field) => `${String(field.length).padStart(3, '0')}${/^Rec/.test(field) ? 'P' : ' '} ${field}\n`).join('')}`, 'took the fields out of a spool file of Exim'],
];

test('a header in the text of a mail counts when it shows the claimed address and the mail does not', () => {
  const quoted = mail('', 'Here:', '', ...H.split('\n'));
  expect(readMessage(quoted, { ip: IP }).hops.map((hop) => hop.ip)).toEqual([IP, '10.0.4.11']);
  expect(readMessage(quoted, { ip: '198.51.100.1' }).hops).toEqual([]);
  const own = readMessage(`${H}\nReceived: from evil (evil [${IP}]) by x.example with SMTP; Fri, 20 Nov 2026 03:12:33 +0100\nMessage-ID: <y@x>\n`, { ip: IP });
  expect(own.fields.find((field) => field.key === 'message-id')?.value).toBe(`<${ID}>`);
});

test('UTF-16 without its mark is read', () => {
  const bytes = Buffer.from(H, 'utf16le');
  expect(readMessage(bytes).hops).toHaveLength(2);
  expect(readMessage(Buffer.from(bytes).swap16()).hops).toHaveLength(2);
});

test.each([`<${ID}>`, `Message-ID: <${ID}>`, `  message-id :  <${ID}>\n`, `The Message-ID is <${ID}>.`, `message id: ${ID}`])('a Message-ID and nothing else: %s', (text) => {
  expect(readMessage(text)).toMatchObject({ supplied: 'message_id', fields: [{ key: 'message-id', value: `<${ID}>` }] });
});

test('a sentence with an address is no Message-ID', () => {
  for (const text of ['Please unblock <joe@shop.example>', 'The message-id is joe@shop.example or ann@shop.example']) {
    expect(readMessage(text).supplied).toBe('none');
  }
});

test.each(PASTES)('%s', (_, text, step) => {
  const message = readMessage(text, { messageIds: [`<${ID}>`] });
  expect(message.steps).toContain(step);
  expect(message.hops.map((hop) => hop.ip)).toEqual([IP, '10.0.4.11']);
  expect(message.hops.every((hop) => hop.at !== null)).toBe(true);
  expect(message.fields.find((field) => field.key === 'message-id')?.value).toBe(`<${ID}>`);
});

test('a header in the text of a mail counts only when the record knows its message', () => {
  const message = readMessage(mail('', ...H.split('\n')), { messageIds: ['<else@shop.example>'] });
  expect(message.fields.find((field) => field.key === 'message-id')?.value).toBe('<r@shop.example>');
});

test('links of List fields stay', () => {
  const message = readMessage(`${H}List-Unsubscribe: <mailto:out@list.example>\n`);
  expect(message.steps).toEqual([]);
  expect(message.fields.at(-1)?.value).toBe('<mailto:out@list.example>');
});
