/** A share and the range in which it truly lies, all between 0 and 1. */
export interface Share {
  rate: number;
  low: number;
  high: number;
}

/** Two-sided 95 % of the normal distribution. */
const Z = 1.959964;

/**
 * How many of `of` were `hits`, with the 95 % score interval of Wilson (1927): it stays between 0 and 1 and is honest about small
 * numbers, so that "1 of 1" does not stand above "31 of 58". Null when there is nothing to count.
 */
export function wilson(hits: number, of: number): Share | null {
  if (of <= 0) {
    return null;
  }
  const rate = hits / of;
  const spread = (Z * Z) / of;
  const middle = (rate + spread / 2) / (1 + spread);
  const half = (Z / (1 + spread)) * Math.sqrt((rate * (1 - rate)) / of + spread / (4 * of));
  return { rate, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}
