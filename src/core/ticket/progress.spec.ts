import { progress, type Reached } from './progress';
import { about, shownState, stateLabel } from './state-label';
import { STATES } from './states';

const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 20, 9, minute));
const reached: Reached = { received: at(0), analysing: at(1), decided: at(30), lifting: at(31), lifted: at(35), ended: at(40) };
const short = (...args: Parameters<typeof progress>): string => progress(...args).map((step) => `${step.key}:${step.is}`).join(' ');

describe('progress', () => {
  it.each(STATES)('%s has exactly one place where it stands, or is done', (state) => {
    const steps = progress(state, { reached });
    expect(steps.filter((step) => step.is === 'now').length).toBe(state === 'lifted' ? 0 : 1);
    expect(steps[0]?.key).toBe('received');
  });
  it('waits for the customer where something is missing', () => {
    const now = progress('awaiting_evidence', { reached: { received: at(0) } }).find((step) => step.is === 'now');
    expect(now).toMatchObject({ key: 'analysing', tone: 'warn', note: 'Waits for you' });
  });
  it('keeps a question of a reviewer inside the review', () => {
    expect(progress('awaiting_evidence', { reached, asked: true }).find((step) => step.is === 'now')).toMatchObject({ key: 'review', note: 'Waits for your answer' });
  });
  it('counts the fixes it waits for', () => {
    expect(progress('awaiting_fixes', { reached, fixesOpen: 1 }).find((step) => step.is === 'now')?.note).toBe('Waits for 1 fix');
  });
  it('ends a ticket that was not lifted without steps to come', () => {
    expect(short('upheld', { reached })).toBe('received:done analysing:done review:done not_lifted:now');
    expect(short('closed', { reached: { received: at(0), ended: at(3) }, closedReason: 'withdrawn' })).toBe('received:done closed:now');
  });
  it('marks an address that was blocked again', () => {
    expect(progress('lifted', { reached, blockedAgain: true }).at(-1)).toMatchObject({ is: 'now', tone: 'bad' });
  });
});

describe('stateLabel', () => {
  it.each([
    ['queued', {}, 'Waiting for review'], ['queued', { aboutMinutes: 38 }, 'Waiting for review (about 40 minutes)'], ['on_hold', {}, 'Under review'],
    ['lifted', {}, 'Lifted and confirmed'], ['lifted', { blockedAgain: true }, 'Blocked again'], ['upheld', {}, 'Not lifted'],
  ] as const)('%s %o is "%s"', (state, context, label) => expect(stateLabel(state, context)).toBe(label));
  it.each([[1, 'about 5 minutes'], [38, 'about 40 minutes'], [60, 'about an hour'], [61, 'about 2 hours'], [2900, 'about 2 days']])('%i minutes are "%s"', (minutes, words) =>
    expect(about(minutes)).toBe(words));
});

describe('shownState', () => {
  it('hides a decision that may still be undone or waits for a second person', () => {
    expect(shownState('upheld', 'undoable')).toBe('in_review');
    expect(shownState('lifting', 'awaiting_approval')).toBe('in_review');
    expect(shownState('lifting', 'final')).toBe('lifting');
    expect(shownState('queued', 'undoable')).toBe('queued');
  });
});
