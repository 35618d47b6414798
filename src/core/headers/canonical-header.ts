import type { Field } from './message';
import type { Canonical } from './read-dkim-signature';

/**
 * One field as DKIM signs it, without the final line break (RFC 6376 §3.4). `relaxed`: name in lower case, unfolded, runs of blanks are
 * one, none at the ends. `simple`: as supplied, with CRLF where it is folded.
 */
export function canonicalHeader(raw: string, kind: Canonical): string {
  if (kind === 'simple') {
    return raw.replace(/\r\n|\r|\n/g, '\r\n');
  }
  const colon = raw.indexOf(':');
  const value = raw
    .slice(colon + 1)
    .replace(/[\r\n]+/g, '')
    .replace(/[ \t]+/g, ' ');
  return `${raw.slice(0, colon).trim().toLowerCase()}:${value.slice(value.startsWith(' ') ? 1 : 0, value.endsWith(' ') ? -1 : undefined)}`;
}

/** The raw field with the value of b= taken out, blanks around it included (RFC 6376 §3.7): what a signature says about itself. */
export function withoutSignature(raw: string): string {
  const colon = raw.indexOf(':');
  let out = raw.slice(0, colon + 1);
  let start = colon + 1;
  for (;;) {
    const semicolon = raw.indexOf(';', start);
    const end = semicolon < 0 ? raw.length : semicolon;
    const tag = raw.slice(start, end);
    const equals = tag.indexOf('=');
    out += equals >= 0 && tag.slice(0, equals).trim() === 'b' ? tag.slice(0, equals + 1) : tag;
    if (semicolon < 0) {
      return out;
    }
    out += ';';
    start = semicolon + 1;
  }
}

/** Whether the final line break or anything else of a field is missing, so that no signature over it can be judged. */
export function isCut(fields: readonly Field[]): boolean {
  return fields.some((field) => field.cut === true);
}
