/** How deep parts are followed, and how many are looked at. */
const DEPTH = 20;
const PARTS = 1000;

/**
 * The messages attached to a mail (message/rfc822), as slices of its own bytes, in order; null for one that is encoded. A parser that
 * gives their text evens out line ends, and then no signature over them can be checked.
 */
export function attachedMessages(raw: Buffer): (Buffer | null)[] {
  const found: (Buffer | null)[] = [];
  walk(raw, 0, raw.length, 0, found, { left: PARTS });
  return found;
}

function walk(raw: Buffer, start: number, end: number, depth: number, found: (Buffer | null)[], budget: { left: number }): void {
  const body = bodyOf(raw, start, end);
  const header = raw.toString('latin1', start, body).replace(/\r?\n[ \t]+/g, ' ');
  const type = valueOf(header, 'content-type');
  if (/^message\/(?:rfc822|global)\b/i.test(type) && depth > 0) {
    found.push(/^(?:7bit|8bit|binary|)$/i.test(valueOf(header, 'content-transfer-encoding').trim()) ? raw.subarray(body, end) : null);
    return;
  }
  const boundary = /^multipart\//i.test(type) ? /;\s*boundary\s*=\s*(?:"([^"]{1,200})"|([^\s;"]{1,200}))/i.exec(type) : null;
  if (boundary && depth < DEPTH) {
    for (const [from, to] of parts(raw, body, end, `--${boundary[1] ?? boundary[2] ?? ''}`)) {
      if (budget.left-- > 0) {
        walk(raw, from, to, depth + 1, found, budget);
      }
    }
  }
}

/** Where the blank line after a header ends. */
function bodyOf(raw: Buffer, start: number, end: number): number {
  for (let at = start; at < end; ) {
    const next = raw.indexOf(0x0a, at);
    if (next < 0 || next >= end) {
      return end;
    }
    if (next === at || (next === at + 1 && raw[at] === 0x0d)) {
      return next + 1;
    }
    at = next + 1;
  }
  return end;
}

/** The parts between delimiter lines, each without the line break that belongs to the delimiter behind it (RFC 2046 §5.1.1). */
function parts(raw: Buffer, start: number, end: number, delimiter: string): [number, number][] {
  const found: [number, number][] = [];
  let from = -1;
  for (let at = raw.indexOf(delimiter, start); at >= 0 && at < end; at = raw.indexOf(delimiter, at + delimiter.length)) {
    const line = raw.indexOf(0x0a, at);
    const rest = raw.toString('latin1', at + delimiter.length, Math.min(line < 0 ? end : line, at + delimiter.length + 100)).trim();
    if ((at === start || raw[at - 1] === 0x0a) && (rest === '' || rest === '--')) {
      if (from >= 0) {
        const before = at - (raw[at - 1] === 0x0a ? (raw[at - 2] === 0x0d ? 2 : 1) : 0);
        found.push([from, Math.max(from, before)]);
      }
      if (rest === '--' || line < 0) {
        return found;
      }
      from = line + 1;
    }
  }
  return from >= 0 && from < end ? [...found, [from, end]] : found;
}

function valueOf(header: string, name: string): string {
  return new RegExp(`^${name}[ \\t]*:[ \\t]*(.*)$`, 'im').exec(header)?.[1] ?? '';
}
