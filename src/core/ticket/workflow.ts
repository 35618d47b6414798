import type { EventType } from './events';
import type { State } from './states';

type Arrows = Partial<Record<EventType, State>>;

const LEAVES: Arrows = { withdrawn: 'closed', not_owner_found: 'closed', block_gone: 'closed', joined: 'closed' };

/**
 * The whole workflow on one screen: state, event, next state. A pair that is not here is refused.
 * `evidence_supplied` goes back to the analysis, or is analysed where the ticket stands while a person works on it, so
 * that nobody decides on a reading that is older than the evidence.
 */
export const WORKFLOW: Record<State, Arrows> = {
  received: { evidence_missing: 'awaiting_evidence', evidence_complete: 'analysing', ...LEAVES },
  awaiting_evidence: { evidence_added: 'awaiting_evidence', evidence_supplied: 'analysing', expired: 'closed', decision_undone: 'in_review', ...LEAVES },
  analysing: { analysed: 'queued', analysis_failed: 'queued', evidence_supplied: 'analysing', ...LEAVES },
  queued: { taken: 'in_review', evidence_supplied: 'analysing', escalated: 'queued', given_back: 'queued', ...LEAVES },
  in_review: {
    released: 'queued', lease_lost: 'queued', evidence_supplied: 'in_review', analysed: 'in_review', analysis_failed: 'in_review',
    lift_decided: 'lifting', approval_needed: 'second_review', fixes_required: 'awaiting_fixes', upheld: 'upheld',
    information_requested: 'awaiting_evidence', held: 'on_hold', escalated: 'queued', given_back: 'queued', ...LEAVES,
  },
  second_review: {
    lift_approved: 'lifting', fixes_required: 'awaiting_fixes', lift_refused: 'queued', decision_undone: 'in_review',
    evidence_supplied: 'second_review', analysed: 'second_review', analysis_failed: 'second_review', ...LEAVES,
  },
  on_hold: { woken: 'queued', escalated: 'queued', evidence_supplied: 'analysing', decision_undone: 'in_review', ...LEAVES },
  awaiting_fixes: {
    fix_reported: 'queued', fixes_verified: 'lifting', fixes_overdue: 'closed', evidence_supplied: 'analysing',
    decision_undone: 'in_review', ...LEAVES,
  },
  lifting: { evidence_supplied: 'lifting', lift_confirmed: 'lifted', lift_failed: 'queued', decision_undone: 'in_review', block_gone: 'lifted', not_owner_found: 'closed' },
  lifted: { blocked_again: 'lifted' },
  upheld: { appealed: 'queued', decision_undone: 'in_review' },
  closed: { reopened: 'received' },
};
