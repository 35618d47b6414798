import type { Field } from './message';
import { cut, decoded, lineAfter, split, valueOf } from './mime-parts';
import { readContentType } from './read-content-type';
import { splitFields } from './split-fields';

/** A message, or the header of one, that another message carries. */
export interface Embedded {
  text: string;
  /** said of it in the steps */
  how: string;
  kind: 'dsn' | 'forwarded';
  /** its octets stand unencoded in the outer message */
  untouched: boolean;
  /** text of a mail that may hold a header: it counts only when it is that of a message of the record */
  pasted?: true;
}

const DEPTH = 6;
/** How much of a text part is looked at for a pasted header. */
const TEXT = 400_000;

/**
 * The messages that a message carries as parts (RFC 2046 §5.2.1, RFC 3462: message/rfc822, text/rfc822-headers, attached .eml files), in order. `kind`
 * is `dsn` inside a multipart/report and below a bounce's text, else `forwarded`.
 * @param pasted how many texts that seem to hold a header are given too
 */
export function embeddedMessages(fields: readonly Field[], body: string, pasted: number): Embedded[] {
  const found: Embedded[] = [];
  walk(fields, body, isBounce(fields), 0, found, { pasted });
  return found;
}

/** Whether a message is a report of a mail system (RFC 3464), by its type or its sender. */
export function isBounce(fields: readonly Field[]): boolean {
  const type = readContentType(valueOf(fields, 'content-type'));
  const from = valueOf(fields, 'from').toLowerCase();
  return (
    type.type === 'multipart/report' ||
    from.includes('mailer-daemon') ||
    from.includes('postmaster@') ||
    from.includes('mail delivery sub') ||
    (valueOf(fields, 'return-path').trim() === '<>' && valueOf(fields, 'x-failed-recipients') !== '')
  );
}

function walk(fields: readonly Field[], body: string, bounce: boolean, depth: number, found: Embedded[], left: { pasted: number }): void {
  const { type, parameters } = readContentType(valueOf(fields, 'content-type'));
  const kind = bounce ? 'dsn' : 'forwarded';
  const boundary = parameters.get('boundary');
  if (type.startsWith('multipart/') && boundary) {
    for (const part of depth < DEPTH ? split(body, boundary) : []) {
      const [head, rest] = cut(part);
      walk(splitFields(head), rest, bounce || type === 'multipart/report', depth + 1, found, left);
    }
    return;
  }
  const name = (
    parameters.get('name') ??
    readContentType(valueOf(fields, 'content-disposition')).parameters.get('filename') ??
    ''
  ).toLowerCase();
  if (type === 'message/rfc822' || type === 'message/global' || (depth > 0 && name.endsWith('.eml'))) {
    found.push({
      ...decoded(fields, body),
      kind,
      how: bounce ? 'opened the bounce: the original message is inside' : 'opened the attached message',
    });
  } else if (type === 'text/rfc822-headers' || type === 'message/rfc822-headers' || type === 'message/global-headers') {
    found.push({ ...decoded(fields, body), untouched: false, kind, how: 'opened the bounce: the original header is inside' });
  } else if (!bounce && left.pasted > 0 && (type === '' || type.startsWith('text/') || /\.(?:txt|log|eml|msg|htm|html)$/.test(name))) {
    const text = decoded(fields, body.slice(0, TEXT)).text;
    if (/\b(?:message-id|received)[ \t]{0,5}(?::|<\/)/i.test(text)) {
      left.pasted--;
      found.push({ text, untouched: false, pasted: true, kind: 'forwarded', how: name === '' ? 'found the header in the text of the mail' : 'found the header in an attached file' });
    }
  } else if (bounce && (type === '' || type === 'text/plain')) {
    const at = afterMarker(body);
    if (at >= 0) {
      found.push({ text: body.slice(at), untouched: false, kind: 'dsn', how: 'took the original message from the text of the bounce' });
    }
  }
}

/** Lines with which servers announce the message that they give back in plain text. */
const MARKERS = [
  'below this line is a copy of the message',
  'this is a copy of the message, including all the headers',
  'this is a copy of your message, including all the headers',
  "this is a copy of the message's headers",
  '----- original message -----',
  '----- unsent message follows -----',
  'original message follows',
  'original message headers',
  'returned message follows',
  'the header of the original message',
  '----- message header follows -----',
  'undelivered message headers',
];

function afterMarker(body: string): number {
  const lower = body.slice(0, 200_000).toLowerCase();
  const at = Math.min(...MARKERS.map((marker) => lower.indexOf(marker)).map((found) => (found < 0 ? Infinity : found)));
  return Number.isFinite(at) ? lineAfter(body, at) : -1;
}
