import type { NocAnswer, NocError } from './noc.driver';

/** Failures that say that the NOC as a whole is in trouble. */
const TROUBLE: readonly NocError[] = ['timeout', 'unreachable', 'failed', 'busy'];
const OPENS_AFTER = 8;
const CLOSED_AGAIN_MS = 2_000;

/**
 * Spares a NOC that is down: after eight failures in a row every call is answered here, without being made, for two
 * seconds; then one call tries it out.
 */
export class Breaker {
  private failures = 0;
  private openUntil = 0;

  /** @param now milliseconds */
  async ask<T>(now: number, call: () => Promise<NocAnswer<T>>): Promise<NocAnswer<T>> {
    if (now < this.openUntil) {
      return { ok: false, error: 'busy', detail: 'the NOC has not answered for a while and is left alone', retryAfterSeconds: Math.ceil((this.openUntil - now) / 1000) };
    }
    if (this.failures >= OPENS_AFTER) {
      this.openUntil = now + CLOSED_AGAIN_MS; // others wait while this one tries it out
    }
    const answer = await call();
    if (answer.ok || !TROUBLE.includes(answer.error)) {
      this.failures = 0;
      this.openUntil = 0;
    } else if (++this.failures >= OPENS_AFTER) {
      this.openUntil = now + CLOSED_AGAIN_MS;
    }
    return answer;
  }
}
