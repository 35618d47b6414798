import { ROUND_THE_CLOCK, type Calendar } from './calendar';
import { explainPromise } from './explain-promise';
import { classFor, due, pausesOf, PROMISES, type Promises } from './promises';
import { addWorking, dueWithPauses, workingBetween } from './working-time';
import { isZone, moment } from './zoned';

const at = (text: string) => new Date(text);
const NINE_TO_FIVE: Calendar = { zone: 'Europe/Berlin', hours: [...Array.from({ length: 5 }, () => ({ from: '09:00', to: '17:00' })), null, null], holidays: ['2026-12-25'] };
const ALL_DAY: Calendar = { ...ROUND_THE_CLOCK, zone: 'Europe/Berlin', holidays: ['2030-01-01'] };
const NIGHT: Calendar = { ...NINE_TO_FIVE, hours: Array.from({ length: 7 }, () => ({ from: '01:00', to: '05:00' })) };

describe('a moment on the wall', () => {
  it.each([
    ['in winter', [2026, 1, 15], 540, '2026-01-15T08:00:00.000Z'],
    ['in summer', [2026, 7, 15], 540, '2026-07-15T07:00:00.000Z'],
    ['in the hour that spring skips: the first after it', [2026, 3, 29], 150, '2026-03-29T01:30:00.000Z'],
    ['in the hour that autumn has twice: the first', [2026, 10, 25], 150, '2026-10-25T00:30:00.000Z'],
    ['at the end of the shortest day', [2026, 3, 29], 1440, '2026-03-29T22:00:00.000Z'],
    ['at the end of the longest day', [2026, 10, 25], 1440, '2026-10-25T23:00:00.000Z'],
  ])('%s', (_, [year = 0, month = 0, day = 0], minutes, utc) => expect(moment({ year, month, day }, minutes, 'Europe/Berlin').toISOString()).toBe(utc));
  it('knows zones', () => expect([isZone('Europe/Berlin'), isZone('Mars/Olympus')]).toEqual([true, false]));
});

describe('working time', () => {
  it.each([
    ['within a day', '2026-11-24T09:00:00Z', 120, '2026-11-24T11:00:00.000Z'],
    ['before it opens', '2026-11-24T03:00:00Z', 60, '2026-11-24T09:00:00.000Z'],
    ['over night', '2026-11-24T15:00:00Z', 120, '2026-11-25T09:00:00.000Z'],
    ['over a weekend', '2026-11-27T15:30:00Z', 60, '2026-11-30T08:30:00.000Z'],
    ['over a holiday and a weekend', '2026-12-24T15:00:00Z', 120, '2026-12-28T09:00:00.000Z'],
    ['to the last minute', '2026-11-24T08:00:00Z', 480, '2026-11-24T16:00:00.000Z'],
    ['over the change to summer time', '2026-03-27T15:00:00Z', 120, '2026-03-30T08:00:00.000Z'],
  ])('is added %s', (_, start, minutes, end) => {
    expect(addWorking(NINE_TO_FIVE, at(start), minutes).toISOString()).toBe(end);
    expect(workingBetween(NINE_TO_FIVE, at(start), at(end))).toBe(minutes);
  });
  it('counts the hours that there are on the days on which the clocks change', () => {
    expect(workingBetween(ALL_DAY, at('2026-03-28T23:00:00Z'), at('2026-03-29T22:00:00Z'))).toBe(23 * 60);
    expect(workingBetween(ALL_DAY, at('2026-10-24T22:00:00Z'), at('2026-10-25T23:00:00Z'))).toBe(25 * 60);
    expect(workingBetween(NIGHT, at('2026-03-29T00:00:00Z'), at('2026-03-29T12:00:00Z'))).toBe(3 * 60);
    expect(workingBetween(NIGHT, at('2026-10-24T22:00:00Z'), at('2026-10-25T12:00:00Z'))).toBe(5 * 60);
  });
  it('is plain time where somebody is always there', () => expect(addWorking(ROUND_THE_CLOCK, at('2026-03-29T00:30:00Z'), 90).toISOString()).toBe('2026-03-29T02:00:00.000Z'));
  it('runs backwards never', () => expect(workingBetween(NINE_TO_FIVE, at('2026-11-25T09:00:00Z'), at('2026-11-24T09:00:00Z'))).toBe(0));
  it('ends where a calendar is never open', () => expect(addWorking({ ...NINE_TO_FIVE, hours: [] }, at('2026-11-24T09:00:00Z'), 60).toISOString()).toBe('2026-11-24T10:00:00.000Z'));
});

describe('a promise', () => {
  const asked = { from: at('2026-11-24T09:00:00Z'), to: at('2026-11-24T11:00:00Z') };
  it('is later by the working time in which the customer was asked', () => {
    expect(dueWithPauses(NINE_TO_FIVE, at('2026-11-24T08:00:00Z'), 240, [asked]).toISOString()).toBe('2026-11-24T14:00:00.000Z');
    expect(dueWithPauses(NINE_TO_FIVE, at('2026-11-24T08:00:00Z'), 240, [{ from: at('2026-11-24T09:00:00Z'), to: at('2026-11-25T08:00:00Z') }]).toISOString()).toBe('2026-11-25T11:00:00.000Z');
    expect(dueWithPauses(NINE_TO_FIVE, at('2026-11-24T08:00:00Z'), 30, [asked]).toISOString()).toBe('2026-11-24T08:30:00.000Z');
  });
  it('reads its pauses from where the ticket went', () => {
    const moves = [{ to: 'analysing', at: at('2026-11-24T08:00:00Z') }, { to: 'awaiting_evidence', at: asked.from }, { to: 'awaiting_evidence', at: at('2026-11-24T10:00:00Z') }, { to: 'analysing', at: asked.to }];
    expect(pausesOf(moves, at('2026-11-24T08:00:00Z'), null)).toEqual([asked]);
    expect(pausesOf(moves.slice(0, 2), at('2026-11-24T08:00:00Z'), null)).toEqual([{ from: asked.from, to: null }]);
    expect(pausesOf(moves, at('2026-11-24T10:30:00Z'), null)).toEqual([{ from: at('2026-11-24T10:30:00Z'), to: asked.to }]);
    expect(pausesOf(moves, at('2026-11-24T12:00:00Z'), null)).toEqual([]);
  });
  it('depends on the priority', () => {
    expect([-5, 0, 9, 10, 29, 30, 5000].map((priority) => classFor(PROMISES, priority).name)).toEqual(['normal', 'normal', 'normal', 'high', 'high', 'urgent', 'urgent']);
    const { firstAnswer, decision } = due(PROMISES, 10, at('2026-11-24T08:00:00Z'), []);
    expect([firstAnswer.toISOString(), decision.toISOString()]).toEqual(['2026-11-24T10:00:00.000Z', '2026-11-24T12:00:00.000Z']);
  });
  it('is explained in one line', () => {
    const ours: Promises = { ...PROMISES, calendar: NINE_TO_FIVE };
    expect(explainPromise(ours, 10, at('2026-11-24T13:00:00Z'), [asked], at('2026-11-24T12:00:00Z'))).toBe('due Tue 14:00: high, 4 working hours, paused 2 h');
    expect(explainPromise(PROMISES, 0, at('2026-11-24T16:00:00Z'), [], at('2026-11-24T12:00:00Z'))).toBe('due Tue 16:00 UTC: normal, 8 hours');
    expect(explainPromise(ours, 0, at('2026-12-24T13:00:00Z'), [{ ...asked, to: null }], at('2026-11-24T09:00:30Z'))).toBe('due 2026-12-24 14:00: normal, 8 working hours, paused now');
  });
});
