/** A word of a search as a tsquery writes it, and in how many tickets it stands, about. */
export interface Counted {
  word: string;
  count: number;
}

/** What stands in more than this part of all tickets tells few of them apart, and the index has to go through an entry for each. */
const EVERYWHERE = 1 / 4;

/**
 * The words that the index is asked for: all but those that stand everywhere, such as the end of a domain that every customer has. Those are looked for in
 * what the others find, which is four times as much at most where words are independent of each other.
 * @param total all tickets
 * @returns also in how many tickets all of the words stand together, were they independent
 */
export function tellingWords(words: readonly Counted[], total: number): { telling: string[]; together: number } {
  const telling = words.filter(({ count }) => count <= total * EVERYWHERE).map(({ word }) => word);
  const together = words.reduce((left, { count }) => left * Math.min(1, count / Math.max(1, total)), total);
  return { telling: telling.length > 0 ? telling : words.map(({ word }) => word), together };
}
