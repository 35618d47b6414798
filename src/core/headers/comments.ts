/** Position behind the comment that begins at `at` (RFC 5322 §3.2.2: nested, backslash quotes). An unclosed comment reaches to `end`. */
export function afterComment(text: string, at: number, end = text.length): number {
  let depth = 0;
  for (let i = at; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 92) {
      i++;
    } else if (code === 40) {
      depth++;
    } else if (code === 41 && --depth === 0) {
      return i + 1;
    }
  }
  return end;
}

/** Position behind the quoted string that begins at `at`; an unclosed one reaches to `end`. */
export function afterQuoted(text: string, at: number, end = text.length): number {
  for (let i = at + 1; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 92) {
      i++;
    } else if (code === 34) {
      return i + 1;
    }
  }
  return end;
}

/** What a quoted string says: without its quotes and backslashes. Text that is not one quoted string as a whole comes back as it is. */
export function unquote(text: string): string {
  if (text.charCodeAt(0) !== 34 || afterQuoted(text, 0) < text.length) {
    return text;
  }
  const inner = text.slice(1, text.length > 1 && text.endsWith('"') ? -1 : undefined);
  return inner.includes('\\') ? inner.replace(/\\(.)/gs, '$1') : inner;
}
