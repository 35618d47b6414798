import { liftAllowed, type LiftGrounds } from './lift-allowed';

const grounds: LiftGrounds = {
  ticketState: 'lifting', isCurrent: true, outcome: 'lift', liftWhenVerified: false, decisionState: 'undoable', undoOpen: false, secondPerson: [], byId: 'r1', secondBy: null, agreed: null,
};
const two = { secondPerson: ['hack'], decisionState: 'final' as const };

describe('liftAllowed', () => {
  it.each<[string, Partial<LiftGrounds>, 'yes' | 'not_yet' | 'no']>([
    ['past the undo window', {}, 'yes'],
    ['inside the undo window', { undoOpen: true }, 'not_yet'],
    ['final', { decisionState: 'final', undoOpen: true }, 'yes'],
    ['undone', { decisionState: 'undone' }, 'no'],
    ['refused by the second person', { decisionState: 'refused' }, 'no'],
    ['waiting for the second person', { decisionState: 'awaiting_approval' }, 'no'],
    ['ticket moved on', { ticketState: 'in_review' }, 'no'],
    ['another decision since', { isCurrent: false }, 'no'],
    ['an upheld block', { outcome: 'uphold' }, 'no'],
    ['fixes that a person looks at', { outcome: 'require_fixes' }, 'no'],
    ['fixes that lift when verified', { outcome: 'require_fixes', liftWhenVerified: true }, 'yes'],
    ['two people agreed', { ...two, secondBy: 'r2', agreed: true }, 'yes'],
    ['two were due, one was asked', two, 'no'],
    ['the second disagreed', { ...two, secondBy: 'r2', agreed: false }, 'no'],
    ['the second is the first', { ...two, secondBy: 'r1', agreed: true }, 'no'],
  ])('%s', (_, more, result) => expect(liftAllowed({ ...grounds, ...more })).toBe(result));
});
