import { Inject, Injectable, Logger } from '@nestjs/common';
import { CONFIG, type Config } from '../platform/config/config';
import { Carrier, isTaken, LANES, laneOf, PLACES, RUSH_MS, type Carried, type Lane } from './carrier';
import { OutboxService } from './outbox.service';

/** No more ids than this wait in memory, however much is due: the sweep brings the others when it is their turn. */
const ENOUGH = 10_000;

/** A lane that has hardly more than this waiting will soon have places free. */
const FEW = 16;

/**
 * Works rows inside this process, each lane in places of its own. What a dead worker left is taken up at once; what was left twice is worked one at
 * a time, a lift first: what kills its worker takes others with it twice, and is then alone (F11).
 */
@Injectable()
export class InProcessCarrier extends Carrier {
  readonly name = 'in-process';
  private readonly log = new Logger('Outbox');
  private readonly waiting: Record<Lane, Map<string, Carried>> = { urgent: new Map(), inward: new Map(), outward: new Map() };
  /** the same, of what goes first: a dead worker left it, so that it has waited long enough, or it ends what was begun here a moment ago */
  private readonly ahead: Record<Lane, Map<string, Carried>> = { urgent: new Map(), inward: new Map(), outward: new Map() };
  private readonly busy: Record<Lane, number> = { urgent: 0, inward: 0, outward: 0 };
  /** what was left twice */
  private readonly suspect: Record<Lane, Map<string, Carried>> = { urgent: new Map(), inward: new Map(), outward: new Map() };
  private readonly working = new Set<Promise<void>>();
  /** one of those that were left twice is at work */
  private alone = false;
  /** when outward rows were begun in a rush, by the clock of this process */
  private toldAt = -Infinity;
  private stopped = false;
  private hungry: { lane: Lane; tell: (is: boolean) => void } | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly outbox: OutboxService,
  ) {
    super();
  }

  /** @param any also what this worker does not wait for */
  carry(rows: Carried[], any = false): Promise<void> {
    // A process that is no worker, or none of that kind, leaves its rows to those that are: their sweep finds them.
    if (this.config.ROLES.includes('worker') && !this.stopped) {
      rows.filter(({ job }) => any || isTaken(this.config.WORKER_TAKES, laneOf(job))).forEach((row) => this.take(row));
      this.pump();
    }
    return Promise.resolve();
  }

  /** Whether this process waits for work of that lane and has one of so many places free at this moment. */
  mayBegin(lane: Lane, places = PLACES[lane]): boolean {
    return this.config.ROLES.includes('worker') && !this.stopped && isTaken(this.config.WORKER_TAKES, lane) && this.busy[lane] + this.waiting[lane].size + this.ahead[lane].size < places;
  }

  healthy(): boolean {
    return true;
  }

  complaint(): string | null {
    return null;
  }

  async stop(milliseconds: number): Promise<void> {
    this.stopped = true;
    LANES.flatMap((lane) => [this.suspect[lane], this.ahead[lane], this.waiting[lane]]).forEach((rows) => rows.clear());
    this.hungry?.tell(true);
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
    await Promise.race([Promise.allSettled([...this.working]), limit]);
    clearTimeout(timer);
  }

  runsLow(lane: Lane, milliseconds: number): Promise<boolean> {
    return new Promise((low) => {
      const timer = setTimeout(() => this.hungry?.tell(false), milliseconds);
      this.hungry = {
        lane,
        tell: (is) => {
          clearTimeout(timer);
          this.hungry = null;
          low(is);
        },
      };
      this.tellHunger();
    });
  }

  private tellHunger(): void {
    if (this.hungry) {
      const { lane, tell } = this.hungry;
      const suspects = LANES.reduce((sum, each) => sum + this.suspect[each].size, 0);
      if (this.waiting[lane].size + this.ahead[lane].size + suspects <= FEW) {
        tell(true);
      }
    }
  }

  private take(row: Carried): void {
    const rows = (row.alone ? this.suspect : row.left || row.job === 'analyse-ticket' ? this.ahead : this.waiting)[laneOf(row.job)];
    if (rows.size < ENOUGH) {
      rows.set(row.id, row);
    }
  }

  private pump(): void {
    const lane = this.alone ? undefined : LANES.find((each) => this.suspect[each].size > 0);
    const suspect = lane && first(this.suspect[lane]);
    if (suspect) {
      this.alone = true;
      this.begin(suspect, () => (this.alone = false));
    }
    for (const lane of LANES) {
      for (let row, room = this.room(lane); room-- > 0 && (row = first(this.ahead[lane]) ?? first(this.waiting[lane])); ) {
        this.busy[lane]++;
        this.begin(row, () => this.busy[lane]--);
      }
    }
    this.tellHunger();
  }

  /** Rows of a lane that may begin now. */
  private room(lane: Lane): number {
    if (lane === 'outward' && this.waiting.inward.size + this.ahead.inward.size > 0) {
      // Many at once, and then none for a while: rows that are worked together share their statements. One that takes its time holds up no other.
      if (performance.now() < this.toldAt + RUSH_MS) {
        return 0;
      }
      this.toldAt = performance.now();
    }
    return PLACES[lane] - this.busy[lane];
  }

  private begin({ id, job }: Carried, ended: () => void): void {
    const work = this.outbox
      .work(id, true, laneOf(job) === 'urgent')
      .catch((error: Error) => this.log.warn(`${job}: ${error.message}; the sweep will try again`))
      .finally(() => {
        this.working.delete(work);
        ended();
        this.pump();
      });
    this.working.add(work);
  }
}

/** The row that has waited longest, which waits no more. */
function first(rows: Map<string, Carried>): Carried | undefined {
  for (const [id, row] of rows) {
    rows.delete(id);
    return row;
  }
  return undefined;
}
