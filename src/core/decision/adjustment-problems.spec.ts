import type { ProposedAdjustment } from './adjustment-of';
import { adjustmentProblems } from './adjustment-problems';
import type { Outcome } from './outcome';

const now = new Date('2026-11-20T12:00:00Z');
const wanted = (more: Partial<ProposedAdjustment> = {}): ProposedAdjustment => ({ rule: 'CT_INVOICE', change: 'exception', scope: 'sender', sender: 'a@shop.example', ...more });

it.each<[string, Outcome, ProposedAdjustment | null, string[]]>([
  ['none at all', 'uphold', null, []],
  ['one without an end', 'lift', wanted(), []],
  ['one for 90 days', 'lift', wanted({ until: '2027-02-18T12:00:00Z' }), []],
  ['one for fixes that may end in a lift', 'require_fixes', wanted(), []],
  ['one that is over', 'lift', wanted({ until: '2026-11-20T11:59:59Z' }), ['out_of_range']],
  ['one for ever', 'lift', wanted({ until: '2999-01-01T00:00:00Z' }), ['out_of_range']],
  ['one where the filter was right', 'uphold', wanted(), ['not_wanted']],
])('%s', (_, outcome, adjustment, codes) => expect(adjustmentProblems(outcome, adjustment, now).map(({ code }) => code)).toEqual(codes));
