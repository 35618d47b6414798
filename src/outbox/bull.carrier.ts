import { BullModule, InjectQueue, Process, Processor } from '@nestjs/bull';
import { Inject, Injectable, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import type { Job, Queue } from 'bull';
import { setTimeout as wait } from 'node:timers/promises';
import { CONFIG, type Config, type WorkerTakes } from '../platform/config/config';
import { Carrier, isTaken, laneOf, type Carried, type Lane } from './carrier';
import { InProcessCarrier } from './in-process.carrier';
import { OutboxService } from './outbox.service';
import { RedisClients } from './redis-clients';
import { CANARY, RedisWatch } from './redis-watch';

const QUEUE = 'desk';
/** What is urgent has a queue and places of its own: sixteen mails to a server that takes its time must not hold up a lift. */
const URGENT = 'urgent';
/** Fewer places than in the process: each of Bull's is a loop of its own that asks Redis, and more of them came before each lift. */
const [PLACES, URGENT_PLACES] = [16, 24];
/** One hash tag: in a Cluster all keys of a queue are in one slot, since Bull's scripts touch several at once. */
const PREFIX = '{desk}';
/** So few wait in Redis that the workers are about to ask for more, and how often it is looked for that, in milliseconds. */
const [FEW, LOOK_MS] = [100, 50];
/** Redis has so long to take a batch, in milliseconds. */
const SEND_MS = 1000;

/** Rings the doorbell of all workers through Redis. While Redis is in doubt, works the rows here. No repeatable jobs: the sweep repeats. */
@Injectable()
export class BullCarrier extends Carrier implements OnApplicationBootstrap {
  readonly name = 'bull';
  private readonly watch: RedisWatch;

  constructor(
    @Inject(CONFIG) config: Config,
    @InjectQueue(QUEUE) private readonly queue: Queue,
    @InjectQueue(URGENT) private readonly urgent: Queue,
    private readonly here: InProcessCarrier,
    private readonly clients: RedisClients,
  ) {
    super();
    const takes = (lane: Lane): boolean => config.ROLES.includes('worker') && isTaken(config.WORKER_TAKES, lane);
    this.watch = new RedisWatch([queue, urgent], clients, [...(takes('inward') ? [queue] : []), ...(takes('urgent') ? [urgent] : [])]);
    clients.onReady(() => void this.watch.checkPolicy());
    for (const each of [queue, urgent]) {
      // Without a listener a Redis that goes away would redial silently, or end the process.
      each.on('error', (error: Error) => this.watch.doubt(error.message));
      swallow(each);
    }
  }

  async onApplicationBootstrap(): Promise<void> {
    this.watch.start();
    if (this.clients.ready) {
      await this.watch.checkPolicy();
    }
  }

  async carry(rows: Carried[]): Promise<void> {
    if (rows.length === 0) {
      return;
    }
    if (!this.watch.usable || !(await this.sent(rows))) {
      await this.here.carry(rows);
    }
  }

  private of(lane: Lane): Queue {
    return lane === 'urgent' ? this.urgent : this.queue;
  }

  /** What waits in Redis was brought there by somebody: to bring it again, by each worker, would cost more than to work it. */
  async runsLow(lane: Lane, milliseconds: number): Promise<boolean> {
    for (const end = performance.now() + milliseconds; ; await wait(LOOK_MS, undefined, { ref: false })) {
      const waiting = this.watch.usable ? await Promise.race([this.of(lane).getWaitingCount().catch(() => 0), wait(SEND_MS, 0, { ref: false })]) : 0;
      if (waiting < FEW || performance.now() >= end) {
        return waiting < FEW;
      }
    }
  }

  healthy(): boolean {
    return this.watch.usable;
  }

  complaint(): string | null {
    return this.watch.complaint;
  }

  async stop(milliseconds: number): Promise<void> {
    this.watch.stop();
    // A Redis that is away would be waited for until the end of all patience.
    const reachable = this.watch.usable;
    const end = Promise.all([this.here.stop(milliseconds), ...(reachable ? [this.urgent.close(), this.queue.close()] : [])]);
    await Promise.race([end, wait(milliseconds, undefined, { ref: false })]);
    this.clients.end();
  }

  /** addBulk on a dead Redis never settles, hence the race; a late delivery finds nothing to claim. */
  private async sent(rows: Carried[]): Promise<boolean> {
    const ended = new AbortController();
    const some = [this.urgent, this.queue].map((queue) => [queue, rows.filter(({ job }) => this.of(laneOf(job)) === queue)] as const);
    const adding = Promise.all(some.filter(([, its]) => its.length > 0).map(([queue, its]) => queue.addBulk(its.map(({ id }) => ({ data: {}, opts: { jobId: id, removeOnComplete: true, removeOnFail: true } })))));
    try {
      const why = await Promise.race([adding.then(() => null, (error: Error) => error.message), wait(SEND_MS, `no answer within ${SEND_MS / 1000} s`, { signal: ended.signal, ref: false })]);
      if (why !== null) {
        this.watch.doubt(why);
      }
      return why === null;
    } finally {
      ended.abort();
    }
  }
}

/**
 * Bull tells of a consumer that cannot begin or go on as an error too, and one that is closed while it still dials is closed all the same. Nest
 * waits for neither answer: a second telling would end the process, in the middle of a shutdown for example.
 */
function swallow(queue: Queue): void {
  const [consume, close] = [queue.process.bind(queue) as (...given: unknown[]) => Promise<void>, queue.close.bind(queue)];
  Object.assign(queue, {
    process: (...given: unknown[]) => consume(...given).catch(() => undefined),
    close: (atOnce?: boolean) => close(atOnce).catch(() => undefined),
  });
}

/** Takes ids from Redis. The row itself says whether there is anything to do. */
@Processor(QUEUE)
export class BullWorker {
  constructor(private readonly outbox: OutboxService) {}

  @Process({ concurrency: PLACES })
  async take(job: Job): Promise<void> {
    const id = String(job.id);
    if (!id.startsWith(CANARY)) {
      await this.outbox.work(id, false);
    }
  }
}

/** The same for what is urgent. */
@Processor(URGENT)
export class BullUrgentWorker {
  constructor(private readonly outbox: OutboxService) {}

  @Process({ concurrency: URGENT_PLACES })
  async take(job: Job): Promise<void> {
    const id = String(job.id);
    if (!id.startsWith(CANARY)) {
      await this.outbox.work(id, false, true);
    }
  }
}

/** Queue and processor come together or not at all: a processor without its queue would be ignored silently. */
export function bullParts(url: string, takes: WorkerTakes | 'nothing'): Required<Pick<DynamicModule, 'imports' | 'providers'>> {
  const clients = new RedisClients(url);
  const queue = (name: string) => ({ name, prefix: PREFIX, createClient: (type: 'client' | 'subscriber' | 'bclient') => clients.make(type) as never });
  const workers = takes === 'nothing' ? [] : [...(isTaken(takes, 'inward') ? [BullWorker] : []), ...(isTaken(takes, 'urgent') ? [BullUrgentWorker] : [])];
  return {
    imports: [BullModule.registerQueue(queue(QUEUE), queue(URGENT))],
    providers: [{ provide: RedisClients, useValue: clients }, BullCarrier, { provide: Carrier, useExisting: BullCarrier }, ...workers],
  };
}
