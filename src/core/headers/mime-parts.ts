import type { Field } from './message';
import { quotedPrintable } from './quoted-printable';
import { readContentType } from './read-content-type';
import { splitFields } from './split-fields';

const PARTS = 200;
const DEPTH = 6;

/**
 * What a reader of the message is shown: its text parts, decoded, one after the other (RFC 2046 §5). Attachments and messages inside are left out.
 * @param most characters at most; more is not looked at
 */
export function readableText(fields: readonly Field[], body: string, most: number): string {
  const found: string[] = [];
  let left = most;
  const walk = (of: readonly Field[], text: string, depth: number): void => {
    const { type, parameters } = readContentType(valueOf(of, 'content-type'));
    const boundary = parameters.get('boundary');
    if (type.startsWith('multipart/') && boundary) {
      for (const part of depth < DEPTH && left > 0 ? split(text, boundary) : []) {
        const [head, rest] = cut(part);
        walk(splitFields(head), rest, depth + 1);
      }
    } else if (left > 0 && (type === '' || type.startsWith('text/')) && !/^\s*attachment/i.test(valueOf(of, 'content-disposition'))) {
      const shown = decoded(of, text.slice(0, left * 2)).text.slice(0, left);
      found.push(shown);
      left -= shown.length;
    }
  };
  walk(fields, body, 0);
  return found.join('\n');
}

/** Parts between the boundary lines; what stands before the first and behind the last is no part. */
export function split(body: string, boundary: string): string[] {
  const mark = `--${boundary}`;
  const parts: string[] = [];
  let start = -1;
  for (let at = body.indexOf(mark); at >= 0 && parts.length < PARTS; at = body.indexOf(mark, at + mark.length)) {
    const before = at === 0 ? 10 : body.charCodeAt(at - 1);
    if (before !== 10 && before !== 13) {
      continue;
    }
    if (start >= 0) {
      parts.push(body.slice(start, at - (body.charCodeAt(at - 1) === 10 && body.charCodeAt(at - 2) === 13 ? 2 : 1)));
    }
    const behind = at + mark.length;
    if (body.startsWith('--', behind)) {
      return parts;
    }
    start = lineAfter(body, behind);
  }
  if (start >= 0 && parts.length < PARTS) {
    parts.push(body.slice(start));
  }
  return parts;
}

/** Header and body of a part. */
export function cut(part: string): [string, string] {
  if (/^(?:\r\n|\n|\r)/.test(part)) {
    return ['', part.slice(lineAfter(part, 0))];
  }
  const blank = /\r\n[ \t]*\r\n|\n[ \t]*\n|\r\r/.exec(part.length > 100_000 ? part.slice(0, 100_000) : part);
  return blank ? [part.slice(0, blank.index), part.slice(blank.index + blank[0].length)] : [part, ''];
}

export function lineAfter(text: string, from: number): number {
  const next = text.indexOf('\n', from);
  if (next >= 0) {
    return next + 1;
  }
  const lone = text.indexOf('\r', from);
  return lone >= 0 ? lone + 1 : text.length;
}

/** The text behind a Content-Transfer-Encoding (RFC 2045 §6); at most 4 MB of base64. */
export function decoded(fields: readonly Field[], body: string): { text: string; untouched: boolean } {
  const encoding = valueOf(fields, 'content-transfer-encoding').trim().toLowerCase();
  if (encoding === 'base64') {
    return { text: Buffer.from(body.slice(0, 4_000_000), 'base64').toString('utf8'), untouched: false };
  }
  if (encoding === 'quoted-printable') {
    return { text: quotedPrintable(body), untouched: false };
  }
  return { text: body, untouched: true };
}

/** The value of the first field of a name; empty when there is none. */
export function valueOf(fields: readonly Field[], key: string): string {
  return fields.find((field) => field.key === key)?.value ?? '';
}
