import DKIM from 'nodemailer/lib/dkim';
import MailComposer from 'nodemailer/lib/mail-composer';
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

/** The bytes of a mail (RFC 5322). The same input gives the same mail but for its MIME boundary: they are made once and kept. */
export async function compose(mail: RenderedMail, envelope: Envelope, signer: Signer | null = null): Promise<Buffer> {
  const references = envelope.references.filter((id) => MESSAGE_ID.test(id)).slice(-10);
  for (const text of [mail.subject, envelope.from, envelope.to, envelope.replyTo ?? '']) {
    if (/[\r\n\0]/.test(text)) {
      throw new Error('A line break or NUL in a header of a mail.');
    }
  }
  const composer = new MailComposer({
    from: envelope.from,
    to: { name: '', address: envelope.to },
    replyTo: envelope.replyTo ?? undefined,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    date: envelope.date,
    messageId: `<${envelope.id}@${envelope.domain}>`,
    inReplyTo: references.length > 0 ? `<${references.at(-1) ?? ''}>` : undefined,
    references: references.map((id) => `<${id}>`),
    // The loop field tells us our own mail, whatever a forwarder made of the rest (RFC 3834 §2).
    headers: { 'X-Loop': `unblock@${envelope.domain}`, ...(envelope.autoSubmitted ? { 'Auto-Submitted': envelope.autoSubmitted, 'X-Auto-Response-Suppress': 'All' } : {}) },
    textEncoding: 'quoted-printable',
    disableUrlAccess: true,
    disableFileAccess: true,
  });
  // The composer leaves bare line feeds in the text; what is kept must be what goes over the wire (RFC 5322 §2.3).
  const raw = Buffer.from((await composer.compile().build()).toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1');
  return signer ? signed(raw, signer) : raw;
}

/** The same bytes below their signature: what is kept is what is sent, so every try carries the same one. */
async function signed(raw: Buffer, { domain, selector, key }: Signer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of new DKIM({ domainName: domain, keySelector: selector, privateKey: key, headerFieldNames: SIGNED, skipFields: '' }).sign(raw)) {
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
