import DKIM from 'nodemailer/lib/dkim';
import { foldLines, hasLongerLines, isPlainText } from 'nodemailer/lib/mime-funcs';
import MimeNode from 'nodemailer/lib/mime-node';
import { encode, wrap } from 'nodemailer/lib/qp';
import type { RenderedMail } from './render';

/** Everything that stands in the header of a mail besides its subject. Ids are without angle brackets. */
export interface Envelope {
  id: string;
  domain: string;
  /** as in MAIL_FROM: `Unblock desk <unblock@example.org>` */
  from: string;
  to: string;
  replyTo: string | null;
  date: Date;
  /** Message-IDs of the conversation, oldest first; the last one is answered */
  references: string[];
  autoSubmitted: 'auto-replied' | 'auto-generated' | null;
}

/** With what a mail is signed (RFC 6376). */
export interface Signer {
  domain: string;
  selector: string;
  /** RSA, PEM */
  key: string;
}

/** What the signature covers besides what is always covered: whoever answers by machine, or changes where answers go, breaks it. */
const SIGNED = 'from:sender:reply-to:subject:date:message-id:to:cc:mime-version:content-type:content-transfer-encoding:in-reply-to:references:auto-submitted';

/** One plain address: what else a header or an SMTP command could be made of is not let in (T25). */
const ADDRESS = /^[^\s@<>()[\]\\,;:"\p{C}]{1,64}@[^\s@<>()[\]\\,;:"\p{C}]{1,253}$/u;
const MESSAGE_ID = /^[!-;=?-~]{1,480}$/;

/** The address, or null when the text is not exactly one. */
export function oneAddress(text: string): string | null {
  return ADDRESS.test(text) ? text : null;
}

/** The bytes of a mail (RFC 5322, RFC 2046 §5.1.4). The same input gives the same mail: it is made once and kept, and is what goes over the wire. */
export async function compose(mail: RenderedMail, envelope: Envelope, signer: Signer | null = null): Promise<Buffer> {
  const references = envelope.references.filter((id) => MESSAGE_ID.test(id)).slice(-10).map((id) => `<${id}>`);
  for (const text of [mail.subject, envelope.from, envelope.to, envelope.replyTo ?? '']) {
    if (/[\r\n\0]/.test(text)) {
      throw new Error('A line break or NUL in a header of a mail.');
    }
  }
  // Quoted-printable text cannot hold it: "=" stands before two digits there, or ends the line (RFC 2045 §6.7).
  const boundary = `=_${envelope.id}`;
  const raw = Buffer.from([
    // The loop field tells us our own mail, whatever a forwarder made of the rest (RFC 3834 §2).
    `X-Loop: unblock@${envelope.domain}`,
    ...(envelope.autoSubmitted ? [`Auto-Submitted: ${envelope.autoSubmitted}`, 'X-Auto-Response-Suppress: All'] : []),
    field('From', envelope.from),
    field('To', envelope.to),
    ...(envelope.replyTo ? [field('Reply-To', envelope.replyTo)] : []),
    ...(references.length > 0 ? [foldLines(`In-Reply-To: ${references.at(-1) ?? ''}`), foldLines(`References: ${references.join(' ')}`)] : []),
    field('Subject', mail.subject),
    `Message-ID: <${envelope.id}@${envelope.domain}>`,
    `Date: ${envelope.date.toUTCString().replace('GMT', '+0000')}`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative;\r\n boundary="${boundary}"`,
    '', part(boundary, 'plain', mail.text), part(boundary, 'html', mail.html), `--${boundary}--`, '',
  ].join('\r\n'));
  return signer ? signed(raw, signer) : raw;
}

/** What may stand in a field as it is. Everything else is written by the library. */
const PLAIN = { 'Subject': /^[ -~]{1,60}$/, 'From': /^[A-Za-z0-9]+(?: [A-Za-z0-9]+)* <[\w.+-]+@[a-z0-9.-]+>$/, 'To': /^[\w.+-]+@[a-z0-9.-]+$/, 'Reply-To': /^[\w.+-]+@[a-z0-9.-]+$/ };

/** One field, folded (RFC 5322 §2.2.3), with encoded words (RFC 2047) where it holds other letters than those of ASCII. */
function field(name: keyof typeof PLAIN, value: string): string {
  if (PLAIN[name].test(value) && value.length <= 60) {
    return `${name}: ${value}`;
  }
  const one = name === 'To' || name === 'Reply-To' ? { name: '', address: value } : value;
  return foldLines(`${name}: ${new MimeNode('text/plain', { textEncoding: 'Q' }).encodeHeaderValue(name, one)}`, 76);
}

/** Text of short lines of ASCII as it is; all other quoted-printable, with its lines ended in CRLF before: whoever decodes it gets lines. */
function part(boundary: string, type: 'plain' | 'html', text: string): string {
  const lines = text.replace(/\r\n?|\n/g, '\r\n');
  const [encoding, body] = isPlainText(text, false) && !hasLongerLines(lines, 76) && !text.includes(boundary) ? ['7bit', lines] : ['quoted-printable', wrap(encode(lines), 76)];
  return `--${boundary}\r\nContent-Type: text/${type}; charset=utf-8\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n${body}`;
}

/** The same bytes below their signature: what is kept is what is sent, so every try carries the same one. */
async function signed(raw: Buffer, { domain, selector, key }: Signer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of new DKIM({ domainName: domain, keySelector: selector, privateKey: key, headerFieldNames: SIGNED, skipFields: '' }).sign(raw)) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
