import { canTake, type TakeFacts } from './can-take';
import type { StaffFacts } from './staff';
import { may } from './may';
import { refuse, type Verdict } from './verdict';

export interface DecideFacts extends TakeFacts {
  /** who holds the ticket; null when nobody does */
  takenBy: string | null;
}

/** Whether a person may decide a ticket: theirs at this moment, not their own account's, and not one they judged before. */
export function canDecide(staff: StaffFacts, ticket: DecideFacts): Verdict {
  if (!may(staff.role, 'decide')) {
    return refuse('role', `As ${staff.role} you may read tickets, not decide them.`);
  }
  if (ticket.takenBy !== staff.id) {
    return refuse('not_taken', ticket.takenBy === null ? 'Take the ticket before you decide.' : 'Somebody else has this ticket.');
  }
  return canTake(staff, ticket);
}
