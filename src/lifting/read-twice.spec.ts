import type { NocAnswer } from '../noc/noc.driver';
import { readTwice } from './read-twice';

describe('a reading of the NOC for a lift', () => {
  const good: NocAnswer<string> = { ok: true, value: 'read' };
  const answering = (...answers: NocAnswer<string>[]) => jest.fn(() => Promise.resolve(answers.shift() ?? good));

  it('is asked for once when it succeeds', async () => {
    const read = answering(good);
    expect(await readTwice(read)).toEqual(good);
    expect(read).toHaveBeenCalledTimes(1);
  });

  it.each(['failed', 'busy'] as const)('that %s is asked for once more, and no oftener', async (error) => {
    const failure: NocAnswer<string> = { ok: false, error, detail: 'answered 500' };
    const [healed, broken] = [answering(failure, good), answering(failure, failure, good)];
    expect(await readTwice(healed)).toEqual(good);
    expect(await readTwice(broken)).toEqual(failure);
    expect([healed, broken].map((read) => read.mock.calls.length)).toEqual([2, 2]);
  });

  it.each([{ error: 'busy', retryAfterSeconds: 0 }, { error: 'failed', retryAfterSeconds: 30 }, { error: 'timeout' }, { error: 'unreachable' }, { error: 'nonsense' }, { error: 'not_found' }] as const)('is left at %o', async (why) => {
    const read = answering({ ok: false, detail: '', ...why });
    expect((await readTwice(read)).ok).toBe(false);
    expect(read).toHaveBeenCalledTimes(1);
  });
});
