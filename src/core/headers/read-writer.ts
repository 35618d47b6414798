import { readIp } from './ip';
import type { Hop } from './message';
import type { Token } from './received-tokens';

/** Reads the "by" clause of a Received field into the hop: the writer's name and address, its software, a local sender. */
export function readWriter(tokens: Token[], hop: Hop): void {
  const words = tokens.filter((token) => token.kind === 'word').map((token) => token.text);
  const [first] = words;
  if (first !== undefined) {
    hop.by = plainName(first);
    const read = readIp(first);
    hop.byIp = read !== null && 'ip' in read ? read.ip : null;
  }
  const uid = words.findIndex((word, i) => i > 0 && word.toLowerCase() === 'uid');
  if (uid > 0) {
    hop.local = true;
    hop.localUser = words[uid + 1] ?? null;
  }
  for (const token of tokens) {
    if (token.kind === 'comment') {
      readBrackets(token.text, hop);
    }
  }
}

/** What stands in brackets behind the writer's name: its address, its software, "Postfix, from userid 33". */
function readBrackets(text: string, hop: Hop): void {
  const last = text.slice(text.lastIndexOf(' ') + 1);
  const read =
    text.length < 300 && (last.includes('.') || last.includes(':')) && /[[:]|^\d+\.\d+\.\d+\.\d+$/.test(last) ? readIp(last) : null;
  if (read !== null && 'ip' in read) {
    hop.byIp ??= read.ip;
    return;
  }
  hop.software ??= text.length > 0 && text.length < 200 ? text.split(',', 1)[0]?.trim() || null : null;
  const at = text.indexOf('from userid ');
  if (at >= 0) {
    hop.local = true;
    hop.localUser = text.slice(at + 12).split(/[ ,)]/, 1)[0] || null;
  }
}

function plainName(text: string): string {
  return withoutDot(text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text);
}

/** A host name without the dot of its root, at most 255 characters. */
export function withoutDot(name: string): string {
  return (name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name).slice(0, 255);
}
