/** A piece of untrusted text: plain, the claimed address, or a sign that cannot be seen or misleads. Always shown escaped. */
export interface Segment {
  kind: 'text' | 'address' | 'mark';
  text: string;
  title?: string;
}

const NAMES: Record<number, string> = {
  0x00ad: 'Soft hyphen', 0x061c: 'Arabic letter mark', 0x180e: 'Mongolian vowel separator', 0x200b: 'Zero width space', 0x200c: 'Zero width non-joiner', 0x200d: 'Zero width joiner',
  0x200e: 'Left-to-right mark', 0x200f: 'Right-to-left mark', 0x202a: 'Left-to-right embedding', 0x202b: 'Right-to-left embedding', 0x202c: 'End of direction',
  0x202d: 'Left-to-right override', 0x202e: 'Right-to-left override: turns the reading direction', 0x2060: 'Word joiner', 0x2066: 'Left-to-right isolate', 0x2067: 'Right-to-left isolate',
  0x2068: 'First strong isolate', 0x2069: 'End of isolate', 0xfeff: 'Zero width no-break space',
};
// eslint-disable-next-line no-control-regex
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]/u;
/** Letters of another script inside a word that has Latin ones: they look alike and are not. */
const LOOKALIKE = /[\p{Script=Cyrillic}\p{Script=Greek}]/u;

const codeOf = (char: string) => `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** Cuts a text so that the address stands out and what cannot be seen is shown by its code. */
export function reveal(line: string, address: string | null = null): Segment[] {
  const out: Segment[] = [];
  const plain = (text: string) => {
    const last = out.at(-1);
    if (last?.kind === 'text') {
      last.text += text;
    } else if (text) {
      out.push({ kind: 'text', text });
    }
  };
  for (const piece of splitAt(line.replace(/\r\n?/g, '\n'), address)) {
    if (piece === address) {
      out.push({ kind: 'address', text: piece });
      continue;
    }
    for (const word of piece.split(/(\s+)/)) {
      const mixed = /\p{Script=Latin}/u.test(word) && LOOKALIKE.test(word);
      if (!mixed && !UNSEEN.test(word)) {
        plain(word);
        continue;
      }
      for (const char of word) {
        if (UNSEEN.test(char)) {
          out.push({ kind: 'mark', text: codeOf(char), title: `${NAMES[char.codePointAt(0) ?? 0] ?? 'Control character'}, invisible in a mail program` });
        } else if (mixed && LOOKALIKE.test(char)) {
          out.push({ kind: 'mark', text: `${char} ${codeOf(char)}`, title: 'Looks like a Latin letter and is none' });
        } else {
          plain(char);
        }
      }
    }
  }
  return out;
}

/** The pieces around each whole occurrence of the address; 10.0.0.1 does not stand in 110.0.0.12. */
function splitAt(line: string, address: string | null): string[] {
  if (!address || !line.includes(address)) {
    return [line];
  }
  const around = /[0-9A-Fa-f:.]/;
  const pieces: string[] = [];
  let from = 0;
  for (let at = line.indexOf(address); at >= 0; at = line.indexOf(address, at + address.length)) {
    if (!around.test(line[at - 1] ?? '') && !/[0-9A-Fa-f:]/.test(line[at + address.length] ?? '')) {
      pieces.push(line.slice(from, at), address);
      from = at + address.length;
    }
  }
  return [...pieces, line.slice(from)];
}
