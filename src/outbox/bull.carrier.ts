import { InjectQueue, Process, Processor } from '@nestjs/bull';
import { Injectable, Logger } from '@nestjs/common';
import type { Job, Queue } from 'bull';
import { setTimeout as wait } from 'node:timers/promises';
import { Carrier, isUrgent, type Carried } from './carrier';
import { InProcessCarrier } from './in-process.carrier';
import { OutboxService } from './outbox.service';

export const QUEUE = 'desk';

/** Rings the doorbell of all workers through Redis. When Redis does not answer within a second, works the rows here. */
@Injectable()
export class BullCarrier extends Carrier {
  readonly name = 'bull';
  private readonly log = new Logger('Outbox');
  private told = false;

  constructor(
    @InjectQueue(QUEUE) private readonly queue: Queue,
    private readonly here: InProcessCarrier,
  ) {
    super();
    // Without a listener a Redis that goes away would redial silently, or end the process.
    queue.on('error', (error: Error) => {
      if (!this.told) {
        this.told = true;
        this.log.warn(`Redis: ${error.message}. The work goes on inside the process.`);
      }
    });
  }

  async carry(rows: Carried[]): Promise<void> {
    // addBulk on a dead Redis never settles, hence the race; a late delivery finds nothing to claim.
    const sent =
      this.queue.client.status === 'ready' &&
      (await Promise.race([
        wait(1000, false, { ref: false }),
        this.queue
          .addBulk(rows.map((row) => ({ data: {}, opts: { jobId: row.id, removeOnComplete: true, removeOnFail: true, lifo: isUrgent(row.job) } })))
          .then(
            () => true,
            () => false,
          ),
      ]));
    if (sent) {
      this.told = false;
    } else {
      await this.here.carry(rows);
    }
  }

  healthy(): boolean {
    return this.queue.client.status === 'ready';
  }

  async stop(milliseconds: number): Promise<void> {
    const end = Promise.all([this.here.stop(milliseconds), this.queue.close(true).catch(() => undefined)]);
    await Promise.race([end, wait(milliseconds, undefined, { ref: false })]);
  }
}

/** Takes ids from Redis. The row itself says whether there is anything to do. */
@Processor(QUEUE)
export class BullWorker {
  constructor(private readonly outbox: OutboxService) {}

  @Process({ concurrency: 8 })
  async take(job: Job): Promise<void> {
    await this.outbox.work(String(job.id));
  }
}
