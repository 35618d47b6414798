/** One who asked, and who waits for an answer. */
export interface Asked<A, R> {
  what: A;
  done: (answer: R) => void;
  failed: (error: Error) => void;
}

/**
 * One round is under way at a time; whatever is asked meanwhile goes into the next, together. No timer: who asks alone is served at once, and a
 * crowd pays one statement and one commit instead of one each.
 */
export class Gathered<A, R> {
  private waiting: Asked<A, R>[] = [];
  private flying = false;

  /** @param serve answers each of a round; when it throws, all of the round that were not answered yet fail with its error */
  constructor(
    private readonly serve: (round: Asked<A, R>[]) => Promise<void>,
    private readonly atMost = 64,
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
      setImmediate(() => {
        const round = this.waiting.splice(0, this.atMost);
        void this.serve(round)
          .catch((error: Error) => round.forEach(({ failed }) => failed(error)))
          .finally(() => {
            this.flying = false;
            this.arm();
          });
      });
    }
  }
}
