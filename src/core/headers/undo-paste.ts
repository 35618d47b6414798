import { fieldWeight } from './known-fields';
import { isBlank, isFolded, lines, nameEnd } from './lines';
import { decoded, withColons, withoutEmphasis, withoutLineNumbers, withoutMailto, withoutSpoolMarks, withPlainBlanks } from './undo-markup';

/** One thing that copying does to headers, undone: the text, or null when it was not done to this text. */
export interface Repair {
  /** what was done, in words for the customer */
  says: string;
  /** it is taken also when it shows no more of the header than before */
  always?: boolean;
  apply: (text: string) => string | null;
}

/**
 * What browsers, mail programs and ticket systems do to pasted headers, in the order in which it is undone. All linear.
 * Most texts need none of them, so each first asks, by one quick search, whether it could find anything at all.
 */
export const REPAIRS: readonly Repair[] = [
  { says: 'decoded the text', always: true, apply: decoded },
  { says: 'removed invisible characters and no-break blanks', always: true, apply: withPlainBlanks },
  { says: 'took the fields out of a spool file of Exim', always: true, apply: withoutSpoolMarks },
  { says: 'turned written-out line breaks into line breaks', apply: unescapeBreaks },
  { says: 'took the text out of HTML', always: true, apply: fromHtml },
  { says: 'removed emphasis from the names', apply: (text) => { const plain = withoutEmphasis(text); return plain === null ? null : (withoutQuoteMarks(plain) ?? plain); } },
  { says: 'removed quote marks', apply: withoutQuoteMarks },
  { says: 'removed line numbers', apply: withoutLineNumbers },
  { says: 'turned table cells into fields', apply: withColons },
  { says: 'removed the indent', apply: withoutIndent },
  { says: 'removed blank lines between the fields', apply: withoutGaps },
  { says: 'put each field on its own line', apply: onOwnLines },
  { says: 'removed links around addresses', always: true, apply: withoutMailto },
];

