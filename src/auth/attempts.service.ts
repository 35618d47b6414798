import { Injectable } from '@nestjs/common';
import { Clock } from '../platform/clock';
import { TooMany } from '../platform/http/errors';
import { Anomalies } from './anomalies.service';

/** Tries per name and time, in memory: enough to make guessing pointless, and nothing to clean up. */
@Injectable()
export class Attempts {
  private readonly seen = new Map<string, { count: number; until: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly anomalies: Anomalies,
  ) {}

  /** Counts one try. @throws TooMany when `limit` tries were made within `seconds` */
  count(what: string, limit: number, seconds: number): void {
    const now = this.clock.now().getTime();
    const entry = this.seen.get(what);
    if (!entry || entry.until <= now) {
      this.forget(now);
      this.seen.set(what, { count: 1, until: now + seconds * 1000 });
    } else if (entry.count >= limit) {
      this.anomalies.note('refused');
      throw new TooMany('Wait a little and try again.', Math.ceil((entry.until - now) / 1000));
    } else {
      entry.count += 1;
    }
  }

  /** What was counted was no guess: a person who signs in often is not shut out, and nobody else's tries are forgotten by it. */
  takeBack(what: string): void {
    const entry = this.seen.get(what);
    if (entry && entry.count > 0) {
      entry.count -= 1;
    }
  }

  /** Bounded: what has run out goes first, then the oldest. */
  private forget(now: number): void {
    if (this.seen.size < 10_000) {
      return;
    }
    for (const [key, entry] of this.seen) {
      if (entry.until <= now || this.seen.size >= 10_000) {
        this.seen.delete(key);
      }
    }
  }
}
