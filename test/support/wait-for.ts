import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks until there is an answer: anything but false, null or undefined. No test sleeps; it waits for what it wants to see.
 * @param what names the thing waited for, for the error
 * @param milliseconds the deadline; generous, since it is only met when the test fails
 * @throws Error with the last error of `ask`, if it threw
 */
export async function waitFor<T>(what: string, ask: () => T | Promise<T>, milliseconds = 20_000): Promise<NonNullable<T>> {
  const end = performance.now() + milliseconds;
  for (;;) {
    let failure: unknown;
    try {
      const answer = await ask();
      if (answer !== false && answer !== null && answer !== undefined) {
        return answer as NonNullable<T>;
      }
    } catch (error) {
      failure = error;
    }
    if (performance.now() > end) {
      throw new Error(`Waited ${milliseconds} ms for ${what}, in vain`, { cause: failure });
    }
    await sleep(25);
  }
}