/** Text that went through JSON or a log: "\r\n" written as characters. */
function unescapeBreaks(text: string): string | null {
  const written = text.split('\\n', 4).length - 1;
  return written < 3 || lines(text, 0, Math.min(text.length, 4_000)).length > 3
    ? null
    : text
        .replace(/\\r\\n|\\n|\\r/g, '\n')
        .replace(/\\t/g, '\t')
        .replace(/\\"/g, '"');
}

const ENTITY = /&(lt|gt|amp|quot|apos|nbsp|#\d{1,7}|#x[0-9a-f]{1,6});/gi;
const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ' };
const BREAKING_TAGS = /<(?:br|\/?(?:p|div|tr|li|pre|table|body|html|h\d|blockquote))\b[^<>]{0,500}>(?:\r?\n)?/gi;
const OTHER_TAGS = /<\/?(?:span|font|b|i|u|a|em|strong|td|th|tbody|code|tt|head|meta|style|wbr|ul|ol|img)\b[^<>]{0,500}>/gi;

/** Undoes HTML: tags that break lines become line breaks, other known tags go, entities become characters. "<user@host>" stays. */
export function fromHtml(text: string): string | null {
  const tagged = /<(?:br|div|p|pre|td|span|html|table)\b[^<>@]{0,500}>/i.test(text);
  if (!tagged && !/&(?:(?:amp;)?(?:lt|gt|quot|nbsp)|#\d{1,7}|#x[0-9a-f]{1,6});/i.test(text)) {
    return null;
  }
  const plain = (tagged ? text.replace(BREAKING_TAGS, '\n').replace(OTHER_TAGS, '') : text).replace(
    ENTITY,
    (whole, name: string) => character(name.toLowerCase()) ?? whole,
  );
  // escaped twice, on the way through two systems
  return /^(?:from|return-path|message-id)[ \t]*:[^\r\n]*&lt;/im.test(plain) ? plain.replace(ENTITY, (whole, name: string) => character(name.toLowerCase()) ?? whole) : plain;
}

function character(name: string): string | null {
  if (!name.startsWith('#')) {
    return NAMED[name] ?? null;
  }
  const code = name.startsWith('#x') ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
  return code >= 32 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? (code === 0xa0 ? ' ' : String.fromCodePoint(code)) : null;
}

/** Takes "> ", ">> " and "| " off the lines when several fields stand behind such marks. */
function withoutQuoteMarks(text: string): string | null {
  if (!/^[ \t\u00a0]{0,4}[>|]/m.test(text)) {
    return null;
  }
  let marked = 0;
  const out = lines(text).map((line) => {
    const start = afterMarks(text, line.start, line.end);
    if (start > line.start && weightAt(text, start, line.end) > 0) {
      marked++;
    }
    return text.slice(start, line.end);
  });
  return marked >= 2 ? out.join('\n') : null;
}

function afterMarks(text: string, start: number, end: number): number {
  let at = start;
  let after = start;
  for (let marks = 0; marks < 20; marks++) {
    while (at < end && at - after < 4 && isBlank(text, at, at + 1)) {
      at++;
    }
    const code = at < end ? text.charCodeAt(at) : 0;
    if (code !== 62 && code !== 124) {
      break;
    }
    // one blank belongs to the mark; more are the indent of a folded line
    at += at + 1 < end && text.charCodeAt(at + 1) === 32 ? 2 : 1;
    after = at;
  }
  return after;
}

/** Takes off the indent that most known fields stand behind. */
function withoutIndent(text: string): string | null {
  if (!/^[^\S\r\n]{1,200}[A-Za-z][\w-]{1,60}[ \t]{0,20}:/m.test(text)) {
    return null;
  }
  const all = lines(text);
  const counts = new Map<number, number>();
  for (const line of all) {
    const indent = indentOf(text, line.start, line.end);
    if (weightAt(text, line.start + indent, line.end) > 0) {
      counts.set(indent, (counts.get(indent) ?? 0) + 1);
    }
  }
  const [indent, fields] = [...counts].reduce((best, entry) => (entry[1] > best[1] ? entry : best), [0, 1]);
  return indent === 0 || fields < 2
    ? null
    : all.map((line) => text.slice(line.start + Math.min(indent, indentOf(text, line.start, line.end)), line.end)).join('\n');
}

function indentOf(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && (text.charCodeAt(at) <= 32 || text.charCodeAt(at) === 0xa0)) {
    at++;
  }
  return at - start;
}

/** Takes out single blank lines that stand between fields, when that is how the whole text is spaced. */
function withoutGaps(text: string): string | null {
  if (!/\n[ \t\u00a0]{0,200}\r?\n|\r[ \t\u00a0]{0,200}\r/.test(text)) {
    return null;
  }
  const all = lines(text);
  const drop = new Set<number>();
  let fields = 0;
  let inHeader = false;
  for (let i = 0; i < all.length; i++) {
    const line = all[i];
    const next = all[i + 1];
    if (!line) {
      break;
    }
    if (!isBlank(text, line.start, line.end)) {
      const field = weightAt(text, line.start, line.end) > 0;
      fields += field ? 1 : 0;
      inHeader = field || (inHeader && (isFolded(text, line.start) || nameEnd(text, line.start, line.end) > 0));
    } else if (
      inHeader &&
      next &&
      !isBlank(text, next.start, next.end) &&
      (isFolded(text, next.start) || weightAt(text, next.start, next.end) > 0)
    ) {
      drop.add(i);
    }
  }
  return drop.size >= 3 && drop.size * 3 >= fields
    ? all
        .filter((_, i) => !drop.has(i))
        .map((line) => text.slice(line.start, line.end))
        .join('\n')
    : null;
}

/** Breaks a text of very few lines before each well-known name that follows a blank. */
function onOwnLines(text: string): string | null {
  if (lines(text, 0, Math.min(text.length, 20_000)).length > 3) {
    return null;
  }
  const out = text
    .slice(0, 200_000)
    .replace(
      /[ \t](?=(?:Received|Message-ID|Return-Path|Delivered-To|DKIM-Signature|From|To|Subject|Date|MIME-Version|Content-Type|Reply-To|X-[A-Za-z-]{2,40}):[ \t])/gi,
      '\n',
    );
  return out.split('\n', 4).length > 3 ? out : null;
}

function weightAt(text: string, start: number, end: number): number {
  const colon = nameEnd(text, start, end);
  return colon < 0 ? 0 : fieldWeight(text.slice(start, colon).trimEnd().toLowerCase());
}
