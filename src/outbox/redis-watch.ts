import { Logger } from '@nestjs/common';
import type { Queue } from 'bull';
import { setTimeout as wait } from 'node:timers/promises';
import type { RedisClients } from './redis-clients';

/** How often the canary is sent, and how long an answer of Redis may take. In milliseconds. */
const EVERY_MS = 5_000;
const ANSWER_MS = 1_000;
/** A canary is put in front of all that waits: one that nobody has taken after so many rounds says that nothing is delivered. */
const ROUNDS = 3;
/** A connection may be made for so many rounds. */
const PATIENCE = 2;
export const CANARY = 'canary-';

/**
 * Watches queues that may look well and do nothing, in turns: a connection that is half open, a Redis that is full, a consumer that hangs. While it is in
 * doubt the work stays inside the processes, and the connections are made anew until it answers again.
 */
export class RedisWatch {
  private readonly log = new Logger('Outbox');
  private timer: NodeJS.Timeout | undefined;
  private silent = false;
  private trouble: string | null = null;
  private policy: string | null = null;
  private waiting: { queue: Queue; id: string; rounds: number } | null = null;
  private count = 0;
  private dialling = 0;
  private stopped = false;

  /** @param consumed queues of which this process takes jobs, so that a canary that stays may be its own fault */
  constructor(
    private readonly queues: Queue[],
    private readonly clients: RedisClients,
    private readonly consumed: readonly Queue[],
  ) {}

  start(): void {
    this.timer = setTimeout(() => void this.round().finally(() => this.stopped || this.start()), EVERY_MS);
    this.timer.unref();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Whether it is worth while to hand work to Redis. */
  get usable(): boolean {
    return this.clients.ready && !this.silent;
  }

  /** What is wrong, for whoever looks after it; null when nothing is. */
  get complaint(): string | null {
    return this.trouble ?? this.policy ?? (this.clients.ready ? null : 'Redis does not answer');
  }

  /** Redis took too long, or refused: nothing more is sent until it answers a canary. */
  doubt(why: string): void {
    this.silent = true;
    this.tell(why);
  }

  /** Names a policy by which Redis would throw away jobs; asked at the start and after each new connection. */
  async checkPolicy(): Promise<void> {
    const policies = await this.answer(this.clients.policies()).catch((): string[] => []);
    const bad = policies.find((policy) => policy !== 'noeviction');
    this.policy = bad === undefined ? null : `maxmemory-policy is ${bad}: Redis may throw jobs away. Set it to noeviction`;
    if (this.policy) {
      this.log.error(`${this.policy}. Nothing is lost, since the work is in PostgreSQL, but it comes late.`);
    }
  }

  private async round(): Promise<void> {
    if (!this.clients.ready) {
      // It is being dialled. A server that takes the connection and then says nothing would be waited for without end.
      if (++this.dialling >= PATIENCE) {
        this.dialling = 0;
        this.clients.redialSilent();
      }
      return;
    }
    this.dialling = 0;
    try {
      if (this.waiting) {
        const job = await this.answer(this.waiting.queue.getJob(this.waiting.id));
        if (job && ++this.waiting.rounds >= ROUNDS) {
          await this.answer(job.remove()).catch(() => undefined);
          this.waiting = null;
          throw new Error('Redis takes jobs and delivers none');
        }
        if (job) {
          return;
        }
        this.waiting = null;
      }
      const id = `${CANARY}${process.pid}-${++this.count}`;
      const queue = this.queues[this.count % this.queues.length] as Queue;
      await this.answer(queue.add({}, { jobId: id, lifo: true, removeOnComplete: true, removeOnFail: true }));
      this.waiting = this.consumed.includes(queue) ? { queue, id, rounds: 0 } : null;
      this.well();
    } catch (error) {
      this.doubt((error as Error).message);
      this.waiting = null;
      // A connection that is half open never finds out by itself.
      this.clients.redial();
    }
  }

  private well(): void {
    if (this.silent || this.trouble) {
      this.log.log('Redis answers again and carries the work.');
    }
    this.silent = false;
    this.trouble = null;
  }

  private tell(why: string): void {
    if (this.trouble === null) {
      this.log.warn(`Redis: ${why}. The work goes on inside the process.`);
    }
    this.trouble = why;
  }

  private async answer<T>(asked: Promise<T>): Promise<T> {
    const ended = new AbortController();
    asked.catch(() => undefined);
    try {
      const late = wait(ANSWER_MS, null, { signal: ended.signal, ref: false }).then(() => {
        throw new Error(`no answer within ${ANSWER_MS / 1000} s`);
      });
      late.catch(() => undefined);
      return await Promise.race([asked, late]);
    } finally {
      ended.abort();
    }
  }
}
