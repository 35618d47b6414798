import { Breaker } from './breaker';
import type { NocAnswer } from './noc.driver';

const down = (): Promise<NocAnswer<string>> => Promise.resolve({ ok: false, error: 'timeout', detail: '' });
const well = (): Promise<NocAnswer<string>> => Promise.resolve({ ok: true, value: 'here' });
const notThere = (): Promise<NocAnswer<string>> => Promise.resolve({ ok: false, error: 'not_found', detail: '' });

async function broken(at: number): Promise<Breaker> {
  const breaker = new Breaker();
  for (let i = 0; i < 8; i++) {
    await breaker.ask(at, down);
  }
  return breaker;
}

describe('the breaker', () => {
  it('leaves a NOC alone that failed eight times in a row', async () => {
    const breaker = await broken(0);
    const call = jest.fn(well);
    expect(await breaker.ask(1_999, call)).toMatchObject({ ok: false, error: 'busy', retryAfterSeconds: 1 });
    expect(call).not.toHaveBeenCalled();
  });

  it('tries it out with one call, and closes when that is answered', async () => {
    const breaker = await broken(0);
    const slow = breaker.ask(2_000, well);
    expect(await breaker.ask(2_001, well)).toMatchObject({ error: 'busy' });
    await slow;
    expect(await breaker.ask(2_002, well)).toEqual({ ok: true, value: 'here' });
  });

  it('opens again when the trial fails', async () => {
    const breaker = await broken(0);
    await breaker.ask(2_000, down);
    expect(await breaker.ask(3_999, well)).toMatchObject({ error: 'busy' });
  });

  it('takes "there is none" for an answer', async () => {
    const breaker = await broken(0);
    await breaker.ask(2_000, notThere);
    expect(await breaker.ask(2_001, well)).toMatchObject({ ok: true });
  });
});
