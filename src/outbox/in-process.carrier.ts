import { Inject, Injectable, Logger } from '@nestjs/common';
import { CONFIG, type Config } from '../platform/config/config';
import { Carrier, isUrgent, type Carried } from './carrier';
import { OutboxService } from './outbox.service';

/** Enough that those who ask the database at the same time share their statements. */
const AT_ONCE = 16;
/** No more ids than this wait in memory, however much is due: the sweep brings the others when it is their turn. */
const ENOUGH = 10_000;

/**
 * Works rows inside this process, at most sixteen at a time, urgent ones first. What a dead worker left is worked one at a time: what kills its
 * worker takes others with it once, and never the same ones again (F11).
 */
@Injectable()
export class InProcessCarrier extends Carrier {
  readonly name = 'in-process';
  private readonly log = new Logger('Outbox');
  private readonly waiting = new Map<string, Carried>();
  private readonly urgent = new Map<string, Carried>();
  private readonly left = new Map<string, Carried>();
  private readonly working = new Set<Promise<void>>();
  /** one of those that were left is at work */
  private alone = false;
  private stopped = false;

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
    this.left.clear();
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
    await Promise.race([Promise.allSettled([...this.working]), limit]);
    clearTimeout(timer);
  }

  private take(row: Carried): void {
    const lane = row.left ? this.left : isUrgent(row.job) ? this.urgent : this.waiting;
    if (lane.size < ENOUGH) {
      lane.set(row.id, row);
    }
  }

  private pump(): void {
    while (this.working.size < AT_ONCE) {
      const next = this.next();
      if (!next) {
        return;
      }
      this.alone ||= Boolean(next.left);
      const work = this.outbox
        .work(next.id)
        .catch((error: Error) => this.log.warn(`${next.job}: ${error.message}; the sweep will try again`))
        .finally(() => {
          this.working.delete(work);
          this.alone &&= !next.left;
          this.pump();
        });
      this.working.add(work);
    }
  }

  private next(): Carried | undefined {
    for (const lane of [...(this.alone ? [] : [this.left]), this.urgent, this.waiting]) {
      for (const [id, row] of lane) {
        lane.delete(id);
        return row;
      }
    }
    return undefined;
  }
}
