import type { EntityManager } from 'typeorm';
import type { JobName } from '../core/ticket/effects';
import type { Config } from '../platform/config/config';
import type { Transactions } from '../platform/database/transactions';
import type { Carried, Carrier } from './carrier';
import { InProcessCarrier } from './in-process.carrier';
import type { OutboxService } from './outbox.service';
import { Sweep } from './sweep';

/** A process with Redis: what goes there, and what it begins itself. */
function room(settings: Partial<Config>) {
  const [sent, begun]: [JobName[], string[]] = [[], []];
  const config = { ROLES: ['web', 'worker'], WORKER_TAKES: 'all', ...settings } as Config;
  const outbox = { heard: true, work: (id: string) => (begun.push(id), new Promise<void>(() => undefined)), freshOf: (tx: EntityManager) => tx as unknown as Carried[] } as unknown as OutboxService;
  const carrier = { name: 'bull', carry: (rows: Carried[]) => (sent.push(...rows.map(({ job }) => job)), Promise.resolve()) } as unknown as Carrier;
  const sweep = new Sweep(config, outbox, carrier, new InProcessCarrier(config, outbox), {} as Transactions);
  return { sweep, sent, begun };
}
const some = (n: number, ...jobs: JobName[]): Carried[] => Array.from({ length: n }, (_, i) => jobs.map((job) => ({ id: `${job} ${i}`, job }))).flat();

describe('what a commit makes due', () => {
  it('begins at once where it was decided, when that process takes lifts, and only what it does not take goes through Redis', async () => {
    for (const [WORKER_TAKES, afterwards, others] of [['all', ['mail-customer 0'], []], ['lifts', [], ['mail-customer']]] as const) {
      const { sweep, sent, begun } = room({ WORKER_TAKES });
      sweep.ring(some(1, 'mail-customer', 'order-lift'));
      expect(begun).toEqual(['order-lift 0']);
      await new Promise(setImmediate);
      expect([begun.slice(1), sent]).toEqual([afterwards, others]);
    }
  });

  it('is offered to others when enough of its kind is at work here', async () => {
    const { sweep, sent, begun } = room({});
    sweep.ring(some(20, 'read-mail'));
    sweep.ring(some(1, 'mail-customer'));
    await new Promise(setImmediate);
    expect(begun.filter((id) => id.startsWith('read-mail'))).toHaveLength(16);
    expect(begun).toContain('mail-customer 0');
    expect(sent).toEqual(Array(4).fill('read-mail'));
  });

  it('goes to those that take lifts from a process that takes none', async () => {
    for (const [settings, own, others] of [[{ ROLES: ['web'] }, [], ['order-lift', 'mail-customer']], [{ WORKER_TAKES: 'rest' }, ['mail-customer 0'], ['order-lift']]] satisfies [Partial<Config>, string[], JobName[]][]) {
      const { sweep, sent, begun } = room(settings);
      sweep.ring(some(1, 'order-lift', 'mail-customer'));
      await new Promise(setImmediate);
      expect([begun, sent]).toEqual([own, others]);
    }
  });

  it('goes to the others when all places for lifts are taken here', async () => {
    const { sweep, sent, begun } = room({});
    sweep.ring(some(32, 'order-lift'));
    sweep.ring(some(2, 'read-back-lift'));
    await new Promise(setImmediate);
    expect(begun).toHaveLength(32);
    expect(sent).toEqual(['read-back-lift', 'read-back-lift']);
  });
});
