import { Inject, Injectable, Logger } from '@nestjs/common';
import { CONFIG, type Config } from '../platform/config/config';
import { Carrier, isUrgent, type Carried } from './carrier';
import { OutboxService } from './outbox.service';

/** Enough that those who ask the database at the same time share their statements. */
const AT_ONCE = 16;
/** So many more places are there for what is urgent alone: sixteen mails to a server that takes its time must not hold up a lift. */
const URGENT = 16;
/** No more ids than this wait in memory, however much is due: the sweep brings the others when it is their turn. */
const ENOUGH = 10_000;

/**
 * Works rows inside this process, at most sixteen at a time, urgent ones first and in places of their own. What a dead worker left is taken up at
 * once; what was left twice is worked one at a time: what kills its worker takes others with it twice, and is then alone (F11).
 */
@Injectable()
export class InProcessCarrier extends Carrier {
  readonly name = 'in-process';
  private readonly log = new Logger('Outbox');
  private readonly waiting = new Map<string, Carried>();
  private readonly urgent = new Map<string, Carried>();
  private readonly suspect = new Map<string, Carried>();
  private readonly working = new Set<Promise<void>>();
  /** one of those that were left twice is at work */
  private alone = false;
  private stopped = false;
  private hungry: ((is: boolean) => void) | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly outbox: OutboxService,
  ) {
    super();
  }

  carry(rows: Carried[]): Promise<void> {
    // A process that is no worker leaves its rows to those that are: their sweep finds them.
    if (this.config.ROLES.includes('worker') && !this.stopped) {
      rows.forEach((row) => this.take(row));
      this.pump();
    }
    return Promise.resolve();
  }

  healthy(): boolean {
    return true;
  }

  complaint(): string | null {
    return null;
  }

  async stop(milliseconds: number): Promise<void> {
    this.stopped = true;
    this.waiting.clear();
    this.urgent.clear();
    this.suspect.clear();
    this.hungry?.(true);
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
    await Promise.race([Promise.allSettled([...this.working]), limit]);
    clearTimeout(timer);
  }

  runsLow(milliseconds: number): Promise<boolean> {
    return new Promise((low) => {
      const timer = setTimeout(() => this.hungry?.(false), milliseconds);
      this.hungry = (is) => {
        clearTimeout(timer);
        this.hungry = null;
        low(is);
      };
      this.tellHunger();
    });
  }

  private tellHunger(): void {
    if (this.waiting.size + this.urgent.size + this.suspect.size <= AT_ONCE) {
      this.hungry?.(true);
    }
  }

  private take(row: Carried): void {
    const lane = row.alone ? this.suspect : isUrgent(row.job) ? this.urgent : this.waiting;
    if (lane.size < ENOUGH) {
      lane.set(row.id, row);
    }
  }

  private pump(): void {
    for (let next = this.next(); next; next = this.next()) {
      const { id, job, alone = false } = next;
      this.alone ||= alone;
      const work = this.outbox
        .work(id, true, isUrgent(job))
        .catch((error: Error) => this.log.warn(`${job}: ${error.message}; the sweep will try again`))
        .finally(() => {
          this.working.delete(work);
          this.alone &&= !alone;
          this.pump();
        });
      this.working.add(work);
    }
    this.tellHunger();
  }

  private next(): Carried | undefined {
    const room = AT_ONCE - this.working.size;
    const lanes = room > 0 ? [...(this.alone ? [] : [this.suspect]), this.urgent, this.waiting] : room > -URGENT ? [this.urgent] : [];
    for (const lane of lanes) {
      for (const [id, row] of lane) {
        lane.delete(id);
        return row;
      }
    }
    return undefined;
  }
}
