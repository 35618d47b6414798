import { decide, TransitionRefused } from './decide';
import { JOBS, ON_ENTER, ON_EVENT } from './effects';
import { EVENTS } from './events';
import { FINAL_STATES, isOpen, STATES } from './states';
import { WORKFLOW } from './workflow';

const pairs = STATES.flatMap((state) => EVENTS.map((event) => ({ state, event })));

describe('the workflow', () => {
  it('reaches every state from received', () => {
    const seen = new Set<string>(['received']);
    for (let size = 0; size !== seen.size; ) {
      size = seen.size;
      for (const state of STATES.filter((s) => seen.has(s))) {
        Object.values(WORKFLOW[state]).forEach((to) => seen.add(to));
      }
    }
    expect([...STATES].filter((state) => !seen.has(state))).toEqual([]);
  });

  it('lets every state that waits for the customer expire', () => {
    expect(WORKFLOW.awaiting_evidence.expired).toBe('closed');
    expect(WORKFLOW.awaiting_fixes.fixes_overdue).toBe('closed');
  });

  it.each([
    ['analysing', 'analysis_failed'],
    ['lifting', 'lift_failed'],
    ['in_review', 'lease_lost'],
  ] as const)('brings a failure in %s to a person', (state, event) => {
    expect(WORKFLOW[state][event]).toBe('queued');
  });

  it('refuses every pair that is not in the table', () => {
    for (const { state, event } of pairs.filter(({ state, event }) => !WORKFLOW[state][event])) {
      expect(() => decide(state, event)).toThrow(TransitionRefused);
    }
  });

  it('lifts only by a decision, an approval or the last verified fix', () => {
    const arrows = pairs.filter(({ state, event }) => WORKFLOW[state][event] === 'lifting' && state !== 'lifting').map(({ state, event }) => `${state} ${event}`);
    expect(arrows.sort()).toEqual(['awaiting_fixes fixes_verified', 'in_review lift_decided', 'second_review lift_approved']);
  });

  it('lets every open state end', () => {
    for (const state of STATES.filter(isOpen)) {
      expect(Object.values(WORKFLOW[state]).some((to) => FINAL_STATES.includes(to) || to === 'queued' || to === 'lifting' || to === 'analysing')).toBe(true);
    }
  });

  it('names only jobs that exist', () => {
    const named = [...Object.values(ON_ENTER), ...Object.values(ON_EVENT)].flat().map((effect) => effect.job);
    expect(named.filter((job) => !JOBS.includes(job))).toEqual([]);
  });

  it('tells the customer of every end', () => {
    for (const event of ['lift_confirmed', 'upheld', 'expired', 'withdrawn', 'fixes_overdue'] as const) {
      expect(ON_EVENT[event]?.some((effect) => effect.job === 'mail-customer')).toBe(true);
    }
  });

  it('orders the lift exactly once on entering lifting', () => {
    expect(decide('in_review', 'lift_decided').effects.filter((effect) => effect.job === 'order-lift')).toHaveLength(1);
    expect(decide('lifting', 'evidence_supplied').effects.filter((effect) => effect.job === 'order-lift')).toHaveLength(0);
  });
});
