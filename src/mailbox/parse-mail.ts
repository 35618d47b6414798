import type { Mail, MailAttachment } from '../core/evidence/mail';
import { decodeWords } from '../core/headers/decode-words';
import type { Field } from '../core/headers/message';
import { normaliseMessageId } from '../core/headers/normalise-message-id';
import { readAddresses } from '../core/headers/read-addresses';
import { readContentType } from '../core/headers/read-content-type';
import { bytesOf, textOf } from './decode-part';
import { mimeParts, valueOf, type Part } from './mime-parts';
import { Unreadable } from './unreadable';
import { wordsOfHtml } from './words-of-html';

const TEXT_BYTES = 2 * 1024 * 1024;
const ATTACHMENTS = 200;
const IDS = 50;
/** A From field that is longer names nobody. */
const SENDER = 2_000;

/**
 * Reads raw bytes as a mail.
 * @throws Unreadable for everything that passes the budgets or is no mail
 */
export function parseMail(bytes: Buffer): Mail {
  if (bytes.length === 0) {
    throw new Unreadable('empty');
  }
  const { fields, leaves } = mimeParts(withLineFeeds(bytes));
  if (fields.length === 0) {
    throw new Unreadable('unreadable');
  }
  const shown = leaves.filter((part) => !isAttached(part));
  const plain = shown.filter((part) => part.content.type === '' || part.content.type === 'text/plain').map(wordsOf);
  return {
    headers: fields.map((field) => ({ name: field.key, value: clean(field.value) })),
    from: senders(fields),
    to: ['to', 'cc', 'bcc'].flatMap((key) => fields.filter((field) => field.key === key)).flatMap((field) => readAddresses(field.value).map((each) => clean(each.address))),
    subject: clean(decodeWords(valueOf(fields, 'subject'))).slice(0, 2000),
    messageId: normaliseMessageId(valueOf(fields, 'message-id')),
    answers: [...ids(valueOf(fields, 'in-reply-to')), ...ids(valueOf(fields, 'references')).reverse()].slice(0, IDS),
    text: plain.some((text) => text.trim() !== '') ? plain.join('\n') : shown.filter((part) => part.content.type === 'text/html').map((part) => wordsOfHtml(wordsOf(part))).join('\n'),
    attachments: leaves.filter(isAttached).slice(0, ATTACHMENTS).map(attachment),
  };
}

/** Old Macintosh mail ends its lines with a carriage return alone; nothing of it could be read otherwise. */
function withLineFeeds(bytes: Buffer): Buffer {
  return bytes.includes(0x0a) || !bytes.includes(0x0d) ? bytes : Buffer.from(bytes.toString('latin1').replaceAll('\r', '\r\n'), 'latin1');
}

/**
 * All addresses of all From fields. Exactly one stands for a sender; two fields, two addresses, a group or a comment are nobody's, and come
 * out as more than one (T28): an identity is never guessed.
 */
function senders(fields: readonly Field[]): string[] {
  const from = fields.filter((field) => field.key === 'from');
  const addresses = from.flatMap((field) => readAddresses(field.value).map((each) => clean(each.address)));
  const odd = from.some((field) => field.value.length > SENDER || /[(:;]/.test(field.value.replace(/"(?:[^"\\]|\\.)*"/g, '')));
  return addresses.length === 1 && odd ? [...addresses, 'odd:'] : addresses;
}

function isAttached(part: Part): boolean {
  const { type } = part.content;
  return (type !== '' && type !== 'text/plain' && type !== 'text/html') || dispositionOf(part).type === 'attachment' || nameOf(part) !== '';
}

function attachment(part: Part): MailAttachment {
  return { name: clean(decodeWords(nameOf(part))).slice(0, 255), type: part.content.type || 'text/plain', bytes: bytesOf(part) };
}

const dispositionOf = (part: Part) => readContentType(valueOf(part.fields, 'content-disposition'));
const nameOf = (part: Part): string => dispositionOf(part).parameters.get('filename') ?? part.content.parameters.get('name') ?? '';
const wordsOf = (part: Part): string => clean(textOf(bytesOf(part), part.content.parameters.get('charset'), TEXT_BYTES));

function ids(value: string): string[] {
  return value.slice(0, 64_000).split(/\s+/).flatMap((id) => normaliseMessageId(id) ?? []);
}

/** What PostgreSQL's text cannot hold: NUL and half characters. */
function clean(text: string): string {
  return text.replace(/\u0000|\p{Surrogate}/gu, '\uFFFD');
}
