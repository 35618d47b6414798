import { afterComment, afterQuoted, unquote } from './comments';
import { decodeWords } from './decode-words';

/** A mailbox of an address field. The name is decoded; the address is as written, its domain in lower case. */
export interface Address {
  name: string;
  address: string;
}

/**
 * The mailboxes of From, To, Reply-To and their like (RFC 5322 §3.4): groups are opened, comments serve as a name where there is none,
 * quoted parts and routes are understood. An entry without any address is left out. At most 1,000 entries of 64,000 characters; linear.
 */
export function readAddresses(value: string): Address[] {
  const text = value.length > 64_000 ? value.slice(0, 64_000) : value;
  const found: Address[] = [];
  let entry = empty();
  for (let at = 0; at < text.length && found.length < 1_000;) {
    const char = text.charAt(at);
    if (char === '(') {
      const end = afterComment(text, at);
      entry.comment ||= text.slice(at + 1, end - 1).trim();
      at = end;
    } else if (char === '"') {
      const end = afterQuoted(text, at);
      entry.words += text.slice(at, end);
      entry.name += unquote(text.slice(at, end));
      at = end;
    } else if (char === '<') {
      const end = angleEnd(text, at);
      entry.angle ??= text.slice(at + 1, end);
      at = end + 1;
    } else if (char === ',' || char === ';') {
      finish(entry, found);
      entry = empty();
      at++;
    } else if (char === ':' && entry.angle === null && !entry.words.includes('@')) {
      entry = empty();
      at++;
    } else {
      entry.words += char;
      entry.name += char;
      at++;
    }
  }
  finish(entry, found);
  return found;
}

interface Entry {
  /** everything outside angle brackets and comments, quotes kept */
  words: string;
  name: string;
  angle: string | null;
  comment: string;
}

function empty(): Entry {
  return { words: '', name: '', angle: null, comment: '' };
}

function angleEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 62) {
      return at;
    }
    if (code === 34) {
      at = afterQuoted(text, at) - 1;
    }
  }
  return text.length;
}

function finish(entry: Entry, found: Address[]): void {
  const bare = entry.words.trim();
  const written = entry.angle ?? bareAddress(bare);
  const address = written === null ? null : plainAddress(written);
  if (address !== null) {
    const name = entry.angle === null ? entry.comment : entry.name.trim() || entry.comment;
    found.push({ name: decodeWords(name).trim(), address });
  }
}

/** "a@b" alone, or the last word with an "@" in it ("sent by a@b"). */
function bareAddress(text: string): string | null {
  if (!text.includes('@')) {
    return null;
  }
  const start = text.startsWith('"') ? 0 : text.lastIndexOf(' ', text.lastIndexOf('@')) + 1;
  const end = text.indexOf(' ', text.lastIndexOf('@'));
  return text.slice(start, end < 0 ? undefined : end);
}

function plainAddress(written: string): string | null {
  let text = written.trim();
  if (text.startsWith('@') && text.includes(':')) {
    text = text.slice(text.indexOf(':') + 1); // a route (RFC 5322 §4.4)
  }
  const sign = text.lastIndexOf('@');
  if (sign < 1 || sign === text.length - 1 || text.length > 1_000) {
    return null;
  }
  const domain = text
    .slice(sign + 1)
    .trim()
    .toLowerCase();
  return text.slice(0, sign).trim() + '@' + (domain.length > 1 && domain.endsWith('.') ? domain.slice(0, -1) : domain);
}
