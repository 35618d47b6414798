/** One who asked, and who waits for an answer. */
export interface Asked<A, R> {
  what: A;
  done: (answer: R) => void;
  failed: (error: Error) => void;
}

/** Answers a round together; one bad row must not spoil the others: then each is asked alone, and each hears its own result. */
export async function orEachAlone<A, R>(round: Asked<A, R>[], serve: (some: Asked<A, R>[]) => Promise<void>): Promise<void> {
  try {
    await serve(round);
  } catch (error) {
    if (round.length === 1) {
      throw error;
    }
    for (const one of round) {
      await serve([one]).catch(one.failed);
    }
  }
}

/**
 * One round is under way at a time; whatever is asked meanwhile goes into the next, together. Who asks alone is served at once, and a crowd
 * pays one statement and one commit instead of one each.
 */
export class Gathered<A, R> {
  private waiting: Asked<A, R>[] = [];
  private flying = false;
  private began = -Infinity;

  /**
   * @param serve answers each of a round; when it throws, all of the round that were not answered yet fail with its error
   * @param restMs no round begins sooner after the one before it: more share it. Who asks alone still waits for nothing
   * @param soon when a round begins that need not rest: after all that happens in this turn of the event loop, or, with `queueMicrotask`, before it
   */
  constructor(
    private readonly serve: (round: Asked<A, R>[]) => Promise<void>,
    private readonly atMost = 64,
    private readonly restMs = 0,
    private readonly soon: (begin: () => void) => unknown = setImmediate,
  ) {}

  ask(what: A): Promise<R> {
    return new Promise((done, failed) => {
      this.waiting.push({ what, done, failed });
      this.arm();
    });
  }

  private arm(): void {
    if (!this.flying && this.waiting.length > 0) {
      this.flying = true;
      const rest = this.began + this.restMs - performance.now();
      if (rest > 0) {
        setTimeout(() => this.begin(), rest);
      } else {
        this.soon(() => this.begin());
      }
    }
  }

  private begin(): void {
    this.began = performance.now();
    const round = this.waiting.splice(0, this.atMost);
    void this.serve(round)
      .catch((error: Error) => round.forEach(({ failed }) => failed(error)))
      .finally(() => {
        this.flying = false;
        this.arm();
      });
  }
}
