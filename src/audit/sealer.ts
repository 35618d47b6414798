import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../platform/config/config';
import { Rounds } from '../platform/rounds';
import { sealAudit } from './chain';

const EVERY_MS = 30_000;

/** Seals the audit afterwards: chaining inside the transactions would make every intake wait for every other. */
@Injectable()
export class Sealer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds = new Rounds('Audit seals', EVERY_MS, () => sealAudit(this.source).then(() => undefined));

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.ROLES.includes('worker')) {
      this.rounds.begin();
    }
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.rounds.end();
  }
}
