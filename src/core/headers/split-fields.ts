import { isBlank, isFolded, lines, nameEnd, type Line } from './lines';
import { LIMITS, type Limit } from './limits';
import type { Field } from './message';

/**
 * The fields of a header block in the order and number in which they stand (RFC 5322 §2.2). Ends at the first empty line.
 * A leading "From " line and lines that are neither a field nor a continuation are passed over.
 * @param reached takes the names of the limits that cut the reading
 */
export function splitFields(block: string, reached: Set<Limit> = new Set()): Field[] {
  const all = lines(block, 0, Math.min(block.length, LIMITS.headers));
  const fields: Field[] = [];
  let i = 0;
  while (i < all.length) {
    const first = all[i] as Line;
    if (isBlank(block, first.start, first.end) && !isFoldedOn(block, all, i)) {
      break;
    }
    const colon = isFolded(block, first.start) ? -1 : nameEnd(block, first.start, first.end);
    if (colon < 0) {
      i++;
      continue;
    }
    let last = i + 1;
    while (last < all.length && isContinuation(block, all[last] as Line)) {
      last++;
    }
    if (fields.length === LIMITS.fields) {
      reached.add('fields');
      break;
    }
    fields.push(field(block, all, i, last, colon, reached));
    i = last;
  }
  const lastField = fields.at(-1);
  const looked = all.at(-1)?.next ?? 0;
  if (looked < block.length && i >= all.length) {
    reached.add('headers');
    if (lastField && lastField.line + lastField.lines > all.length) {
      lastField.cut = true;
    }
  }
  return fields;
}

function isContinuation(block: string, line: Line): boolean {
  return isFolded(block, line.start) && !isBlank(block, line.start, line.end);
}

/** A line of blanks only ends the block unless a continuation follows it (obsolete folding, RFC 5322 §4.2). */
function isFoldedOn(block: string, all: Line[], i: number): boolean {
  const line = all[i] as Line;
  const next = all[i + 1];
  return i > 0 && line.end > line.start && next !== undefined && isContinuation(block, next);
}

function field(block: string, all: Line[], from: number, to: number, colon: number, reached: Set<Limit>): Field {
  const first = all[from] as Line;
  const name = block.slice(first.start, colon).trimEnd();
  const made: Field = { name, key: name.toLowerCase(), value: '', raw: '', line: from + 1, lines: to - from };
  let value = '';
  let raw = '';
  for (let i = from; i < to; i++) {
    const line = all[i] as Line;
    const end = Math.min(line.end, line.start + LIMITS.line);
    if (end < line.end) {
      made.cut = true;
      reached.add('line');
    }
    value += block.slice(i === from ? colon + 1 : line.start, end);
    raw += block.slice(line.start, end) + (i + 1 < to ? block.slice(line.end, line.next) : '');
  }
  made.value = value.trim();
  made.raw = raw;
  return made;
}
