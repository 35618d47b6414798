import { fieldWeight } from './known-fields';
import { quotedPrintable } from './quoted-printable';

const isKnown = (name: string): boolean => fieldWeight(name.trimEnd().toLowerCase()) > 0;
const LONGEST_ENCODED = 400_000;

/** "**Received:** from …", as editors and ticket systems write names in bold, and the wide colon of Asian keyboards. */
export function withoutEmphasis(text: string): string | null {
  if (!/[*_][ \t]?[:：]|[:：][*_]|：/.test(text)) {
    return null;
  }
  let found = 0;
  const out = text.replace(/^((?:[>|] ?){0,9})[*_]{0,3}([A-Za-z][A-Za-z0-9-]{1,60})(?:([*_]{1,3})[ \t]?[:：]|[:：]([*_]{1,3})|：)[ \t]?/gm, (whole, quoted: string, name: string) => {
    found += isKnown(name) ? 1 : 0;
    return isKnown(name) ? `${quoted}${name}: ` : whole;
  });
  return found >= 2 ? out : null;
}

/** Line numbers of an editor, when every line has one. */
export function withoutLineNumbers(text: string): string | null {
  if (!/^\s{0,200}\d/.test(text)) {
    return null;
  }
  const all = text.split(/\r\n|\n|\r/);
  const written = all.filter((line) => line.trim() !== '');
  return written.length >= 3 && written.every((line) => /^[ \t]{0,6}\d{1,5}(?:[:.|)]|[ \t]|$)/.test(line)) ? all.map((line) => line.replace(/^[ \t]{0,6}\d{1,5}[:.|)]?[ \t]{0,2}/, '')).join('\n') : null;
}

/** Rows of a table: the name, a tab, the value. */
export function withColons(text: string): string | null {
  if (!text.includes('\t')) {
    return null;
  }
  let found = 0;
  const out = text.replace(/^([A-Za-z][A-Za-z0-9-]{1,60})\t[ \t]*(?=\S)/gm, (whole, name: string) => {
    found += isKnown(name) ? 1 : 0;
    return isKnown(name) ? `${name}: ` : whole;
  });
  return found >= 2 ? out : null;
}

/** "<mailto:a@b>" and "a@b<mailto:a@b>", as Outlook copies addresses. Links of List fields are left alone. */
export function withoutMailto(text: string): string | null {
  const out = text.replace(/^(?:message-id|from|to|cc|return-path|sender|reply-to|in-reply-to|references|date|subject)[ \t]*:[^\r\n]*<mailto:[^\r\n]*/gim, (line) =>
    line.replace(/<([^\s<>]{3,250})<mailto:\1>>/g, '<$1>').replace(/([^\s<>"]{3,250})<mailto:\1>/g, '$1').replace(/<mailto:([^\s<>?]{3,500})>/g, '<$1>'),
  );
  return out === text ? null : out;
}

/** The source of a part: quoted-printable with its soft line breaks, or one block of base64. Only the beginning, which is where a header stands. */
export function decoded(text: string): string | null {
  const source = text.slice(0, LONGEST_ENCODED);
  const [head = ''] = source.split(/\r?\n[ \t]*\r?\n/, 1); // a body may well be encoded where the header is not
  if (/=\r?\n/.test(head) && /=(?:3D|20|09)/i.test(head) && !head.includes('=?')) {
    return Buffer.from(quotedPrintable(source), 'latin1').toString('utf8');
  }
  return source.length >= 100 && /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(source) && !/[^\S\r\n]/.test(source.trim()) ? Buffer.from(source, 'base64').toString('utf8') : null;
}

/** Blanks that do not break, as web pages are copied, and characters without width, which chats put in front of lines. */
export function withPlainBlanks(text: string): string | null {
  return /[\u00a0\u200b-\u200d\u2060\ufeff]/.test(text) ? text.replace(/[\u200b-\u200d\u2060\ufeff]/g, '').replaceAll('\u00a0', ' ') : null;
}

/** The header file of Exim's spool, as `exim -Mvh` shows it: before each field its length and a letter for its kind ("036F From: ..."). */
export function withoutSpoolMarks(text: string): string | null {
  const out = text.replace(/^\d{3,5}[A-Z* ] (?=[!-9;-~]{1,76}:)/gm, '');
  return text.length - out.length >= 10 ? out : null;
}
