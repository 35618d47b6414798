import { belongsTo, type StaffFacts } from './staff';
import { forLead } from './needs-second-person';
import { may } from './may';
import { ALLOWED, refuse, type Verdict } from './verdict';

export interface ApproveFacts {
  accountId: string;
  /** who decided first */
  first: StaffFacts;
  /** why a second person is due */
  reasons: readonly string[];
  /** who upheld what the customer asked another reviewer to look at again; empty without an appeal */
  upheldBy: readonly string[];
}

/**
 * Whether a person may be the second: never the first, neither of the account, a lead for what is wide (rule 8). On an appeal nobody judges their own
 * "not lifted" again, also not as the second. Who lifted before a re-block (rule 13) may be the second: it is somebody else who takes such a
 * ticket, and a repeat always takes two, so that a desk of two people could never lift one.
 */
export function canApprove(second: StaffFacts, decision: ApproveFacts): Verdict {
  if (!may(second.role, 'approve')) {
    return refuse('role', `As ${second.role} you may read tickets, not approve decisions.`);
  }
  if (second.id === decision.first.id) {
    return refuse('same_person', 'You decided this yourself: the second person has to be somebody else.');
  }
  if (decision.upheldBy.includes(second.id)) {
    return refuse('decided_before', 'The customer appealed against a decision of yours: the second person has to be somebody else.');
  }
  if (belongsTo(second, decision.accountId) || belongsTo(decision.first, decision.accountId)) {
    return refuse('own_account', 'The ticket is about an account of one of the two people who decide: somebody else has to.');
  }
  if (forLead(decision.reasons) && !may(second.role, 'approve_wide')) {
    return refuse('lead_only', 'What reaches further than one address or one sender is approved by a lead.');
  }
  return ALLOWED;
}
