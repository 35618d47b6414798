import { earliestLift, ladderDemands, ladderWords } from './repeat-ladder';

const blockedAt = new Date('2026-11-20T00:00:00Z');
const ladder = [0, 4, 24];
const mine = ['remediation_plausible'];

describe('the ladder for repeats', () => {
  it.each([[0, null], [1, null], [2, '2026-11-20T04:00:00.000Z'], [3, '2026-11-21T00:00:00.000Z'], [9, '2026-11-21T00:00:00.000Z']])('after %d earlier blocks lifts from %s', (repeats, from) =>
    expect(earliestLift({ repeats, blockedAt, reasons: mine }, ladder)?.toISOString() ?? null).toBe(from));
  it.each([[0, []], [1, []], [2, ['a_fix']], [3, ['a_fix', 'verified']], [7, ['a_fix', 'verified']]])('after %d earlier blocks asks %j', (repeats, asks) => expect(ladderDemands({ repeats, reasons: mine })).toEqual(asks));
  it('lets nobody pay for our own mistake', () => {
    expect([earliestLift({ repeats: 5, blockedAt, reasons: ['vendor_rule_error'] }, ladder), ladderDemands({ repeats: 5, reasons: ['vendor_rule_error'] })]).toEqual([null, []]);
  });
  it('is a setting, and may ask for no wait at all', () => expect([earliestLift({ repeats: 1, blockedAt, reasons: mine }, [2])?.getUTCHours(), earliestLift({ repeats: 4, blockedAt, reasons: mine }, [])]).toEqual([2, null]));
  it('is told in words', () => expect([ladderWords(0, blockedAt, ladder), ladderWords(1, blockedAt, ladder), ladderWords(3, blockedAt, ladder)?.asks]).toEqual([
    null, { asks: 'two people', from: null }, 'two people, a fix with the lift, the reason “remediation verified”',
  ]));
  it('names no second person where the house asks for none', () => expect([ladderWords(1, blockedAt, ladder, false), ladderWords(1, blockedAt, [4], false)?.asks, ladderWords(2, blockedAt, ladder, false)?.asks]).toEqual([null, 'one person', 'a fix with the lift']));
});
