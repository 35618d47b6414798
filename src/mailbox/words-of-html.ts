const SKIPPED = ['script', 'style', 'head', 'title', 'template'];
const BREAKS = new Set(['br', 'p', 'div', 'tr', 'li', 'ul', 'ol', 'table', 'pre', 'blockquote', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr']);
/** Where a mark, an end mark or a comment begins; any other "<" is a word. */
const MARK = /<(?=[a-z/!])/gi;
const NAMED: Record<string, string> = { nbsp: ' ', amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The words of an HTML part, for reading only: marks removed, entities put back. One pass; nothing of it is ever shown as HTML. */
export function wordsOfHtml(html: string): string {
  const folded = html.toLowerCase();
  // A few letters change their length with their case, and then positions would not agree.
  const lower = folded.length === html.length ? folded : html;
  const out: string[] = [];
  let at = 0;
  while (at < html.length) {
    MARK.lastIndex = at;
    const open = MARK.exec(html)?.index ?? html.length;
    out.push(html.slice(at, open));
    at = open < html.length ? afterMark(html, lower, open, out) : open;
  }
  return out.join('').replace(/&(?:(nbsp|amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\da-f]{1,6}));/gi, (_, name?: string, decimal?: string, hex?: string) => (name ? (NAMED[name.toLowerCase()] ?? ' ') : character(decimal ? Number(decimal) : parseInt(hex ?? '', 16))));
}

function afterMark(html: string, lower: string, open: number, out: string[]): number {
  if (lower.startsWith('<!--', open)) {
    const end = html.indexOf('-->', open + 4);
    return end < 0 ? html.length : end + 3;
  }
  const name = /^\/?([a-z][a-z0-9]*)?/.exec(lower.slice(open + 1, open + 16)) ?? [''];
  if (SKIPPED.includes(name[0])) {
    const end = lower.indexOf(`</${name[0]}`, open);
    return end < 0 ? html.length : end;
  }
  if (BREAKS.has(name[1] ?? '')) {
    out.push('\n');
  }
  const close = html.indexOf('>', open);
  return close < 0 ? html.length : close + 1;
}

function character(code: number): string {
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff) ? String.fromCodePoint(code) : '\uFFFD';
}
