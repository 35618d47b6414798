import { Courier } from './courier';

const soon = () => new Promise((done) => setImmediate(done));

describe('mails on their way to the mail server', () => {
  it('take their turns, four at a time, and what waits when the process stops is left as it was', async () => {
    const courier = new Courier({});
    const begun: number[] = [];
    const ends = new Map<number, () => void>();
    const all = Array.from({ length: 7 }, (_, i) => courier.inTurn(() => new Promise<string>((end) => {
      begun.push(i);
      ends.set(i, () => end(`sent ${i}`));
    })));
    await soon();
    expect(begun).toEqual([0, 1, 2, 3]);
    ends.get(1)?.();
    await soon();
    expect(begun).toEqual([0, 1, 2, 3, 4]);
    await courier.beforeApplicationShutdown();
    [0, 2, 3, 4].forEach((i) => ends.get(i)?.());
    expect(await Promise.all(all)).toEqual(['sent 0', 'sent 1', 'sent 2', 'sent 3', 'sent 4', null, null]);
    expect(await courier.inTurn(() => Promise.resolve('sent'))).toBeNull();
  });

  it('leave their place to the next when something goes wrong', async () => {
    const courier = new Courier({});
    await Promise.all(Array.from({ length: 5 }, () => expect(courier.inTurn(() => Promise.reject(new Error('no')))).rejects.toThrow('no')));
    expect(await courier.inTurn(() => Promise.resolve('sent'))).toBe('sent');
  });
});
