import { FIXES } from './catalogue';

/** The codes once each, in the order in which they should be done: what stops the harm first, names and signatures next, style last. */
export function orderFixes(codes: readonly string[]): string[] {
  const wanted = new Set(codes);
  return FIXES.map((fix) => fix.code as string).filter((code) => wanted.has(code));
}
