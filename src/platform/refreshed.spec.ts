import { Refreshed } from './refreshed';

/** A value that counts how often it was made, with hands on its clock and on when it is ready. */
function counter() {
  const state = { now: 0, made: 0, ready: [] as (() => void)[] };
  const value = new Refreshed(() => new Promise<number>((done, failed) => {
    const number = ++state.made;
    state.ready.push(() => (number === 3 ? failed(new Error('the third fails')) : done(number)));
  }), 2_000, 4_000, () => state.now);
  return { state, value };
}

it('is made once for all who ask while it is made, and is fresh for a while', async () => {
  const { state, value } = counter();
  const asked = [value.get(), value.get()];
  state.ready[0]?.();
  expect([await Promise.all(asked), (state.now = 2_000, await value.get()), state.made]).toEqual([[1, 1], 1, 1]);
});

it('gives the one before while the next is made, and makes who comes later wait', async () => {
  const { state, value } = counter();
  const first = value.get();
  state.ready[0]?.();
  await first;
  state.now = 2_001;
  expect([await value.get(), await value.get(), state.made]).toEqual([1, 1, 2]);
  state.now = 4_001;
  const later = value.get();
  state.ready[1]?.();
  expect([await later, state.made]).toEqual([2, 2]);
});

it('tells a failure to those who wait and tries again', async () => {
  const { state, value } = counter();
  state.made = 2;
  const failing = value.get();
  state.ready[0]?.();
  await expect(failing).rejects.toThrow('the third fails');
  const next = value.get();
  state.ready[1]?.();
  expect(await next).toBe(4);
});
