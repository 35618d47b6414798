import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../clock';
import { CONFIG, type Config } from '../config/config';
import { WatermarkFile } from './watermark-file';

const EVERY_MS = 5_000;
/** By then every worker that lives has noticed and has brought what its own machine knows. */
const SETTLED_SECONDS = 2 * (EVERY_MS / 1000);

interface Row {
  epoch: string;
  seq: string;
  at: Date;
  mode: 'normal' | 'safe';
  why: string | null;
  automatic: boolean;
  now: Date;
}

/** Compares something of the desk with the world. @returns why outbound work must still wait, or null */
export type Check = (restoredTo: Date) => Promise<string | null>;

/** Starts safe mode. What a person paused stays theirs to end. `at` stays as it is: it says up to when this database knows the world. */
export async function pauseOutbound(tx: EntityManager, why: string, automatic: boolean): Promise<void> {
  await tx.query(`update desk_watermark set mode = 'safe', why = $1, automatic = $2, since = clock_timestamp() where mode = 'normal' or not $2`, [why, automatic]);
}

/** Ends safe mode, whoever started it. False when there was none. */
export async function resumeOutbound(tx: EntityManager): Promise<boolean> {
  const [, ended] = (await tx.query(`update desk_watermark set mode = 'normal', why = null, since = null where mode = 'safe' returning one`)) as [unknown[], number];
  return ended > 0;
}

/**
 * Notices a database that was restored from a backup, and holds back what leaves the house until the rooms have compared it with the world:
 * safe mode. Keeps the clock at the database's time on the way. The only writer of desk_watermark.
 */
@Injectable()
export class Watermark implements OnModuleInit, BeforeApplicationShutdown {
  private readonly log = new Logger('Watermark');
  private readonly checks: Check[] = [];
  private file: WatermarkFile | null = null;
  private seen = 0n;
  private held: string | null = null;
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> = Promise.resolve();
  private stopped = false;
  private told = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Before anything of this process is worked on. */
  async onModuleInit(): Promise<void> {
    if (await this.first()) {
      this.again();
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.beating;
  }

  /** Why outbound work is paused, in words for staff; null while it is not. At most some seconds old. */
  get paused(): string | null {
    return this.held;
  }

  /** A room's comparison with the world. All of them must be content before safe mode ends by itself. */
  register(check: Check): void {
    this.checks.push(check);
  }

  private async first(): Promise<boolean> {
    const [there] = (await this.source.query(`select to_regclass('desk_watermark') is not null as there`)) as { there: boolean }[];
    if (!there?.there) {
      return false; // an empty database: the start says so itself
    }
    const row = await this.read();
    this.file = new WatermarkFile(this.config.DATA_DIR, row.epoch);
    const mark = this.file.read();
    this.seen = mark ? BigInt(mark.seq) : 0n;
    if (this.config.SAFE_MODE === 'on') {
      await this.enter('SAFE_MODE is on', false);
    }
    await this.compare(row);
    if (!this.file.usable && this.config.ROLES.includes('worker')) {
      this.log.log(`${this.config.DATA_DIR} is not there: a database that is restored from a backup will not be noticed by this process.`);
    }
    return true;
  }

  private again(): void {
    this.timer = setTimeout(() => {
      this.beating = this.beat()
        .catch((error: Error) => this.log.warn(`The watermark waits for the next time: ${error.message}`))
        .finally(() => {
          if (!this.stopped) {
            this.again();
          }
        });
    }, EVERY_MS);
    this.timer.unref();
  }

  private async beat(): Promise<void> {
    const row = await this.compare(await this.read());
    if (row.mode === 'safe' && row.automatic && this.config.ROLES.includes('worker')) {
      await this.tryToResume(row);
    }
  }

  /** A number below what was seen: restored. Else a worker counts on, and the machine keeps the number. */
  private async compare(row: Row): Promise<Row> {
    if (BigInt(row.seq) < this.seen) {
      await this.enter(`the database was restored to its state of ${row.at.toISOString()}`, true);
      // What was seen before the restore is past; from here on the numbers count again.
      await this.source.query('update desk_watermark set seq = greatest(seq, $1)', [this.seen.toString()]);
      return this.read();
    }
    if (this.config.ROLES.includes('worker') && row.mode === 'normal') {
      const [rows] = (await this.source.query('update desk_watermark set seq = seq + 1, at = clock_timestamp() returning seq, at')) as [{ seq: string; at: Date }[], number];
      Object.assign(row, rows[0]);
    }
    this.seen = BigInt(row.seq);
    this.file?.write({ seq: row.seq, at: row.at.toISOString() });
    return row;
  }

  private async read(): Promise<Row> {
    const asked = Date.now();
    const [row] = (await this.source.query('select epoch, seq::text, at, mode, why, automatic, clock_timestamp() as now from desk_watermark')) as Row[];
    if (!row) {
      throw new Error('The table desk_watermark is empty: run `npm run cli -- migrate`.');
    }
    const ahead = this.clock.keep(row.now, asked);
    if (ahead !== 0 && !this.told) {
      this.told = true;
      this.log.warn(`The clock of this machine is ${Math.round(Math.abs(ahead) / 1000)} s ${ahead > 0 ? 'ahead of' : 'behind'} the database's; the database's is used.`);
    }
    this.hold(row.mode === 'safe' ? (row.why ?? 'outbound work is paused') : null);
    return row;
  }

  private async enter(why: string, automatic: boolean): Promise<void> {
    await pauseOutbound(this.source.manager, why, automatic);
    this.hold(why);
  }

  private async tryToResume(row: Row): Promise<void> {
    for (const check of this.checks) {
      const why = await check(row.at);
      if (why !== null) {
        this.log.warn(`Outbound work stays paused: ${why}`);
        return;
      }
    }
    const [, ended] = (await this.source.query(`update desk_watermark set mode = 'normal', why = null, since = null where mode = 'safe' and automatic and since < clock_timestamp() - interval '${SETTLED_SECONDS} seconds' returning one`)) as [unknown[], number];
    if (ended === 0) {
      return; // the other workers have not read what they know yet
    }
    this.hold(null);
    this.log.warn('The desk was compared with the NOC and with the mails that went out: outbound work goes on.');
  }

  private hold(why: string | null): void {
    if (why !== null && this.held === null) {
      this.log.error(`SAFE MODE: ${why}. Lifts, mails and webhooks wait.`);
    }
    this.held = why;
  }
}
