import type { State } from './states';

/** What the label depends on besides the state. */
export interface LabelContext {
  /** minutes until a person probably looks, for a ticket that waits for review; null when we cannot say */
  aboutMinutes?: number | null;
  /** the address was blocked again after the lift */
  blockedAgain?: boolean;
}

const LABELS: Record<State, string> = {
  received: 'Received',
  awaiting_evidence: 'We need something from you',
  analysing: 'Being analysed',
  queued: 'Waiting for review',
  in_review: 'Under review',
  second_review: 'Under review',
  on_hold: 'Under review',
  awaiting_fixes: 'Fixes needed',
  lifting: 'Lifting the block',
  lifted: 'Lifted and confirmed',
  upheld: 'Not lifted',
  closed: 'Closed',
};

/** The words for a state that customers read: the same in mail, page and API (product page, "What the customer sees"). */
export function stateLabel(state: State, context: LabelContext = {}): string {
  if (state === 'lifted' && context.blockedAgain) {
    return 'Blocked again';
  }
  return state === 'queued' && context.aboutMinutes ? `${LABELS.queued} (${about(context.aboutMinutes)})` : LABELS[state];
}

/** "about 40 minutes", "about 3 hours", "about 2 days": rounded so that it does not promise more than we know. */
export function about(minutes: number): string {
  if (minutes < 60) {
    return `about ${Math.max(5, Math.ceil(minutes / 5) * 5)} minutes`;
  }
  const hours = Math.ceil(minutes / 60);
  return hours < 36 ? `about ${hours === 1 ? 'an hour' : `${hours} hours`}` : `about ${Math.round(hours / 24)} days`;
}

/**
 * The state as the customer sees it. A decision that may still be undone is not shown: for the customer the review goes on.
 */
export function shownState(state: State, decisionState: string | null): State {
  const hidden = decisionState === 'undoable' || decisionState === 'awaiting_approval';
  return hidden && ['lifting', 'upheld', 'awaiting_fixes', 'awaiting_evidence', 'on_hold', 'second_review'].includes(state) ? 'in_review' : state;
}
