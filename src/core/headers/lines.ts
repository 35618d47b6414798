/** Where a line of a text lies; its text is `text.slice(start, end)`, the next one begins at `next`. */
export interface Line {
  start: number;
  end: number;
  next: number;
}

/** The lines of `text` between two positions. CRLF, LF and a lone CR end a line. Linear. */
export function lines(text: string, from = 0, to = text.length): Line[] {
  const found: Line[] = [];
  let start = from;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || code === 13) {
      const next = code === 13 && text.charCodeAt(at + 1) === 10 ? at + 2 : at + 1;
      found.push({ start, end: at, next });
      start = next;
      at = next - 1;
    }
  }
  if (start < to) {
    found.push({ start, end: to, next: to });
  }
  return found;
}

/** Position of the colon when the line begins with a field name (RFC 5322 §2.2; blanks before the colon are the obsolete form), else -1. */
export function nameEnd(text: string, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === 58) {
      return at > start ? at : -1;
    }
    if (code < 33 || code > 126 || at - start > 100) {
      break;
    }
    at++;
  }
  const nameStops = at;
  while (at < end && (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9)) {
    at++;
  }
  return at < end && nameStops > start && text.charCodeAt(at) === 58 ? at : -1;
}

/** Whether a line is blank: nothing, or blanks and tabs only. */
export function isBlank(text: string, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code !== 32 && code !== 9 && code !== 0xa0) {
      return false;
    }
  }
  return true;
}

/** Whether a line begins with a blank or a tab, and so continues the field above it. */
export function isFolded(text: string, start: number): boolean {
  const code = text.charCodeAt(start);
  return code === 32 || code === 9;
}
