import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';
import { CONFIG, type Config } from './config/config';

/**
 * The first step of a shutdown: readiness turns red, and requests are still answered while the load balancer notices. Each answer closes its
 * connection, so that the next request goes elsewhere. Everything else ends after this.
 */
@Injectable()
export class Draining implements OnModuleDestroy {
  private readonly log = new Logger('Shutdown');
  private begun = false;

  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'DRAIN_SECONDS'>) {}

  /** True from the signal on. */
  get active(): boolean {
    return this.begun;
  }

  async onModuleDestroy(): Promise<void> {
    this.begun = true;
    if (this.config.DRAIN_SECONDS > 0) {
      this.log.log(`Not ready any more; requests are answered for ${this.config.DRAIN_SECONDS} s yet.`);
      await wait(this.config.DRAIN_SECONDS * 1000);
    }
  }
}
