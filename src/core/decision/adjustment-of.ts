import type { Detection } from '../ticket/block';
import { isFalsePositive } from './outcome';

/** What the page asks of the filter. Over the API it may be said in words, for the filter team to read. */
export const ADJUSTMENT_CHANGES = ['exception', 'correct', 'report'] as const;
/** How far it reaches: one sender, everybody at their domain, or all that the rule acts on. */
export const ADJUSTMENT_SCOPES = ['sender', 'domain', 'rule'] as const;

export interface ProposedAdjustment {
  rule: string;
  /** one of ADJUSTMENT_CHANGES, or words */
  change: string;
  /** one of ADJUSTMENT_SCOPES, or words */
  scope: string;
  sender?: string;
  messageId?: string;
  /** RFC 3339 */
  until?: string;
  note?: string;
}

/**
 * What a lift tells the filter (product, rule 15): what the reviewer proposed, or, after a false positive without a proposal, a
 * report of the rule that acted on most of the alerted messages. Null when the filter was right, or names no rule.
 */
export function adjustmentOf(decision: { reasons: readonly string[]; filterAdjustment: ProposedAdjustment | null }, detections: readonly Detection[]): ProposedAdjustment | null {
  if (decision.filterAdjustment) {
    return decision.filterAdjustment;
  }
  const named = detections.flatMap((seen) => (seen.rule ? [seen.rule] : []));
  const count = (rule: string): number => named.filter((other) => other === rule).length;
  const [rule] = [...new Set(named)].sort((a, b) => count(b) - count(a));
  if (!rule || !isFalsePositive(decision.reasons)) {
    return null;
  }
  const example = detections.find((seen) => seen.rule === rule);
  return { rule, change: 'report', scope: 'sender', ...(example?.mailFrom ? { sender: example.mailFrom } : {}), ...(example?.messageId ? { messageId: example.messageId } : {}) };
}
