import type { JobName } from '../core/ticket/effects';
import type { Config } from '../platform/config/config';
import { InProcessCarrier } from './in-process.carrier';
import type { OutboxService } from './outbox.service';

/** Work that goes on until it is told to end. */
function room(WORKER_TAKES: Config['WORKER_TAKES'] = 'all') {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (id: string): Promise<void> => {
    begun.push(id);
    return new Promise((end) => ends.set(id, end));
  };
  const carrier = new InProcessCarrier({ ROLES: ['worker'], WORKER_TAKES } as unknown as Config, { work } as unknown as OutboxService);
  const end = async (...ids: string[]): Promise<void> => {
    ids.forEach((id) => ends.get(id)?.());
    await new Promise(setImmediate);
  };
  return { carrier, begun, end };
}
const rows = (n: number, job: JobName = 'mail-customer', more: object = {}) => Array.from({ length: n }, (_, i) => ({ id: `${job} ${i}`, job, ...more }));

describe('work inside the process', () => {
  it('has places of its own in each lane: mails to a slow server hold up neither a reading nor a lift', async () => {
    const { carrier, begun, end } = room();
    await carrier.carry(rows(34));
    expect(begun).toHaveLength(32);
    await carrier.carry(rows(34, 'order-lift'));
    expect(begun.slice(32)).toEqual(rows(32, 'order-lift').map(({ id }) => id));
    await carrier.carry(rows(96, 'read-mail'));
    expect(begun.slice(64)).toEqual(rows(96, 'read-mail').map(({ id }) => id));
    await end('mail-customer 0', 'order-lift 0');
    expect(begun.slice(160)).toEqual(['mail-customer 32', 'order-lift 32']);
  });

  it.each([['lifts', ['order-lift 0']], ['rest', ['read-mail 0', 'mail-customer 0']]] as const)('leaves to others what it is not there for, until that is overdue or left: %s', async (takes, its) => {
    const { carrier, begun } = room(takes);
    const all = [...rows(1, 'order-lift'), ...rows(1, 'read-mail'), ...rows(1)];
    await carrier.carry(all);
    expect(begun).toEqual(its);
    await carrier.carry(all.filter(({ id }) => !begun.includes(id)), true);
    expect(begun.toSorted()).toEqual(['mail-customer 0', 'order-lift 0', 'read-mail 0']);
  });

  it('tells others a little now and then while something waits to come in', async () => {
    const { carrier, begun, end } = room();
    const at = jest.spyOn(performance, 'now').mockReturnValue(0);
    await carrier.carry([...rows(108, 'read-mail'), ...rows(70)]);
    expect(begun).toEqual([...rows(96, 'read-mail'), ...rows(32)].map(({ id }) => id));
    const told = () => begun.filter((id) => id.startsWith('mail-customer')).length;
    at.mockReturnValue(200);
    await end(...rows(31).map(({ id }) => id));
    expect(told()).toBe(32);
    // One of them still waits for its server: the others have places again all the same.
    at.mockReturnValue(300);
    await end('read-mail 0');
    expect(told()).toBe(63);
    await end(...rows(12, 'read-mail').map(({ id }) => id), 'mail-customer 31');
    expect(told()).toBe(64);
    at.mockRestore();
  });

  it('is taken up together when a worker died with it, and one at a time when it was left before', async () => {
    const { carrier, begun, end } = room();
    await carrier.carry([...rows(3, 'read-mail', { left: true }), ...rows(3, 'analyse-ticket', { left: true, alone: true }), ...rows(2)]);
    expect(begun.toSorted()).toEqual(['analyse-ticket 0', 'mail-customer 0', 'mail-customer 1', 'read-mail 0', 'read-mail 1', 'read-mail 2']);
    await end('read-mail 0', 'mail-customer 0');
    expect(begun).toHaveLength(6);
    await end('analyse-ticket 0');
    expect(begun.slice(6)).toEqual(['analyse-ticket 1']);
  });

  it('takes up a lift first of what was left before', async () => {
    const { carrier, begun, end } = room();
    const alone = { left: true, alone: true };
    await carrier.carry([...rows(1, 'deliver-webhook', alone), ...rows(1, 'read-mail', alone), ...rows(1, 'order-lift', alone)]);
    await end('order-lift 0');
    await end('read-mail 0');
    expect(begun).toEqual(['order-lift 0', 'read-mail 0', 'deliver-webhook 0']);
  });

  it('begins with what a dead worker left, and with the reading of a ticket before the next mail is read', async () => {
    const { carrier, begun, end } = room();
    await carrier.carry(rows(97, 'read-mail'));
    await carrier.carry(rows(1, 'analyse-ticket'));
    await end('read-mail 0');
    expect(begun.at(-1)).toBe('analyse-ticket 0');
    await carrier.carry([{ id: 'left', job: 'read-mail', left: true }]);
    await end('read-mail 1');
    expect(begun.at(-1)).toBe('left');
  });

  it('says when it runs low, and does not let anybody wait for longer than they can', async () => {
    const { carrier, end } = room();
    expect(await carrier.runsLow('outward', 1)).toBe(true);
    await carrier.carry(rows(49));
    expect(await carrier.runsLow('outward', 1)).toBe(false);
    const low = carrier.runsLow('outward', 60_000);
    await end('mail-customer 0');
    expect(await low).toBe(true);
    await carrier.carry(rows(130, 'read-mail'));
    const stopped = carrier.runsLow('inward', 60_000);
    await carrier.stop(1);
    expect(await stopped).toBe(true);
  });
});
