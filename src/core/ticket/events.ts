/** What can happen to a ticket, in the past tense. Each is an arrow of the workflow table or it is refused. */
export const EVENTS = [
  'evidence_missing', 'evidence_complete', 'evidence_added', 'evidence_supplied', 'analysed', 'analysis_failed',
  'taken', 'released', 'lease_lost',
  'lift_decided', 'approval_needed', 'lift_approved', 'lift_refused', 'fixes_required', 'fix_reported', 'fixes_verified', 'fixes_overdue',
  'upheld', 'information_requested', 'held', 'woken', 'decision_undone',
  'lift_confirmed', 'lift_failed', 'blocked_again', 'block_gone', 'not_owner_found', 'withdrawn', 'expired', 'reopened', 'appealed', 'joined', 'escalated', 'given_back',
] as const;
export type EventType = (typeof EVENTS)[number];
