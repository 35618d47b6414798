import { valueOf, type Part } from './mime-parts';

/** The bytes of a part without their transfer encoding (RFC 2045 §6). What is no proper encoding is read as far as it goes. */
export function bytesOf(part: Part): Buffer {
  switch (valueOf(part.fields, 'content-transfer-encoding').trim().toLowerCase()) {
    case 'base64':
      return Buffer.from(part.body.toString('latin1'), 'base64');
    case 'quoted-printable':
      return quotedPrintable(part.body);
    default:
      return part.body;
  }
}

/** Bytes as text in the character set that they name; an unknown one is UTF-8, or one character for each octet. At most `limit` bytes. */
export function textOf(bytes: Buffer, charset: string | undefined, limit: number): string {
  const head = bytes.subarray(0, limit);
  const named = charset?.trim().toLowerCase();
  if (named && named !== 'us-ascii' && named !== 'utf-8') {
    try {
      return new TextDecoder(named).decode(head);
    } catch {
      // A name that nobody knows; the bytes may still be plain.
    }
  }
  const text = head.toString('utf8');
  return text.includes('\uFFFD') && named !== 'utf-8' ? new TextDecoder('windows-1252').decode(head) : text;
}

/** RFC 2045 §6.7: "=41" is a byte, "=" at the end of a line joins it with the next, blanks before a line break are transport's. */
function quotedPrintable(body: Buffer): Buffer {
  const out = Buffer.allocUnsafe(body.length);
  let length = 0;
  for (let at = 0; at < body.length; at++) {
    const byte = body[at] as number;
    if (byte !== 0x3d) {
      out[length++] = byte;
      continue;
    }
    const value = hex(body[at + 1]) * 16 + hex(body[at + 2]);
    if (value >= 0) {
      out[length++] = value;
      at += 2;
      continue;
    }
    let end = at + 1;
    while (body[end] === 0x20 || body[end] === 0x09) {
      end++;
    }
    if (body[end] === 0x0a || (body[end] === 0x0d && body[end + 1] === 0x0a)) {
      at = body[end] === 0x0a ? end : end + 1;
    } else {
      out[length++] = byte;
    }
  }
  return out.subarray(0, length);
}

/** The value of a hex digit; far below zero for anything else. */
function hex(code: number | undefined): number {
  if (code === undefined) {
    return -1000;
  }
  const digit = code - 0x30;
  const letter = (code | 0x20) - 0x61;
  return digit >= 0 && digit < 10 ? digit : letter >= 0 && letter < 6 ? letter + 10 : -1000;
}
