/** Bounds of the reading: headers are hostile input, and what is longer serves no claim. */
export const LIMITS = {
  /** characters of one header block, in at most 6,000 lines */
  headers: 256 * 1024,
  /** fields of one header block */
  fields: 2_000,
  /** Received fields that are read, newest first; a message of 100 is a loop (RFC 5321 §6.3) */
  hops: 300,
  /** characters of one line; RFC 5322 §2.1.1 allows 998 */
  line: 16 * 1024,
} as const;

export type Limit = keyof typeof LIMITS;
