import { checkAnswers } from '../core/evidence/answers';
import { NO_ANSWERS } from '../core/texts/answers-form';
import type { Block } from '../core/ticket/block';
import { appealForm, checkPage, choosePage, shownBlock } from './appeal-form.view';

const block: Block = {
  ip: '203.0.113.45', kind: 'spam', blockedAt: '2026-11-20T02:14:08Z', detectionsTotal: 10, logs: 'INSIDE: logs', traffic: { messagesLastHour: 4242 },
  detections: [{ messageId: '<2@shop.example>', at: '2026-11-20T02:14:00Z', rule: 'INSIDE: rule', score: 17.25, subject: 'Reset' }, { messageId: '<1@shop.example>', at: '2026-11-20T02:09:00Z', rule: 'INSIDE: rule' }],
};
const input = { block, answers: NO_ANSWERS, errors: [], held: [], email: 'ops@shop.example', wait: null, now: new Date('2026-11-20T10:00:00Z') };

describe('the appeal form', () => {
  it('shows what is known as facts, and nothing of the filter’s own', () => {
    expect(shownBlock(block, input.now)).toMatchObject({ ip: '203.0.113.45', kindWord: 'Spam', alert: { total: 10, from: '2026-11-20T02:09:00Z', to: '2026-11-20T02:14:00Z' } });
    expect(JSON.stringify(appealForm(input))).not.toMatch(/INSIDE|17\.25|4242/);
  });

  it('names the hour before which nothing can be lifted only while it is to come', () => {
    const earliest = (releaseAllowedAt: string): unknown => shownBlock({ ...block, releaseAllowedAt }, input.now).earliest;
    expect(earliest('2026-11-20T12:00:00Z')).toBe('2026-11-20T12:00:00Z');
    expect(earliest('2026-11-20T09:00:00Z')).toBeNull();
  });

  it('lets a message of the alert be picked by its time and subject', () => {
    expect(appealForm(input).alert.map(({ label }) => label)).toEqual(['02:14:00 · Reset', '02:09:00 · <1@shop.example>']);
  });

  it('leads from each error to its question and keeps what was typed', () => {
    const answers = { ...NO_ANSWERS, claim: 'mistake' as const, headers: 'Hello Anna' };
    const form = appealForm({ ...input, answers, errors: checkAnswers(answers, [], 'spam') });
    expect(form.title).toBe('Error: two answers need a second look');
    expect(form.errors.map(({ at }) => at)).toEqual(['headers', 'queue-wanted']);
    expect(form.answers.headers).toBe('Hello Anna');
  });
});

describe('the answers to check', () => {
  const now = new Date('2026-11-20T10:00:00Z');
  const labels = (answers: object, kind: 'spam' | 'hack' = 'spam'): string[] =>
    checkPage({ block: { ...block, kind }, answers: { ...NO_ANSWERS, ...answers } as never, held: [], email: '', now }).rows.map((row) => row.label);

  it('shows only what belongs to the chosen claim', () => {
    const both = { headers: 'From: x', explanation: 'Orders.', cause: 'A form.', done: 'Closed.', queueInspected: 'cleared', isolated: 'Rescue.', logs: 'sshd' };
    expect(labels({ ...both, claim: 'mistake' })).toEqual(['What happened', 'What this mail is', 'Headers', 'The mail queue']);
    expect(labels({ ...both, claim: 'fixed' }, 'hack')).toEqual(['What happened', 'What was found', 'What was done, and when', 'How it was kept apart', 'Log lines']);
  });

  it('warns of what brings the block back', () => {
    const notes = (answers: object): string[] => checkPage({ block, answers: { ...NO_ANSWERS, claim: 'fixed', ...answers } as never, held: [], email: '', now }).notes;
    expect(notes({ queueInspected: 'no', mailStopped: 'no' })).toHaveLength(2);
    expect(notes({ queueInspected: 'cleared', mailStopped: 'yes' })).toEqual([]);
  });

  it('carries every answer on, so that nothing is typed twice', () => {
    const { carried } = checkPage({ block, answers: { ...NO_ANSWERS, headers: 'From: x' }, held: [], email: '', now });
    expect(carried.map(({ name }) => name)).toEqual(expect.arrayContaining(['ip', 'kind', 'blockedAt', ...Object.keys(NO_ANSWERS)]));
  });
});

describe('choosing the block', () => {
  it('leads to the ticket where there is one', () => {
    const { blocks } = choosePage([{ block, ticketRef: 'UB-7K3Q-92X4' }, { block, ticketRef: null }], { claim: 'fixed', ip: '', error: null });
    expect(blocks.map(({ href }) => href)).toEqual(['/tickets/UB-7K3Q-92X4', '/appeals/new?claim=fixed&ip=203.0.113.45&kind=spam&at=2026-11-20T02%3A14%3A08Z']);
  });
});
