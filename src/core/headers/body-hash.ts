import { createHash } from 'node:crypto';
import type { Canonical } from './read-dkim-signature';

const CRLF = '\r\n';

/**
 * The hash of a body that bh= states, in base64 (RFC 6376 §3.4.3 and §3.4.4, SHA-256). Linear in the size.
 * @param body whole, octet for octet; its lines all end in CRLF but for the last, which may end without
 */
export function bodyHash(body: Buffer, kind: Canonical): string {
  const hash = createHash('sha256');
  if (kind === 'relaxed') {
    const text = relaxed(body.toString('latin1'));
    return hash.update(text === '' ? text : text + CRLF, 'latin1').digest('base64');
  }
  return hash.update(body.subarray(0, endOf(body))).update(CRLF).digest('base64');
}

/** Runs of blanks are one, those at the end of a line and empty lines at the end of the body are gone, and so is the last line break. */
function relaxed(body: string): string {
  const text = body.replace(/[ \t]{2,}|\t/g, ' ').replaceAll(` ${CRLF}`, CRLF);
  let end = text.endsWith(' ') ? text.length - 1 : text.length;
  while (end >= 2 && text.startsWith(CRLF, end - 2)) {
    end -= 2;
  }
  return text.slice(0, end);
}

/** Where the body ends without its last line breaks. */
function endOf(body: Buffer): number {
  let end = body.length;
  while (end >= 2 && body[end - 2] === 0x0d && body[end - 1] === 0x0a) {
    end -= 2;
  }
  return end;
}
