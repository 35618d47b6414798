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
  it('begins at once where it was decided, when that process takes lifts, and only the rest goes through Redis', async () => {
    for (const WORKER_TAKES of ['all', 'lifts'] as const) {
      const { sweep, sent, begun } = room({ WORKER_TAKES });
      sweep.ring(some(1, 'order-lift', 'mail-customer'));
      expect(begun).toEqual(['order-lift 0']);
      await new Promise(setImmediate);
      expect(sent).toEqual(['mail-customer']);
    }
  });

  it('goes to those that take lifts from a process that takes none', async () => {
    for (const settings of [{ ROLES: ['web'] }, { WORKER_TAKES: 'rest' }] satisfies Partial<Config>[]) {
      const { sweep, sent, begun } = room(settings);
      sweep.ring(some(1, 'order-lift', 'mail-customer'));
      await new Promise(setImmediate);
      expect([begun, sent]).toEqual([[], ['order-lift', 'mail-customer']]);
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
