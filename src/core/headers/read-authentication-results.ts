import { afterComment, afterQuoted, unquote } from './comments';
import type { Field } from './message';

/** A property of a result: "smtp.mailfrom=example.org". `ptype` is empty where the writer left it out ("action=none"). */
export interface AuthenticationProperty {
  ptype: string;
  property: string;
  value: string;
}

/** One "method=result" with what stands behind it. Method, result and property names are in lower case. */
export interface AuthenticationResult {
  method: string;
  result: string;
  reason?: string;
  properties: AuthenticationProperty[];
  comment?: string;
}

export interface AuthenticationResults {
  field: Field;
  /** lower case; null in the form without one (Outlook) */
  authservId: string | null;
  version: number | null;
  results: AuthenticationResult[];
  /** methods given two different results for the same thing: none of them counts (RFC 8601 §2.3) */
  conflicting: string[];
}

/** A piece of the field: a word with its quoted parts, "=", ";" or a comment. */
interface Piece {
  kind: 'word' | 'equals' | 'semicolon' | 'comment';
  text: string;
}

/**
 * Reads Authentication-Results and ARC-Authentication-Results by the grammar of RFC 8601 §2.2: nothing is taken from comments or quoted
 * parts, and only the first pair behind a semicolon is a result. Says nothing of whether the field can be believed. At most 100 results.
 */
export function readAuthenticationResults(field: Field): AuthenticationResults {
  const segments = toSegments(toPieces(field.value.slice(0, 16_000)));
  const read: AuthenticationResults = { field, authservId: null, version: null, results: [], conflicting: [] };
  let head = segments[0] ?? [];
  let rest = segments.slice(1);
  if (field.key === 'arc-authentication-results' && /^i$/i.test(words(head)[0]?.text ?? '')) {
    head = rest[0] ?? [];
    rest = rest.slice(1);
  }
  if (head.some((piece) => piece.kind === 'equals')) {
    rest = [head, ...rest];
  } else {
    const [id, version] = words(head);
    read.authservId = id ? unquote(id.text).toLowerCase() : null;
    read.version = version && /^\d{1,4}$/.test(version.text) ? Number(version.text) : null;
  }
  const all = rest.slice(0, 100).flatMap((segment) => readResult(segment) ?? []);
  read.conflicting = conflicts(all);
  read.results = all.filter((result) => !read.conflicting.includes(result.method));
  return read;
}

function words(segment: Piece[]): Piece[] {
  return segment.filter((piece) => piece.kind === 'word');
}

function toPieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code <= 32) {
      at++;
    } else if (code === 40) {
      const end = afterComment(text, at);
      pieces.push({ kind: 'comment', text: text.slice(at + 1, end - 1).trim() });
      at = end;
    } else if (code === 59 || code === 61) {
      pieces.push({ kind: code === 59 ? 'semicolon' : 'equals', text: '' });
      at++;
    } else {
      const end = wordEnd(text, at, pieces.at(-1)?.kind === 'equals');
      pieces.push({ kind: 'word', text: text.slice(at, end) });
      at = end;
    }
  }
  return pieces;
}

/** A value may hold "=" (an encoded word, a bounce address), a name may not. */
function wordEnd(text: string, from: number, isValue: boolean): number {
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code <= 32 || code === 40 || code === 59 || (code === 61 && !isValue)) {
      return at;
    }
    at = code === 34 ? afterQuoted(text, at) : at + 1;
  }
  return at;
}

function toSegments(pieces: Piece[]): Piece[][] {
  const segments: Piece[][] = [[]];
  for (const piece of pieces) {
    if (piece.kind === 'semicolon') {
      segments.push([]);
    } else {
      segments.at(-1)?.push(piece);
    }
  }
  return segments;
}

function readResult(segment: Piece[]): AuthenticationResult | null {
  const pairs = toPairs(segment);
  const [first, ...others] = pairs;
  const method = first?.name.split('/', 1)[0] ?? '';
  if (!first || !/^[a-z][a-z0-9_-]*$/.test(method) || !/^[a-z][a-z0-9_-]*$/i.test(first.value)) {
    return null;
  }
  const result: AuthenticationResult = { method, result: first.value.toLowerCase(), properties: [] };
  const comment = segment.find((piece) => piece.kind === 'comment')?.text;
  if (comment) {
    result.comment = comment;
  }
  for (const { name, value } of others) {
    const dot = name.indexOf('.');
    if (name === 'reason') {
      result.reason = value;
    } else {
      result.properties.push({ ptype: dot < 0 ? '' : name.slice(0, dot), property: name.slice(dot + 1), value });
    }
  }
  return result;
}

function toPairs(segment: Piece[]): { name: string; value: string }[] {
  const plain = segment.filter((piece) => piece.kind !== 'comment');
  const pairs: { name: string; value: string }[] = [];
  for (let i = 1; i < plain.length; i++) {
    const name = plain[i - 1] as Piece;
    const value = plain[i + 1];
    if (plain[i]?.kind === 'equals' && name.kind === 'word' && value?.kind === 'word') {
      pairs.push({ name: name.text.toLowerCase(), value: unquote(value.text).slice(0, 1_000) });
      i += 2;
    }
  }
  return pairs;
}

/** Several signatures may be reported by one field, and SPF for two identities; the same thing twice with different results may not. */
function conflicts(results: AuthenticationResult[]): string[] {
  const seen = new Map<string, string>();
  const found = new Set<string>();
  for (const result of results) {
    const thing = `${result.method} ${identity(result)}`;
    const before = seen.get(thing);
    if (before !== undefined && before !== result.result) {
      found.add(result.method);
    }
    seen.set(thing, result.result);
  }
  return [...found];
}

function identity({ method, properties }: AuthenticationResult): string {
  const wanted = method === 'dkim' || method === 'domainkeys' ? ['d', 'i', 's', 'b'] : method === 'spf' ? ['helo', 'mailfrom'] : [];
  return properties
    .flatMap(({ property, value }) => (wanted.includes(property) ? [`${property}=${method === 'spf' ? '' : value.toLowerCase()}`] : []))
    .join(' ');
}
