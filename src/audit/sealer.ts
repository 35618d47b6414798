import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../platform/config/config';
import { sealAudit } from './chain';

const EVERY_MS = 30_000;

/** Seals the audit afterwards: chaining inside the transactions would make every intake wait for every other. */
@Injectable()
export class Sealer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Audit');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<unknown> = Promise.resolve();

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.ROLES.includes('worker')) {
      this.timer = setInterval(() => {
        this.running = sealAudit(this.source).catch((error: Error) => this.log.warn(`The audit is sealed in the next round: ${error.message}`));
      }, EVERY_MS);
      this.timer.unref();
    }
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }
}
