import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../platform/clock';

const HOUR_MS = 3_600_000;
/** What people do by mistake stays far below so many within an hour; a list of addresses or of passwords that is tried does not. */
export const ANOMALOUS = 200;
/** What is watched, in the words of the alert. */
const WATCHED = { refused: 'tries were refused because there were too many', strangers: 'sign-in links were asked for with addresses that nobody has' } as const;
export type Watched = keyof typeof WATCHED;

/** Counts what an attack leaves behind in this process, and raises the alarm once an hour (T30). No address is kept: the log has them. */
@Injectable()
export class Anomalies {
  private readonly log = new Logger('Security');
  private readonly seen = new Map<Watched, { since: number; count: number }>();

  constructor(private readonly clock: Clock) {}

  note(what: Watched): void {
    const count = this.lately(what) + 1;
    if (count === 1) {
      this.seen.set(what, { since: this.clock.now().getTime(), count });
      return;
    }
    (this.seen.get(what) as { count: number }).count = count;
    if (count === ANOMALOUS) {
      this.log.error(`ALERT: ${count} ${WATCHED[what]}, within an hour. Somebody may be trying a list; docs/security.md says what to look at.`);
    }
  }

  /** How many within the hour that began with the first of them. */
  lately(what: Watched): number {
    const entry = this.seen.get(what);
    return entry && this.clock.now().getTime() - entry.since < HOUR_MS ? entry.count : 0;
  }

  /** For /metrics: one figure for each that is watched. */
  figures(): { what: Watched; value: number }[] {
    return (Object.keys(WATCHED) as Watched[]).map((what) => ({ what, value: this.lately(what) }));
  }
}
