import { belongsTo, type StaffFacts } from './staff';
import { may } from './may';
import { ALLOWED, refuse, type Verdict } from './verdict';

export interface TakeFacts {
  accountId: string;
  /** who must not judge it again: the decider before an appeal, the one who lifted before a re-block (rules 1 and 13) */
  notBy: readonly string[];
  /** a lead was asked, and has not given it back */
  escalated?: boolean;
}

/** Whether a person may take a ticket. Who holds it meanwhile is not asked here. */
export function canTake(staff: StaffFacts, ticket: TakeFacts): Verdict {
  if (!may(staff.role, 'take')) {
    return refuse('role', `As ${staff.role} you may read tickets, not take them.`);
  }
  if (belongsTo(staff, ticket.accountId)) {
    return refuse('own_account', 'This ticket is about an account of yours: somebody else has to review it.');
  }
  if (ticket.notBy.includes(staff.id)) {
    return refuse('decided_before', 'You decided about this address before: another reviewer has to look at it now.');
  }
  if (ticket.escalated && !may(staff.role, 'give_back')) {
    return refuse('lead_only', 'A lead was asked about this ticket: it comes back to you when they give it back.');
  }
  return ALLOWED;
}
