import { Logger } from '@nestjs/common';
import { Rounds } from './rounds';

describe('work in rounds', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => {
    jest.useRealTimers();
    jest.restoreAllMocks();
  });

  it('begins a round a pause after the last has ended, never beside it', async () => {
    let atWork = 0;
    let ended: () => void = () => undefined;
    const rounds = new Rounds('Tries', 1000, () => {
      atWork += 1;
      return new Promise<void>((resolve) => (ended = resolve));
    });
    rounds.begin();
    await jest.advanceTimersByTimeAsync(5000);
    expect(atWork).toBe(1);
    ended();
    await jest.advanceTimersByTimeAsync(999);
    expect(atWork).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(atWork).toBe(2);
  });

  it('pauses as long as the round asks for', async () => {
    const work = jest.fn(() => Promise.resolve({ pauseMs: 0 }));
    new Rounds('Tries', 60_000, work).begin();
    await jest.advanceTimersByTimeAsync(60_005);
    expect(work.mock.calls.length).toBeGreaterThan(2);
  });

  it('goes on after a failure, says it, and leaves what failed alone for a moment', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    const work = jest.fn().mockRejectedValueOnce(new Error('the database is away')).mockResolvedValue(undefined);
    new Rounds('Tries', 500, work as () => Promise<void>).begin();
    await jest.advanceTimersByTimeAsync(500);
    expect(warn).toHaveBeenCalledWith('Tries wait for the next round: the database is away');
    await jest.advanceTimersByTimeAsync(1999);
    expect(work).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('ends when the round at work has ended, and begins no other', async () => {
    let ended: () => void = () => undefined;
    const work = jest.fn(() => new Promise<void>((resolve) => (ended = resolve)));
    const rounds = new Rounds('Tries', 10, work);
    rounds.begin();
    await jest.advanceTimersByTimeAsync(10);
    const over = jest.fn();
    void rounds.end().then(over);
    await jest.advanceTimersByTimeAsync(0);
    expect(over).not.toHaveBeenCalled();
    ended();
    await jest.advanceTimersByTimeAsync(100);
    expect(over).toHaveBeenCalled();
    expect(work).toHaveBeenCalledTimes(1);
  });
});
