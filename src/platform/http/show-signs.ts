/** Signs that turn the direction of what follows, or that nobody sees; joiners only inside of Latin words, where they join nothing. */
const SIGNS = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]|(?<=[A-Za-z0-9.@-])[\u200c\u200d](?=[A-Za-z0-9.@-])/u;
/** The cheap question first: nearly every page has none. */
const ANY = /[\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/;
const ALL = new RegExp(SIGNS.source, 'gu');
/** What is no text of the page (tags), and what has to stay as it was typed (boxes); of a title only the signs are left out. */
const PIECES = new RegExp(`<textarea[\\s>][\\s\\S]*?</textarea>|<pre class="copyable"[\\s\\S]*?</pre>|<(?:title|option)[\\s>][\\s\\S]*?</(?:title|option)>|<[^>]*>|${SIGNS.source}`, 'giu');

const codeOf = (sign: string): string => `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** The same with the signs of its text named; its attributes stay, they are sent back. */
const textOf = (element: string): string => element.replace(/(?<=>)[^<]*/, (text) => text.replace(ALL, codeOf));

/**
 * Makes visible in a finished page what a name, a subject or a note from outside may hide: a sign that turns the reading direction
 * reaches the eye as its code, wherever it was printed (T22). Boxes keep what was typed.
 */
export function showSigns(html: string): string {
  return ANY.test(html)
    ? html.replace(PIECES, (piece) => (piece.startsWith('<') ? (/^<(title|option)/i.test(piece) ? textOf(piece) : piece) : `<abbr class="sign" title="A sign that is not seen">${codeOf(piece)}</abbr>`))
    : html;
}
