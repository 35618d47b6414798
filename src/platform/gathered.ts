/** Milliseconds: a round waits no longer for the last of a crowd. */
const LATE_MS = 3;

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

export interface Manner {
  /** no round is larger; default 64 */
  atMost?: number;
  /** milliseconds: no round begins sooner after the one before it, so that more share it. Who asks alone still waits for nothing */
  restMs?: number;
  /** when a round begins that need not rest: after all that happens in this turn of the event loop (default), or, with `queueMicrotask`, before it */
  soon?: (begin: () => void) => unknown;
  /**
   * How a crowd that asks again and again is divided. `half`: a round takes half of those who are about, who wait and who were just answered. Where a question and its answer cost this
   * process as much as they cost the database, both are always at work then; else the rounds of a crowd are of any two sizes in turn, and while the larger one is under way this process
   * idles. `whole`: a round waits a moment for all of them, which is the cheapest way, and the right one where others want the processor meanwhile.
   */
  crowd?: () => 'half' | 'whole' | 'any';
}

/**
 * One round is under way at a time; whatever is asked meanwhile goes into the next, together. Who asks alone is served at once, and a crowd
 * pays one statement and one commit instead of one each.
 */
export class Gathered<A, R> {
  private waiting: Asked<A, R>[] = [];
  private flying = false;
  private began = -Infinity;
  private about = 0;
  private late: NodeJS.Timeout | undefined;
  private readonly manner: Required<Manner>;

  /** @param serve answers each of a round; when it throws, all of the round that were not answered yet fail with its error */
  constructor(
    private readonly serve: (round: Asked<A, R>[]) => Promise<void>,
    manner: Manner = {},
  ) {
    this.manner = { atMost: 64, restMs: 0, soon: setImmediate, crowd: () => 'any', ...manner };
  }

  ask(what: A): Promise<R> {
    return new Promise((done, failed) => {
      this.waiting.push({ what, done, failed });
      this.arm();
    });
  }

  private arm(): void {
    if (this.flying || this.waiting.length === 0) {
      return;
    }
    if (this.waiting.length < this.about && this.manner.crowd() === 'whole') {
      this.late ??= setTimeout(() => this.start(), LATE_MS);
    } else {
      this.start();
    }
  }

  private start(): void {
    clearTimeout(this.late);
    this.late = undefined;
    this.flying = true;
    const rest = this.began + this.manner.restMs - performance.now();
    if (rest > 0) {
      setTimeout(() => this.begin(), rest);
    } else {
      this.manner.soon(() => this.begin());
    }
  }

  private begin(): void {
    this.began = performance.now();
    const about = Math.max(this.about, this.waiting.length);
    const round = this.waiting.splice(0, Math.min(this.manner.atMost, this.manner.crowd() === 'half' ? Math.ceil(about / 2) : about));
    void this.serve(round)
      .catch((error: Error) => round.forEach(({ failed }) => failed(error)))
      .finally(() => {
        this.flying = false;
        this.about = round.length + this.waiting.length;
        this.arm();
      });
  }
}
