import type { FixWhen } from '../core/fixes/fix';
import type { Ticket } from '../tickets/ticket.entity';
import { decideView } from './decide.view';

const now = new Date('2026-11-20T13:00:00Z');
const ticket = { ref: 'UB-7K3Q-92X4', ip: '203.0.113.47', kind: 'spam', claim: 'mistake', blockedAt: now, repeats: 0, block: { ip: '203.0.113.47', kind: 'spam', blockedAt: '' }, accountEmail: 'ops@shop.example', appealedAt: null } as unknown as Ticket;

/** When the fix set_ptr stands, and whether somebody chose that: the page changes what nobody chose with the outcome. */
function shown(outcome: 'lift' | 'require_fixes', when: Record<string, FixWhen>) {
  const draft = { version: 4, outcome, reason: [], fix: ['set_ptr'], when, statement: '', liftWhenVerified: false };
  const fix = decideView({ ticket, analysis: null, draft, problems: [], changed: null, second: [], undoSeconds: 20, explained: 0, total: 0, parts: [], now }).shownFixes.find(({ code }) => code === 'set_ptr');
  return [fix?.whens.find(({ selected }) => selected)?.value, fix?.touched];
}

describe('the panel of the decision', () => {
  it.each<['lift' | 'require_fixes', Record<string, FixWhen>, [FixWhen, boolean]]>([
    ['lift', {}, ['after_lift', false]], ['lift', { set_ptr: 'before_lift' }, ['after_lift', false]], ['lift', { set_ptr: 'advice' }, ['advice', true]],
    ['require_fixes', {}, ['before_lift', false]], ['require_fixes', { set_ptr: 'after_lift' }, ['after_lift', true]],
  ])('has no fix before a lift, whatever was kept with another outcome: %s, %j', (outcome, when, expected) => expect(shown(outcome, when)).toEqual(expected));
});
