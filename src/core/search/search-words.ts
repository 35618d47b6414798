/** A longer run of letters and digits is no word that anybody types. */
const LONGEST = 100;
/** What may have been packed to go through mail (RFC 2045, section 6.8): signatures, keys, attachments. A Message-ID may look like it, and has an @. */
const PERHAPS_PACKED = /(?<![^\s;<>"(),=])[A-Za-z0-9+/]{40,}={0,2}(?![^\s;<>"(),])/g;

/**
 * The words of a text in their order, as they are kept and as they are asked for: runs of letters and digits in small letters. Signs between them only
 * separate, so none has a meaning of its own. Letters that look alike are one (NFKC), and what is not seen (soft hyphens, marks of direction) parts no word.
 */
export function searchWords(text: string): string[] {
  const plain = isPlain(text) ? text.toLowerCase() : text.normalize('NFKC').replace(/\p{Cf}/gu, '').toLowerCase();
  return (plain.match(isPlain(plain) ? /[a-z0-9]+/g : /[\p{L}\p{N}\p{M}]+/gu) ?? []).filter((word) => word.length <= LONGEST);
}

/** A text without what only machines read in it: nobody looks for a signature by its letters, and there are more of them than words. */
export const withoutPacked = (text: string): string => text.replace(PERHAPS_PACKED, (piece) => (/[a-z]/.test(piece) && /[A-Z]/.test(piece) && /[0-9]/.test(piece) ? ' ' : piece));

/** Nothing beyond ASCII. */
const isPlain = (text: string): boolean => !/[\u0080-\uffff]/.test(text);
