import { deadlineFor, type Times } from './deadlines';
import { STATES } from './states';
import { WORKFLOW } from './workflow';

const since = new Date('2026-11-20T08:00:00Z');
const times: Times = { remindHours: [4, 24, 72], expireDays: 7, fixDays: 30, leaseMinutes: 15 };
const at = (state: (typeof STATES)[number], reminded = 0, wakeAt: Date | null = null) => {
  const deadline = deadlineFor(state, since, times, { reminded, wakeAt });
  return deadline && [deadline.event, (deadline.at.getTime() - since.getTime()) / 3_600_000];
};

describe('deadlineFor', () => {
  it('reminds after 4 h, 24 h and 72 h, then ends the wait', () => {
    expect([0, 1, 2, 3].map((n) => at('awaiting_evidence', n))).toEqual([['remind', 4], ['remind', 24], ['remind', 72], ['expired', 168]]);
    expect([0, 3].map((n) => at('awaiting_fixes', n))).toEqual([['remind', 4], ['fixes_overdue', 720]]);
  });

  it('sends no reminder after the end', () => {
    expect(deadlineFor('awaiting_evidence', since, { ...times, remindHours: [400] }, { reminded: 0, wakeAt: null })?.event).toBe('expired');
  });

  it('ends a forgotten take with its lease and wakes a hold on its date', () => {
    expect(at('in_review')).toEqual(['lease_lost', 0.25]);
    expect(at('on_hold', 0, new Date('2026-11-22T08:00:00Z'))).toEqual(['woken', 48]);
  });

  it('leaves no machine to itself', () => {
    expect(at('analysing')?.[0]).toBe('analysis_failed');
  });

  it('names only ends that the workflow has', () => {
    for (const state of STATES) {
      for (const reminded of [0, 9]) {
        const event = deadlineFor(state, since, times, { reminded, wakeAt: null })?.event;
        expect(event === undefined || event === 'remind' || WORKFLOW[state][event] !== undefined).toBe(true);
      }
    }
  });
});
