import { decisionProblems, type Problem } from '../core/decision/decision-problems';
import { timedFixes } from '../core/decision/timed-fixes';
import { filled } from '../core/decision/canned-part';
import type { Proposal } from './review.service';

/** What a statement to many customers is filled with, for each of them. */
export const FILLED_FOR_EACH = ['address', 'reference'] as const;

/** A ticket about which nothing speaks against anything: what is refused of it is refused of every one. */
const EASIEST = { kind: 'spam', repeats: 0, findings: [], detectionsSince: 0, appealed: false } as const;

/** What keeps one decision for many from being begun: what no ticket at all could be decided with. What only some refuse is told beside each. */
export function incidentProblems(proposal: Proposal, now: Date): Problem[] {
  const { outcome, reasons, requiredFixes, liftWhenVerified } = proposal;
  if (!outcome || outcome === 'hold') {
    return [{ field: 'outcome', code: 'missing', message: 'Choose what is decided for all of them.' }];
  }
  const statement = filled(proposal.statement, new Map(FILLED_FOR_EACH.map((name) => [name, name]))).trim();
  return decisionProblems({ outcome, reasons, statement, liftWhenVerified, wakeAt: null, requiredFixes: timedFixes(outcome, requiredFixes) }, { ...EASIEST, findings: [], now });
}
