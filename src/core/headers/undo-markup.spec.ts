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
  ['a mail with the header as a text file', part('Content-Type: text/plain; name=headers.txt', H), 'found the header in the text of the mail'],
];

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
