import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { CONFIG, type Config } from '../platform/config/config';
import { crashPoint } from '../platform/crash-points';
import { Transactions } from '../platform/database/transactions';
import { Rounds } from '../platform/rounds';
import { Carrier, isTaken, LANES, laneOf, type Carried, type Lane } from './carrier';
import { InProcessCarrier } from './in-process.carrier';
import { OutboxService } from './outbox.service';

const EVERY_MS = 1000;
/** So many rows of a lane are looked up at once; as long as there are more, the next look comes when these are nearly done. */
const AT_ONCE = { bull: 2000, 'in-process': 500 };
/** Of its own work a process begins so many rows of a lane before it offers them to others: as many as Bull's places here. */
const AT_HAND = 16;
/** What is at work when the process stops has so long to end; the process itself is gone 25 s after the signal (start.ts). */
const WORK_MS = 18_000;
/** A row that a Redis which looks well has not delivered for so long, or that no worker of its kind has taken, is worked here; so many at once. */
const [OVERDUE_SECONDS, OVERDUE] = [5, 100];
/** A worker for lifts takes other work much later and little of it: in a rush that waits for long, and lifts are to be kept out of it. */
const [LONG_OVERDUE_SECONDS, A_FEW] = [30, 5];

/** One loop: woken after each commit of this process for what is fresh, and once a second for what nobody woke. */
@Injectable()
export class Sweep implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Outbox');
  private readonly rounds = new Rounds('Overdue jobs', EVERY_MS, () => this.sweep());
  private fresh: Carried[] = [];
  private stopped = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly outbox: OutboxService,
    private readonly carrier: Carrier,
    private readonly here: InProcessCarrier,
    private readonly transactions: Transactions,
  ) {}

  onApplicationBootstrap(): void {
    this.transactions.afterCommit((tx) => this.ring(this.outbox.freshOf(tx)));
    this.log.log(`Work is carried ${this.carrier.name === 'bull' ? 'by Bull on Redis' : 'inside the process (no REDIS_URL)'}.`);
    if (this.config.ROLES.includes('worker')) {
      this.rounds.begin();
    }
  }

  /** Carries what was just committed. Cheap: it never waits for the answer. */
  ring(all: Carried[]): void {
    const rows = this.outbox.heard ? all : all.filter(({ job }) => job !== 'tell-noc');
    if (rows.length === 0 || this.stopped) {
      return;
    }
    crashPoint('outbox.doorbell');
    // A lift that this process may carry through itself begins before the answer is written: no other would begin it sooner.
    const others = rows.filter((row) => laneOf(row.job) !== 'urgent' || !this.begins(row));
    if (others.length === 0) {
      return;
    }
    if (this.fresh.length === 0) {
      setImmediate(() => {
        const fresh = this.fresh;
        this.fresh = [];
        // Through Redis goes what other processes are to do, or may do because enough of it is at work here.
        const sent = this.carrier.name === 'bull' ? fresh.filter((row) => !this.begins(row, AT_HAND)) : fresh;
        void this.carrier.carry(sent).catch((error: Error) => this.log.warn(error.message));
      });
    }
    this.fresh.push(...others);
  }

  /** Begins a row in this process, if it takes such work and has a place free. */
  private begins(row: Carried, places?: number): boolean {
    const may = this.here.mayBegin(laneOf(row.job), places);
    if (may) {
      void this.here.carry([row]);
    }
    return may;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    const swept = this.rounds.end();
    // The carrier before the last sweep is waited for: it may be waiting for the carrier.
    await this.carrier.stop(WORK_MS);
    await swept;
  }

  private async sweep(): Promise<{ pauseMs: number } | void> {
    const { name } = this.carrier;
    const { WORKER_TAKES: takes } = this.config;
    const most = (lane: Lane): number => (isTaken(takes, lane) ? AT_ONCE[name] : 0);
    const due = await this.outbox.due({ lifts: most('urgent'), rest: most('inward') });
    if (due.length === 0 && takes === 'all') {
      return;
    }
    // What a dead worker left goes through no Redis: nobody there would know which of it has to be alone.
    await this.here.carry(due.filter(({ left }) => left), true);
    const rest = due.filter(({ left }) => !left);
    if (name === 'bull') {
      const low = { urgent: true, inward: await this.carrier.runsLow('inward', 0), outward: await this.carrier.runsLow('outward', 0) } satisfies Record<Lane, boolean>;
      await this.carrier.carry(rest.filter(({ job }) => low[laneOf(job)]));
    } else {
      // Other processes look at the same rows: whoever begins elsewhere meets nobody.
      const from = Math.floor(Math.random() * rest.length);
      await this.carrier.carry([...rest.slice(from), ...rest.slice(0, from)]);
    }
    if (name === 'bull' || takes !== 'all') {
      await this.here.carry(await this.outbox.due({ lifts: OVERDUE, rest: takes === 'lifts' ? 0 : OVERDUE }, OVERDUE_SECONDS), true);
    }
    if (takes === 'lifts') {
      await this.here.carry(await this.outbox.due({ lifts: 0, rest: A_FEW }, LONG_OVERDUE_SECONDS), true);
    }
    // There is more of a lane than was looked up: the next look comes when its rows are nearly done, or in a second when they wait for others.
    const more = LANES.find((lane) => rest.filter(({ job }) => laneOf(job) === lane).length >= AT_ONCE[name]);
    if (!more) {
      return;
    }
    await this.carrier.runsLow(more, EVERY_MS);
    return { pauseMs: 0 };
  }
}
