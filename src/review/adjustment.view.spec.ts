import { aboutFilter, adjustmentOfForm, adjustmentView } from './adjustment.view';
import { decisionForm, type DecisionForm } from './decision.schema';
import { draftOf, proposalOf } from './decision.form';
import { daysOptions } from './later';

const now = new Date('2026-11-20T13:00:00Z');
const about = aboutFilter(
  { ip: '203.0.113.47', kind: 'spam', blockedAt: '2026-11-20T08:41:07Z', detections: [{ at: '', rule: 'BULK', messageId: '<1@shop.example>' }, { at: '', rule: 'CT_INVOICE', messageId: '<2@shop.example>' }, { at: '', rule: 'BULK' }] },
  { from: 'Shop <A@Shop.example>', messageId: '<2@shop.example>' },
);
const form = (more: Record<string, unknown> = {}): DecisionForm => decisionForm.parse({ version: '3', outcome: 'lift', reason: 'vendor_rule_error', statement: 'The rule was wrong about your invoices.', adjust: 'exception', ...more });

describe('what a false positive changes in the filter', () => {
  it('is about the rules that spoke, the message that was read, and its sender', () =>
    expect(about).toEqual({ rules: ['BULK', 'CT_INVOICE'], sender: 'a@shop.example', messageIds: ['<2@shop.example>', '<1@shop.example>'] }));

  it.each<[string, Record<string, unknown>, object | null]>([
    ['an exception, narrow unless somebody says otherwise', {}, { rule: 'BULK', change: 'exception', scope: 'sender', sender: 'a@shop.example', messageId: '<2@shop.example>', until: '2026-12-20T13:00:00.000Z' }],
    ['rule, message, end and note as chosen', { adjustRule: 'CT_INVOICE', adjustMessage: '<1@shop.example>', adjustDays: '+7d', adjustNote: ' Invoices. ' },
      { rule: 'CT_INVOICE', change: 'exception', scope: 'sender', sender: 'a@shop.example', messageId: '<1@shop.example>', until: '2026-11-27T13:00:00.000Z', note: 'Invoices.' }],
    ['a whole domain', { adjustScope: 'domain', adjustMessage: '' }, { rule: 'BULK', change: 'exception', scope: 'domain', sender: 'shop.example', until: '2026-12-20T13:00:00.000Z' }],
    ['a correction has no end', { adjust: 'correct', adjustScope: 'rule', adjustDays: '+7d' }, { rule: 'BULK', change: 'correct', scope: 'rule', messageId: '<2@shop.example>' }],
    ['a rule and a message that are not of this block', { adjustRule: 'OTHER', adjustMessage: '<x@evil.example>' }, { rule: 'BULK', change: 'exception', scope: 'sender', sender: 'a@shop.example', until: '2026-12-20T13:00:00.000Z' }],
    ['nothing', { adjust: 'none' }, null],
    ['nothing, with another outcome', { outcome: 'uphold' }, null],
  ])('%s', (_, more, expected) => expect(adjustmentOfForm(form(more), about, now)).toEqual(expected));

  it('cannot be narrow where no sender is known', () => expect(adjustmentOfForm(form({ adjustScope: 'sender' }), { ...about, sender: null }, now)).toMatchObject({ scope: 'rule' }));
  it('is not asked where the filter named no rule', () => expect(adjustmentView('spam', { ...about, rules: [] }, draftOf(form()), now)).toBeNull());

  it('comes back as it was chosen', () => {
    const view = adjustmentView('spam', about, draftOf(form({ adjustRule: 'CT_INVOICE', adjustScope: 'domain', adjustMessage: '<1@shop.example>', adjustDays: '2026-12-01T09:00:00.000Z', adjustNote: 'Invoices.' })), now);
    const chosen = (list: { value: string; selected: boolean }[] | undefined) => list?.find(({ selected }) => selected)?.value;
    expect([view?.changes.find(({ checked }) => checked)?.value, chosen(view?.rules), chosen(view?.scopes), chosen(view?.messages), chosen(view?.days), view?.note]).toEqual(['exception', 'CT_INVOICE', 'domain', '<1@shop.example>', '2026-12-01T09:00:00.000Z', 'Invoices.']);
  });
});

describe('days to choose from', () => {
  it('keep a time that is none of them: a hold that was taken back still says when it ends', () => {
    const at = '2026-11-23T13:00:00.000Z';
    expect(daysOptions([1, 3], at, now).at(-1)).toEqual({ value: at, label: null, at: new Date(at), selected: true });
    expect(daysOptions([1, 3], '+3d', now).map(({ selected }) => selected)).toEqual([false, true]);
    expect(proposalOf(form({ outcome: 'hold', wakeAt: at }), about, now).wakeAt?.toISOString()).toBe(at);
  });
});
