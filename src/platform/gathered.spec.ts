import { Gathered, orEachAlone } from './gathered';

const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('gathering', () => {
  afterEach(() => jest.useRealTimers());

  it('serves whoever asked while a round was under way in the next one, at most so many at once, and each hears their own answer', async () => {
    const rounds: number[][] = [];
    let open: () => void = () => undefined;
    const gathered = new Gathered<number, number>(async (round) => {
      rounds.push(round.map(({ what }) => what));
      await new Promise<void>((resolve) => (open = resolve));
      round.forEach(({ what, done }) => done(what * 10));
    }, { atMost: 2 });
    const first = gathered.ask(1);
    await settle();
    const later = [gathered.ask(2), gathered.ask(3), gathered.ask(4)];
    await settle();
    expect(rounds).toEqual([[1]]);
    open();
    await expect(first).resolves.toBe(10);
    await settle();
    await settle();
    open();
    await expect(Promise.all(later.slice(0, 2))).resolves.toEqual([20, 30]);
    await settle();
    await settle();
    open();
    await expect(later[2]).resolves.toBe(40);
    expect(rounds).toEqual([[1], [2, 3], [4]]);
  });

  it.each([['setImmediate', setImmediate, [[1, 2]]], ['queueMicrotask', queueMicrotask, [[1], [2]]]] as const)('waits for others of the same turn of the loop, or for nobody: %s', async (_name, soon, expected) => {
    const rounds: number[][] = [];
    const gathered = new Gathered<number, void>((round) => {
      rounds.push(round.map(({ what }) => what));
      round.forEach(({ done }) => done());
      return Promise.resolve();
    }, { soon });
    const first = gathered.ask(1);
    await Promise.resolve();
    await Promise.all([first, gathered.ask(2)]);
    expect(rounds).toEqual(expected);
  });

  it('takes half of those who are about, where it was told to: a crowd that asks again is in two equal rounds, however it came', async () => {
    const rounds: number[] = [];
    let open: () => void = () => undefined;
    const gathered = new Gathered<null, void>(async (round) => {
      rounds.push(round.length);
      await new Promise<void>((resolve) => (open = resolve));
      round.forEach(({ done }) => done());
    }, { crowd: () => 'half' });
    const again = (): void => void gathered.ask(null).then(() => setImmediate(again));
    again();
    await settle();
    for (let i = 1; i < 16; i++) {
      again();
    }
    for (let i = 0; i < 8; i++) {
      open();
      await settle();
      await settle();
      await settle();
    }
    expect(rounds).toEqual([1, ...rounds.slice(1).map(() => 8)]);
    expect(rounds.length).toBeGreaterThan(4);
  });

  it('waits for the whole of a crowd, where it was told to, and not for one that has left', async () => {
    // Three milliseconds are short on a machine that is busy: nobody is late here but who never comes.
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
    const rounds: number[] = [];
    const gathered = new Gathered<null, void>((round) => {
      rounds.push(round.length);
      round.forEach(({ done }) => done());
      return Promise.resolve();
    }, { crowd: () => 'whole' });
    // Each comes back in a turn of the loop of its own, one after the other.
    const again = async (n: number, times: number): Promise<void> => {
      for (let time = 0; time < times; time++) {
        for (let turn = 0; turn <= n; turn++) {
          await new Promise((resume) => setImmediate(resume));
        }
        await gathered.ask(null);
      }
    };
    await Promise.all(Array.from({ length: 6 }, (_, n) => gathered.ask(null).then(() => again(n, 4))));
    expect(rounds).toEqual([6, 6, 6, 6, 6]);
    for (const more of [[null, null], [null]]) {
      const asked = Promise.all(more.map((what) => gathered.ask(what)));
      await jest.advanceTimersByTimeAsync(2);
      await settle();
      const before = rounds.length;
      await jest.advanceTimersByTimeAsync(1);
      await asked;
      expect(rounds.slice(before)).toEqual([more.length]);
    }
  });

  it('fails all of a round that fails, and goes on with the next', async () => {
    let broken = true;
    const gathered = new Gathered<string, string>((round) => {
      if (broken) {
        return Promise.reject(new Error('the database is away'));
      }
      round.forEach(({ what, done }) => done(what));
      return Promise.resolve();
    });
    const lost = await Promise.allSettled([gathered.ask('a'), gathered.ask('b')]);
    expect(lost.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    broken = false;
    await expect(gathered.ask('c')).resolves.toBe('c');
  });

  it('asks each alone when a round cannot be answered together, and each hears their own result', async () => {
    const gathered = new Gathered<number, number>((round) => orEachAlone(round, (some) => {
      if (some.some(({ what }) => what === 2)) {
        return Promise.reject(new Error('2 is bad'));
      }
      some.forEach(({ what, done }) => done(what * 10));
      return Promise.resolve();
    }));
    const answers = await Promise.allSettled([1, 2, 3].map((what) => gathered.ask(what)));
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : (answer.reason as Error).message))).toEqual([10, '2 is bad', 30]);
  });

  it('rests between rounds where it was told to, and serves the first at once', async () => {
    jest.useFakeTimers({ now: 0, doNotFake: ['queueMicrotask', 'nextTick'] });
    const rounds: number[] = [];
    const gathered = new Gathered<number, void>((round) => {
      rounds.push(performance.now());
      round.forEach(({ done }) => done());
      return Promise.resolve();
    }, { restMs: 20 });
    const begin = performance.now();
    for (const what of [1, 2]) {
      const asked = gathered.ask(what);
      await jest.runAllTimersAsync();
      await asked;
    }
    expect(rounds.map((at) => at - begin)).toEqual([0, 20]);
  });
});
