import PostalMime, { type Address, type Email } from 'postal-mime';
import type { Mail } from '../core/evidence/mail';
import { normaliseMessageId } from '../core/headers/normalise-message-id';
import { attachedMessages } from './attached-messages';

/** Budgets before anything is trusted (T32): what passes them is kept raw and shown as unreadable. */
const LIMITS = { headerBytes: 256 * 1024, fields: 2000, parts: 1000, depth: 20, text: 2 * 1024 * 1024, attachments: 200 };

/** A mail that could not be read, and why. */
export class Unreadable extends Error {
  constructor(readonly reason: 'empty' | 'unreadable' | 'too_many_parts' | 'header_too_large') {
    super(reason);
  }
}

/**
 * Reads raw bytes as a mail.
 * @throws Unreadable for everything that passes the budgets or is no mail
 */
export async function parseMail(bytes: Buffer): Promise<Mail> {
  if (bytes.length === 0) {
    throw new Unreadable('empty');
  }
  const raw = withLineFeeds(bytes);
  measure(raw);
  let email: Email;
  try {
    email = await PostalMime.parse(raw, { forceRfc822Attachments: true, attachmentEncoding: 'arraybuffer', maxNestingDepth: LIMITS.depth, maxHeadersSize: LIMITS.headerBytes });
  } catch {
    // The parser throws for nesting and for its own bounds; the raw mail stays where it is.
    throw new Unreadable('unreadable');
  }
  if (email.headers.length === 0) {
    throw new Unreadable('unreadable');
  }
  return {
    headers: email.headers.map(({ key, value }) => ({ name: key.toLowerCase(), value: clean(value) })),
    from: email.headers.some((header) => header.key === 'from') ? senders(email) : [],
    to: [...addressesOf(email.to), ...addressesOf(email.cc), ...addressesOf(email.bcc)],
    subject: clean(email.subject ?? '').slice(0, 2000),
    messageId: email.messageId ? normaliseMessageId(email.messageId) : null,
    answers: [email.inReplyTo ?? '', ...(email.references ?? '').split(/\s+/).reverse()].flatMap((id) => normaliseMessageId(id) ?? []).slice(0, 50),
    text: clean(email.text?.trim() ? email.text : plainOf(email.html ?? '')).slice(0, LIMITS.text),
    attachments: attachments(raw, email),
  };
}

function attachments(raw: Buffer, email: Email): Mail['attachments'] {
  const isMessage = (type: string): boolean => /^message\/(?:rfc822|global)$/.test(type);
  const parsed = email.attachments.slice(0, LIMITS.attachments).map((part) => ({
    name: clean(part.filename ?? '').slice(0, 255), type: part.mimeType.toLowerCase(), bytes: typeof part.content === 'string' ? Buffer.from(part.content) as Uint8Array : new Uint8Array(part.content),
  }));
  const exact = attachedMessages(raw);
  // Only where both readings agree on what is attached does the one give its bytes to the other.
  if (exact.length === parsed.filter((part) => isMessage(part.type)).length) {
    parsed.filter((part) => isMessage(part.type)).forEach((part, i) => (part.bytes = exact[i] ?? part.bytes));
  }
  return parsed;
}

/** Old Macintosh mail ends its lines with a carriage return alone; nothing of it could be read otherwise. */
function withLineFeeds(bytes: Buffer): Buffer {
  return bytes.includes(0x0a) || !bytes.includes(0x0d) ? bytes : Buffer.from(bytes.toString('latin1').replaceAll('\r', '\r\n'), 'latin1');
}

/** Counts what a parser would have to build before it builds it. One pass each. */
function measure(raw: Buffer): void {
  const crlf = raw.indexOf('\r\n\r\n');
  const lf = raw.indexOf('\n\n');
  const end = Math.min(crlf < 0 ? raw.length : crlf, lf < 0 ? raw.length : lf);
  if (end > LIMITS.headerBytes || count(raw.subarray(0, end), '\n') > LIMITS.fields * 4) {
    throw new Unreadable('header_too_large');
  }
  const text = raw.toString('latin1');
  const boundaries = [...new Set([...text.matchAll(/boundary\s{0,3}=\s{0,3}"?([^"\r\n;]{1,70})/gi)].map((match) => match[1] ?? ''))];
  if (boundaries.length > LIMITS.parts || boundaries.reduce((sum, boundary) => sum + (sum > LIMITS.parts ? 0 : count(raw, `\n--${boundary}`)), 0) > LIMITS.parts) {
    throw new Unreadable('too_many_parts');
  }
}

function count(raw: Buffer, what: string): number {
  let found = 0;
  for (let at = raw.indexOf(what); at >= 0 && found < 100_000; at = raw.indexOf(what, at + what.length)) {
    found++;
  }
  return found;
}

/** All addresses of all From fields: two fields, two addresses, a group or none are nobody's (T28). */
function senders(email: Email): string[] {
  return email.headers.filter((header) => header.key === 'from').flatMap((header) => addressesOf(PostalMime.addressParser(header.value)));
}

function addressesOf(list: Address[] | undefined): string[] {
  return (list ?? []).flatMap((entry) => (entry.group ? [...entry.group.map((member) => member.address), 'group:'] : [entry.address ?? ''])).map((address) => clean(address).trim()).filter(Boolean);
}

/** What PostgreSQL's text cannot hold: NUL and half characters. */
function clean(text: string): string {
  return text.replace(/\u0000|\p{Surrogate}/gu, '\uFFFD');
}

/** The words of an HTML part, for reading only: marks removed, the usual entities put back. */
function plainOf(html: string): string {
  return html
    .slice(0, LIMITS.text)
    .replace(/<(script|style|head)\b[\s\S]{0,200000}?<\/\1\s*>/gi, ' ')
    .replace(/<(?:br|\/p|\/div|\/tr|\/li|\/h\d|\/pre|\/blockquote)\b[^>]{0,500}>/gi, '\n')
    .replace(/<[^>]{0,5000}>/g, '')
    .replace(/&(nbsp|amp|lt|gt|quot|#39|#x27);/gi, (_, name: string) => ({ nbsp: ' ', amp: '&', lt: '<', gt: '>', quot: '"' })[name.toLowerCase()] ?? "'");
}
