import type { NocAnswer, NocError } from '../noc/noc.driver';

/** Answers that may be better a moment later. One that did not come costs its whole time limit, and one that was refused stays refused. */
const PASSING: readonly NocError[] = ['failed', 'busy'];

/**
 * A reading that the NOC failed to give is asked for once more, at once: a step of a lift needs two good ones, and one error in ten calls would send
 * one lift in five into a pause. A NOC that says when to come again is left alone until then. Never for an order: that one may have acted.
 */
export async function readTwice<T>(read: () => Promise<NocAnswer<T>>): Promise<NocAnswer<T>> {
  const first = await read();
  return first.ok || !PASSING.includes(first.error) || first.retryAfterSeconds !== undefined ? first : read();
}
