/** The states of a ticket (product page, the workflow). Closed: the database has the same list as a check constraint. */
export const STATES = [
  'received', 'awaiting_evidence', 'analysing', 'queued', 'in_review', 'second_review',
  'on_hold', 'awaiting_fixes', 'lifting', 'lifted', 'upheld', 'closed',
] as const;
export type State = (typeof STATES)[number];

export const CLOSED_REASONS = ['withdrawn', 'expired', 'duplicate', 'not_owner', 'block_already_gone'] as const;
export type ClosedReason = (typeof CLOSED_REASONS)[number];

/** States in which no decision can follow any more for this block episode (an upheld one may still be appealed). */
export const FINAL_STATES: readonly State[] = ['lifted', 'upheld', 'closed'];
export const isOpen = (state: State): boolean => !FINAL_STATES.includes(state);
