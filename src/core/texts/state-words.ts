import type { State } from '../ticket/states';

/** How the desk names the states of a ticket; customers read other words. */
export const STATE_WORDS: Record<State, string> = {
  received: 'Received', awaiting_evidence: 'Waiting for the customer', analysing: 'Being analysed', queued: 'Waiting for review', in_review: 'In review',
  second_review: 'Second review', on_hold: 'On hold', awaiting_fixes: 'Waiting for fixes', lifting: 'Lifting', lifted: 'Lifted', upheld: 'Not lifted', closed: 'Closed',
};
