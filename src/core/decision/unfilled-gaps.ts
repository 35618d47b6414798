import ipaddr from 'ipaddr.js';

/**
 * The gaps of canned parts that were left in a statement: words in square brackets, such as [what the mail was]. An address
 * literal or a number in brackets is none.
 */
export function unfilledGaps(statement: string): string[] {
  const found = statement.slice(0, 20_000).match(/\[[^[\]\n]{1,120}\]/g) ?? [];
  return [...new Set(found.filter((gap) => /[a-z]/i.test(gap) && !ipaddr.isValid(gap.slice(1, -1).replace(/^IPv6:/i, ''))))];
}
