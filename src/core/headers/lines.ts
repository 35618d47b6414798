/** Where a line of a text lies; its text is `text.slice(start, end)`, the next one begins at `next`. */
export interface Line {
  start: number;
  end: number;
  next: number;
}

/** More lines than any header has: 2,000 fields, each of three lines. */
export const MOST_LINES = 6_000;

/** The first lines of `text` between two positions. CRLF, LF and a lone CR end a line. Linear. */
export function lines(text: string, from = 0, to = text.length, most = MOST_LINES): Line[] {
  const found: Line[] = [];
  const breaks = new Breaks(text);
  for (let at = from; at < to && found.length < most;) {
    const line = breaks.lineAt(at, to);
    found.push(line);
    at = line.next;
  }
  return found;
}

/** The lines of a text up to its first blank line behind another one, and two more: all that a mail's own header needs. */
export function headLines(text: string, to: number): Line[] {
  const found: Line[] = [];
  const breaks = new Breaks(text);
  let seen = false;
  for (let at = 0; at < to && found.length < MOST_LINES;) {
    const line = breaks.lineAt(at, to);
    found.push(line);
    at = line.next;
    const blank = isBlank(text, line.start, line.end);
    if (blank && seen) {
      return found.concat(lines(text, at, to, 2));
    }
    seen ||= !blank;
  }
  return found;
}

/**
 * Finds line after line. The next LF and the next CR are searched natively and kept until they are passed, so a text is searched once for each:
 * the same loop in JavaScript is many times slower until it is compiled, which a process that reads its first megabyte has not done.
 */
class Breaks {
  private lf = -1;
  private cr = -1;

  constructor(private readonly text: string) {}

  lineAt(start: number, to: number): Line {
    this.lf = this.lf < start ? this.next('\n', start) : this.lf;
    this.cr = this.cr < start ? this.next('\r', start) : this.cr;
    const end = Math.min(this.lf, this.cr);
    return end >= to ? { start, end: to, next: to } : { start, end, next: this.cr === end && this.lf === end + 1 ? end + 2 : end + 1 };
  }

  private next(char: string, from: number): number {
    const at = this.text.indexOf(char, from);
    return at < 0 ? Infinity : at;
  }
}

/**
 * Position of the colon when the line begins with a field name, else -1. RFC 5322 §2.2 allows any printing character in a name; those that stand
 * in no name ever used are refused, so that "<p>From:" is none. Blanks before the colon are the obsolete form.
 */
export function nameEnd(text: string, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === 58) {
      return at > start ? at : -1;
    }
    if (code > 126 || IN_NAMES[code] === 0 || at - start > 100) {
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

const IN_NAMES = Uint8Array.from({ length: 127 }, (_, code) =>
  code > 32 && !'<>()[]{}",;@?=\\'.includes(String.fromCharCode(code)) ? 1 : 0,
);

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
