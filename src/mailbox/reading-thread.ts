import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Mail } from '../core/evidence/mail';
import { ROOT } from '../platform/root';
import type { Reading } from './reading-worker';
import { Unreadable } from './unreadable';

/** What one reading may take. Within the budgets of mime-parts.ts an honest mail of 25 MB needs a tenth of either. */
const LIMITS = { milliseconds: 5_000, memory: { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 32, codeRangeSizeMb: 16, stackSizeMb: 4 } };
/** A thread that has had nothing to do for so long gives its memory back. */
const IDLE_MS = 30_000;

/** Reads mails in a thread of its own, one after the other: one that eats time or memory ends that thread, and nothing else. */
export class ReadingThread {
  private worker: Promise<Worker> | null = null;
  private line: Promise<unknown> = Promise.resolve();
  private idle: NodeJS.Timeout | undefined;

  constructor(private readonly limits = LIMITS) {}

  /** @throws what is our mistake, not the mail's */
  read(raw: Buffer): Promise<Mail | Unreadable> {
    const reading = this.line.then(() => this.next(raw));
    this.line = reading.catch(() => undefined);
    return reading;
  }

  async close(): Promise<void> {
    clearTimeout(this.idle);
    const worker = this.worker;
    this.worker = null;
    await (await worker?.catch(() => null))?.terminate();
  }

  private async next(raw: Buffer): Promise<Mail | Unreadable> {
    clearTimeout(this.idle);
    const worker = await (this.worker ??= start(this.limits.memory));
    const reading = await new Promise<Reading>((done) => {
      const end = (what: Reading): void => {
        clearTimeout(late);
        worker.off('message', end).off('error', died).off('exit', gone);
        done(what);
      };
      const died = (error: Error & { code?: string }): void => end(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? { unreadable: 'too_much_memory' } : { failed: error.stack ?? error.message });
      const gone = (): void => end({ unreadable: 'too_much_memory' });
      const late = setTimeout(() => end({ unreadable: 'too_slow' }), this.limits.milliseconds);
      worker.on('message', end).on('error', died).on('exit', gone);
      worker.postMessage(raw);
    });
    if (!('mail' in reading) && !('unreadable' in reading && !['too_slow', 'too_much_memory'].includes(reading.unreadable))) {
      await this.close(); // it is still at it, or dead: the next mail gets a new one
    } else {
      this.idle = setTimeout(() => void this.close(), IDLE_MS).unref();
    }
    if ('failed' in reading) {
      throw new Error(`A mail could not be read, by our mistake: ${reading.failed}`);
    }
    return 'mail' in reading ? reading.mail : new Unreadable(reading.unreadable);
  }
}

function start(memory: object): Promise<Worker> {
  const entry = join(__dirname, 'reading-worker');
  // Tests run from the sources, which Node cannot load by itself.
  const fromSource = `import(${JSON.stringify(join(ROOT, 'scripts/lib/sources.mjs'))}).then((at) => at.fromSource('src/mailbox/reading-worker.ts'))`;
  const worker = __filename.endsWith('.ts') ? new Worker(fromSource, { eval: true, resourceLimits: memory, execArgv: [] }) : new Worker(`${entry}.js`, { resourceLimits: memory, execArgv: [] });
  worker.unref();
  return new Promise((ready, failed) => {
    worker.once('message', () => ready(worker)).once('error', failed);
  });
}
