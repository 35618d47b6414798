import type { Field } from '../core/headers/message';
import { readContentType, type ContentType } from '../core/headers/read-content-type';
import { splitFields } from '../core/headers/split-fields';
import { Unreadable } from './unreadable';

/** Budgets before anything is trusted (T32): what passes them is kept raw and shown as unreadable. */
const LIMITS = { headerBytes: 256 * 1024, parts: 1000, depth: 20 };

/** One part that has no parts of its own, as a slice of the mail's bytes. */
export interface Part {
  fields: Field[];
  content: ContentType;
  /** as sent, still in its transfer encoding */
  body: Buffer;
}

/** The header of a mail and its parts, in order. Attached messages are one part each: their bytes are the sender's, so that a signature over them holds. */
export interface Parts {
  fields: Field[];
  leaves: Part[];
}

/**
 * Takes a mail apart without copying it (RFC 2045, 2046). Linear in its size for each of at most 20 levels.
 * @throws Unreadable when a budget is passed
 */
export function mimeParts(raw: Buffer): Parts {
  const leaves: Part[] = [];
  return { fields: walk(raw, 0, leaves, { parts: 0 }), leaves };
}

function walk(raw: Buffer, depth: number, leaves: Part[], state: { parts: number }): Field[] {
  const start = bodyStart(raw);
  const reached = new Set<'headers' | 'fields' | 'line'>();
  const fields = splitFields(textOf(raw.subarray(0, Math.min(start, LIMITS.headerBytes))), reached);
  if (depth === 0 && (start > LIMITS.headerBytes || reached.has('fields') || reached.has('headers'))) {
    throw new Unreadable('header_too_large');
  }
  if (++state.parts > LIMITS.parts) {
    throw new Unreadable('too_many_parts');
  }
  const content = readContentType(valueOf(fields, 'content-type'));
  const boundary = content.type.startsWith('multipart/') ? content.parameters.get('boundary') : undefined;
  if (boundary) {
    if (depth >= LIMITS.depth) {
      throw new Unreadable('too_many_parts');
    }
    for (const part of split(raw.subarray(start), boundary)) {
      walk(part, depth + 1, leaves, state);
    }
  } else {
    leaves.push({ fields, content, body: raw.subarray(start) });
  }
  return fields;
}

/** Where the body begins: behind the first blank line, or at the end. */
export function bodyStart(raw: Buffer): number {
  for (let at = 0; at < raw.length; ) {
    const next = raw.indexOf(0x0a, at);
    if (next < 0) {
      return raw.length;
    }
    if (next === at || (next === at + 1 && raw[at] === 0x0d)) {
      return next + 1;
    }
    at = next + 1;
  }
  return raw.length;
}

/** The parts between delimiter lines, each without the line break that belongs to the delimiter behind it (RFC 2046 §5.1.1). */
function split(raw: Buffer, boundary: string): Buffer[] {
  const delimiter = Buffer.from(`--${boundary}`, 'utf8');
  const found: Buffer[] = [];
  let from = -1;
  for (let at = raw.indexOf(delimiter); at >= 0; at = raw.indexOf(delimiter, at + delimiter.length)) {
    if (at > 0 && raw[at - 1] !== 0x0a) {
      continue; // looked at before anything else: the line is searched once for each line, never once for each hit
    }
    const line = raw.indexOf(0x0a, at);
    const rest = raw.toString('latin1', at + delimiter.length, Math.min(line < 0 ? raw.length : line, at + delimiter.length + 100)).trim();
    if (rest === '' || rest === '--') {
      if (from >= 0) {
        found.push(raw.subarray(from, Math.max(from, at - (raw[at - 2] === 0x0d ? 2 : 1))));
      }
      if (rest === '--' || line < 0) {
        return found;
      }
      if (found.length > LIMITS.parts) {
        throw new Unreadable('too_many_parts');
      }
      from = line + 1;
    }
  }
  // A last delimiter that is missing costs nothing: what is there is the part.
  return from >= 0 && from < raw.length ? [...found, raw.subarray(from)] : found;
}

/** UTF-8, or one character for each octet where it is none. */
function textOf(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.includes('\uFFFD') ? bytes.toString('latin1') : text;
}

/** The first field of that name, unfolded; empty when there is none. */
export function valueOf(fields: readonly Field[], key: string): string {
  return fields.find((field) => field.key === key)?.value ?? '';
}
