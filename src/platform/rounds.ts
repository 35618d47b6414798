import { Logger } from '@nestjs/common';

/** What has just failed is not tried again at once: a database that is away would be asked, and told of in the log, twice a second. */
const AFTER_FAILURE_MS = 2_000;

/**
 * One piece of work, again and again: the next round begins a pause after the last has ended, so a slow one never overlaps itself. A round that
 * fails is told in the log and tried again. What is found by rounds is in the database: a process that dies in one leaves it to the next.
 */
export class Rounds {
  private readonly log: Logger;
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  /**
   * @param what name in the log, and the beginning of the sentence that tells of a failure, in the plural: "Deadlines"
   * @param everyMs pause between two rounds, in milliseconds
   * @param work one round; may answer with another pause than usual
   */
  constructor(
    private readonly what: string,
    private readonly everyMs: number,
    private readonly work: () => Promise<{ pauseMs: number } | void>,
  ) {
    this.log = new Logger(what);
  }

  begin(): void {
    this.after(this.everyMs);
  }

  /** No further round begins. Resolves when the one at work has ended. */
  async end(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.running;
  }

  private after(pauseMs: number): void {
    this.timer = setTimeout(() => {
      this.running = this.round().then((pause) => {
        if (!this.stopped) {
          this.after(pause);
        }
      });
    }, pauseMs);
    this.timer.unref();
  }

  private async round(): Promise<number> {
    try {
      return (await this.work())?.pauseMs ?? this.everyMs;
    } catch (error) {
      this.log.warn(`${this.what} wait for the next round: ${(error as Error).message}`);
      return Math.max(this.everyMs, AFTER_FAILURE_MS);
    }
  }
}
