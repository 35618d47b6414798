import type { Outcome } from '../decision/outcome';
import type { State } from '../ticket/states';

/** A ticket and the decision by which it is to be lifted, as they stand at this moment. */
export interface LiftGrounds {
  ticketState: State;
  /** the ticket still stands on this decision, and not on a later one */
  isCurrent: boolean;
  outcome: Outcome;
  liftWhenVerified: boolean;
  decisionState: 'awaiting_approval' | 'undoable' | 'final' | 'undone' | 'refused';
  /** the undo window is still open */
  undoOpen: boolean;
  secondPerson: readonly string[];
  byId: string;
  secondBy: string | null;
  agreed: boolean | null;
}

/** Whether a lift may be ordered now (I4): a live decision that lifts, past its undo window, by two people where two are due. */
export function liftAllowed(grounds: LiftGrounds): 'yes' | 'not_yet' | 'no' {
  const lifts = grounds.outcome === 'lift' || (grounds.outcome === 'require_fixes' && grounds.liftWhenVerified);
  const twoPeople = grounds.secondPerson.length === 0 || (grounds.agreed === true && grounds.secondBy !== null && grounds.secondBy !== grounds.byId);
  if (grounds.ticketState !== 'lifting' || !grounds.isCurrent || !lifts || !twoPeople || !['undoable', 'final'].includes(grounds.decisionState)) {
    return 'no';
  }
  return grounds.decisionState === 'undoable' && grounds.undoOpen ? 'not_yet' : 'yes';
}
