/** Supplied bytes or text as text, or the reason why they are none. */
export type AsText = { text: string; encoding: 'utf8' | 'latin1' | null; steps: string[] } | { refused: string };

const MAGIC: readonly [string, string][] = [
  [
    'd0cf11e0a1b11ae1',
    'This is an Outlook .msg file. Open it in Outlook and copy the Internet headers (File, Properties), or save the message as .eml.',
  ],
  ['255044462d', 'This is a PDF. It shows a message but does not hold its header; save the message as .eml, or copy the header as text.'],
  ['504b0304', 'This is a ZIP or Office file. Take the message out and send it as .eml, or copy its header as text.'],
  ['89504e47', 'This is a picture. Copy the header as text.'],
  ['ffd8ff', 'This is a picture. Copy the header as text.'],
  ['47494638', 'This is a picture. Copy the header as text.'],
  ['1f8b08', 'This is a compressed file. Unpack it first.'],
  ['7b5c727466', 'This is an RTF document. Copy the header as plain text.'],
];

/**
 * Text of what was supplied: UTF-8, else UTF-16 with its mark, else Latin-1 (each octet one character, so that it can be given back).
 * Files that hold no plain header are refused with a sentence that says what to do instead.
 */
export function toText(supplied: string | Uint8Array): AsText {
  const bytes = typeof supplied === 'string' ? null : Buffer.from(supplied.buffer, supplied.byteOffset, supplied.byteLength);
  const start = bytes ? bytes.subarray(0, 8) : Buffer.from(supplied.slice(0, 8) as string, 'latin1');
  const begins = start.toString('hex');
  const known = MAGIC.find(([magic]) => begins.startsWith(magic));
  if (known) {
    return { refused: known[1] };
  }
  const decoded = bytes ? decode(bytes) : { text: supplied as string, encoding: 'utf8' as const };
  const steps: string[] = [];
  let { text } = decoded;
  if (text.charCodeAt(0) === 0xfeff) {
    text = text.slice(1);
  }
  if (looksBinary(text)) {
    return { refused: 'This is not text. Send the header as text, or the message as .eml.' };
  }
  if (text.includes('\0')) {
    // eslint-disable-next-line no-control-regex
    text = text.replace(/\0+/g, '\ufffd');
    steps.push('replaced NUL characters');
  }
  return { text, encoding: steps.length > 0 || text.length !== decoded.text.length ? null : decoded.encoding, steps };
}

function decode(bytes: Buffer): { text: string; encoding: 'utf8' | 'latin1' | null } {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return { text: bytes.toString('utf16le'), encoding: null };
  }
  // without the mark: in a header of ASCII every other octet is zero
  const zeros = bytes[0] === 0 ? 0 : bytes[1] === 0 ? 1 : -1;
  if (zeros >= 0 && bytes.length >= 40 && bytes.length % 2 === 0 && bytes.subarray(0, 40).every((octet, at) => (octet === 0) === (at % 2 === zeros))) {
    return { text: (zeros === 1 ? bytes : Buffer.from(bytes).swap16()).toString('utf16le'), encoding: null };
  }
  if (bytes[0] === 0xfe && bytes[1] === 0xff && bytes.length % 2 === 0) {
    return { text: Buffer.from(bytes).swap16().toString('utf16le'), encoding: null };
  }
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? { text: bytes.toString('latin1'), encoding: 'latin1' } : { text, encoding: 'utf8' };
}

/** More than one control character in ten among the first 1,000. NULs are none: what fills up a header is replaced. */
function looksBinary(text: string): boolean {
  const end = Math.min(text.length, 1_000);
  let odd = 0;
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at);
    odd += (code > 0 && code < 32 && code !== 9 && code !== 10 && code !== 13 && code !== 12 && code !== 27) || code === 0xfffd ? 1 : 0;
  }
  return odd * 10 > end;
}
