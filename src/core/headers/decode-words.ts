import libmime from 'libmime';

/**
 * Decodes encoded words (RFC 2047) of a header value. Bounded: beyond 8,000 characters the rest stays as it is written. Never throws; what
 * cannot be decoded is given back as it stands. Control characters become blanks, so the result is one line of text.
 */
export function decodeWords(value: string): string {
  if (!value.includes('=?')) {
    return oneLine(value);
  }
  const head = value.slice(0, BOUND);
  try {
    return oneLine(libmime.decodeWords(head) + value.slice(BOUND));
  } catch {
    return oneLine(value);
  }
}

const BOUND = 8_000;

function oneLine(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]/g, ' ');
}
