import { LONGEST_EXCEPTION_DAYS } from '../ticket/exception-plan';
import type { ProposedAdjustment } from './adjustment-of';
import type { Outcome } from './outcome';

export interface AdjustmentProblem {
  field: 'filterAdjustment';
  code: string;
  message: string;
}

/** What keeps a filter adjustment from being taken with a decision: it belongs to what may end in a lift, and an exception ends within 90 days. */
export function adjustmentProblems(outcome: Outcome, adjustment: ProposedAdjustment | null, now: Date): AdjustmentProblem[] {
  if (!adjustment) {
    return [];
  }
  const problem = (code: string, message: string): AdjustmentProblem => ({ field: 'filterAdjustment', code, message });
  const days = adjustment.until ? (Date.parse(adjustment.until) - now.getTime()) / 86_400_000 : null;
  return [
    ...(outcome === 'lift' || outcome === 'require_fixes' ? [] : [problem('not_wanted', 'A filter adjustment belongs to a lift: here the filter was right, or nobody knows yet.')]),
    ...(days === null || (days > 0 && days <= LONGEST_EXCEPTION_DAYS) ? [] : [problem('out_of_range', `An exception ends within the next ${LONGEST_EXCEPTION_DAYS} days.`)]),
  ];
}
