import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { Rounds } from '../platform/rounds';
import { newestSeal, sealAudit } from './chain';
import { Checkpoints } from './checkpoints';

const EVERY_MS = 30_000;
const AT_ONCE = 5_000;
/** How often the newest seal is told outside of the database. In milliseconds. */
const TOLD_MS = 3_600_000;

/** Seals the audit afterwards: chaining inside the transactions would make every intake wait for every other. */
@Injectable()
export class Sealer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Audit');
  private readonly rounds = new Rounds('Audit seals', EVERY_MS, () => this.round());
  private told = 0;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.ROLES.includes('worker')) {
      this.rounds.begin();
    }
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.rounds.end();
  }

  private async round(): Promise<void> {
    while ((await sealAudit(this.source, AT_ONCE)) === AT_ONCE) {
      // a busy desk writes more lines in half a minute than one seal holds
    }
    const now = this.clock.now();
    const newest = now.getTime() - this.told < TOLD_MS ? null : await newestSeal(this.source);
    if (newest) {
      this.told = now.getTime();
      const [mark] = (await this.source.query('select epoch from desk_watermark')) as { epoch: string }[];
      this.log.log(`Audit checkpoint ${await new Checkpoints(this.config.DATA_DIR, mark?.epoch ?? 'none', this.config.SECRET).note(newest, now)}`);
    }
  }
}
