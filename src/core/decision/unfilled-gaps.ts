import ipaddr from 'ipaddr.js';
import { leftPlaceholders } from './canned-part';

/**
 * What was left open in a statement: words in square brackets of any script, such as [what the mail was], and names of canned parts that
 * nobody filled, such as {address}. An address literal or a number in brackets is none.
 * @param filledLater names that are filled for each ticket before it is sent
 */
export function unfilledGaps(statement: string, filledLater: readonly string[] = []): string[] {
  const text = statement.slice(0, 20_000);
  const gaps = (text.match(/\[[^[\]]{1,400}\]/g) ?? []).filter((gap) => /\p{L}/u.test(gap) && !ipaddr.isValid(gap.slice(1, -1).replace(/^IPv6:/i, '')));
  const names = leftPlaceholders(text).filter((mark) => !filledLater.includes(mark.slice(1, -1)));
  return [...new Set([...gaps, ...names])];
}
