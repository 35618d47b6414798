import type { NocAnswer } from './noc.driver';
import { Recent } from './recent';

describe('what the NOC answered a moment ago', () => {
  const answers = (...list: NocAnswer<string>[]) => jest.fn(() => Promise.resolve(list.shift() ?? { ok: true as const, value: 'none left' }));
  const yes = (value: string): NocAnswer<string> => ({ ok: true, value });

  it('is given only to who says how old it may be', async () => {
    const recent = new Recent();
    const call = answers(yes('first'), yes('second'));
    expect(await recent.ask('holder 192.0.2.1', 0, 1_000, call)).toEqual(yes('first'));
    expect(await recent.ask('holder 192.0.2.1', 5_000, 5_999, call)).toEqual(yes('first'));
    expect(await recent.ask('holder 192.0.2.1', 0, 6_000, call)).toEqual(yes('second'));
    expect(call).toHaveBeenCalledTimes(2);
  });

  it('is asked again when it is too old, and when it was no answer', async () => {
    const recent = new Recent();
    const call = answers({ ok: false, error: 'timeout', detail: '' }, yes('first'), yes('second'));
    expect(await recent.ask('holder 192.0.2.1', 5_000, 1_000, call)).toMatchObject({ ok: false });
    expect(await recent.ask('holder 192.0.2.1', 5_000, 1_001, call)).toEqual(yes('first'));
    expect(await recent.ask('holder 192.0.2.1', 5_000, 6_001, call)).toEqual(yes('second'));
  });

  it('is asked once by two who may be given the same answer', async () => {
    const recent = new Recent();
    const call = answers(yes('first'), yes('second'));
    const two = [recent.ask('holder 192.0.2.1', 5_000, 1_000, call), recent.ask('holder 192.0.2.1', 5_000, 1_000, call)];
    expect(await Promise.all(two)).toEqual([yes('first'), yes('first')]);
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('keeps so much and no more', async () => {
    const recent = new Recent();
    for (let i = 0; i <= 2_000; i++) {
      await recent.ask(`holder ${i}`, 5_000, 1_000, answers(yes(`of ${i}`)));
    }
    expect(await recent.ask('holder 0', 5_000, 1_000, answers(yes('asked again')))).toEqual(yes('asked again'));
    expect(await recent.ask('holder 2000', 5_000, 1_000, answers(yes('asked again')))).toEqual(yes('of 2000'));
  });
});
