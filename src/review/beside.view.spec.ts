import type { Ticket } from '../tickets/ticket.entity';
import type { State } from '../core/ticket/states';
import { besideView } from './beside.view';

const at = new Date('2026-11-20T12:00:00Z');

describe('what stands beside the judgement', () => {
  it.each<[State, boolean]>([['queued', true], ['in_review', true], ['on_hold', true], ['second_review', false], ['lifting', false], ['lifted', false], ['upheld', false], ['awaiting_fixes', false], ['closed', false]])(
    'says that a lead was asked while somebody has to decide: %s', (state, said) => {
      const ticket = { ref: 'UB-7K3Q-92X4', state, takenBy: null, escalatedAt: at, escalatedWhy: 'How careful?' } as unknown as Ticket;
      const { escalated } = besideView({
        ticket, memory: { blocks: [], groups: [], similar: [], open: [] }, incidents: [], duplicateOf: null, person: { staff: { id: 'me', role: 'lead', accountIds: [] } } as never, yours: true, watchHours: 72, now: at,
      });
      expect(escalated).toEqual(said ? { at, why: 'How careful?' } : false);
    });
});
