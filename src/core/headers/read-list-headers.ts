import { afterComment } from './comments';
import type { Field } from './message';

/** What a message says about getting off the list it came from (RFC 2369, RFC 2919, RFC 8058). */
export interface ListHeaders {
  /** null when the field is absent */
  unsubscribe: { field: Field; uris: string[] } | null;
  /** `oneClick`: the value is exactly "List-Unsubscribe=One-Click" (RFC 8058 §3.1) */
  unsubscribePost: { field: Field; oneClick: boolean } | null;
  /** List-ID without its description, lower case */
  id: string | null;
}

/** Reads the List fields. Of a repeated field the first counts. URIs are given as written, in order, at most 20; none is ever opened. */
export function readListHeaders(fields: readonly Field[]): ListHeaders {
  const unsubscribe = fields.find((field) => field.key === 'list-unsubscribe');
  const post = fields.find((field) => field.key === 'list-unsubscribe-post');
  const id = fields.find((field) => field.key === 'list-id');
  return {
    unsubscribe: unsubscribe ? { field: unsubscribe, uris: uris(unsubscribe.value) } : null,
    unsubscribePost: post ? { field: post, oneClick: post.value.replace(/\s/g, '').toLowerCase() === 'list-unsubscribe=one-click' } : null,
    id: id ? listId(id.value) : null,
  };
}

/** URIs in angle brackets; blanks inside come from folding and are dropped (RFC 2369 §2). */
function uris(value: string): string[] {
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

function listId(value: string): string | null {
  const open = value.lastIndexOf('<');
  const inner = open < 0 ? value : (value.slice(open + 1).split('>', 1)[0] ?? '');
  return inner.trim().toLowerCase().slice(0, 255) || null;
}
