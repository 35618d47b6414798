import { afterComment } from './comments';

/** URIs of a List field as written, in order, at most 20: in angle brackets, outside comments; blanks inside come from folding and are dropped (RFC 2369 §2). None is ever opened. */
export function readListUris(value: string): string[] {
  const text = value.slice(0, 16_000);
  const found: string[] = [];
  for (let at = 0; at < text.length && found.length < 20;) {
    const char = text.charAt(at);
    if (char === '(') {
      at = afterComment(text, at);
    } else if (char === '<') {
      const close = text.indexOf('>', at);
      const end = close < 0 ? text.length : close;
      const uri = text.slice(at + 1, end).replace(/\s/g, '');
      if (uri !== '') {
        found.push(uri);
      }
      at = end + 1;
    } else {
      at++;
    }
  }
  return found;
}
