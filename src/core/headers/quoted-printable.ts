const [EQUALS, CR, LF, TAB, BLANK] = [61, 13, 10, 9, 32];

/**
 * Undoes quoted-printable (RFC 2045 §6.7): soft line breaks go, "=41" becomes its octet, as a character from 0 to 255. What is no escape stays as it is
 * written. One pass over the text, whatever stands in it.
 */
export function quotedPrintable(text: string): string {
  if (!text.includes('=')) {
    return text;
  }
  const out = new Uint16Array(text.length);
  let size = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code !== EQUALS) {
      out[size++] = code;
      continue;
    }
    const octet = hex(text.charCodeAt(at + 1)) * 16 + hex(text.charCodeAt(at + 2));
    const softEnd = octet >= 0 ? -1 : softBreak(text, at + 1);
    if (octet >= 0) {
      out[size++] = octet;
      at += 2;
    } else if (softEnd > 0) {
      at = softEnd - 1;
    } else {
      out[size++] = EQUALS;
    }
  }
  return Buffer.from(out.buffer, 0, size * 2).toString('utf16le');
}

/** 0 to 15; so far below zero that no pair of digits comes out positive for anything else. */
function hex(code: number): number {
  if (code >= 48 && code <= 57) {
    return code - 48;
  }
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1_000;
}

/** Where the next line begins when only blanks stand before the line break (at most 76, the length of a line), else -1. */
function softBreak(text: string, from: number): number {
  let at = from;
  for (let code = text.charCodeAt(at); (code === BLANK || code === TAB) && at - from < 76; code = text.charCodeAt(at)) {
    at++;
  }
  at += text.charCodeAt(at) === CR ? 1 : 0;
  return text.charCodeAt(at) === LF ? at + 1 : -1;
}
