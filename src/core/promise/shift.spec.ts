import { PROMISES } from './promises';
import { shiftAt } from './shift';

const berlin = { ...PROMISES, calendar: { ...PROMISES.calendar, zone: 'Europe/Berlin' } };

describe('a shift', () => {
  it.each([
    ['2026-11-24T05:30:00Z', 'Early', '2026-11-24', '2026-11-24T05:00:00.000Z'], ['2026-11-24T13:00:00Z', 'Late', '2026-11-24', '2026-11-24T13:00:00.000Z'],
    ['2026-11-24T22:00:00Z', 'Night', '2026-11-24', '2026-11-24T21:00:00.000Z'], ['2026-11-25T02:00:00Z', 'Night', '2026-11-24', '2026-11-24T21:00:00.000Z'],
    ['2026-10-25T04:30:00Z', 'Night', '2026-10-24', '2026-10-24T20:00:00.000Z'], ['2026-03-01T03:00:00Z', 'Night', '2026-02-28', '2026-02-28T21:00:00.000Z'],
  ])('at %s is %s of %s', (now, name, day, began) => expect(shiftAt(berlin, new Date(now))).toEqual({ name, day, beganAt: new Date(began) }));
});
