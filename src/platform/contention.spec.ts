import { Contention, type Meters } from './contention';

/** A process whose loop was at work for so much of each second, and that ran for so much of it. */
function process(): { is: (active: number, cpu: number) => boolean; sooner: () => boolean } {
  const at: Meters = { now: 0, active: 0, cpu: 0 };
  const contention = new Contention(() => ({ ...at }));
  return {
    is: (active, cpu) => {
      Object.assign(at, { now: at.now + 1_000, active: at.active + active, cpu: at.cpu + cpu });
      return contention.isContended();
    },
    sooner: () => {
      Object.assign(at, { now: at.now + 400, active: at.active + 400, cpu: at.cpu + 40 });
      return contention.isContended();
    },
  };
}

it('is contended when it was at work and did not run', () => {
  expect([process().is(800, 560), process().is(800, 830), process().is(20, 2)]).toEqual([true, false, false]);
});

it('changes its mind by a clear sign only', () => {
  const one = process();
  expect([one.is(800, 700), one.is(800, 640), one.is(800, 720), one.is(800, 760), one.is(800, 700)]).toEqual([false, true, true, false, false]);
});

it('is looked up twice a second at most', () => {
  const one = process();
  expect([one.is(800, 820), one.sooner(), one.is(800, 80)]).toEqual([false, false, true]);
});
