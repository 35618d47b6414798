import type { Claim } from '../ticket/block';
import type { Assessment, Finding } from './analysis';

const VERDICTS: Record<Assessment, string> = {
  likely_false_positive: 'This looks like a mistake of the filter',
  likely_abuse: 'This does not look like a mistake of the filter',
  mixed: 'There is something for and something against a mistake of the filter',
  insufficient_evidence: 'There is not enough evidence yet to say whether this was a mistake',
};

/** The same where the customer does not speak of a mistake, but of a repair. */
const OF_A_REPAIR: Record<Assessment, string> = {
  ...VERDICTS,
  likely_abuse: 'What was sent speaks against a cause that is gone',
  mixed: 'Something says that the cause is gone, and something that it is not',
  insufficient_evidence: 'There is not enough evidence yet to say whether the cause is gone',
};

/** One sentence for list and mail: the assessment and the weightiest reasons on its side. Fit for customers: nothing internal. */
export function summarise(assessment: Assessment, findings: readonly Finding[], fixes: readonly string[], claim: Claim = 'mistake'): string {
  const side = assessment === 'likely_abuse' ? -1 : assessment === 'likely_false_positive' ? 1 : 0;
  const reasons = findings
    .filter((finding) => finding.weight !== 0 && !finding.internal && (side === 0 || finding.weight * side > 0))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, 2)
    .map((finding) => clause(finding.says));
  const toFix = fixes.length === 0 ? '' : `; ${fixes.length === 1 ? 'one thing' : `${fixes.length} things`} to fix`;
  return `${(claim === 'fixed' ? OF_A_REPAIR : VERDICTS)[assessment]}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}${toFix}.`;
}

/** The first sentence, ready to stand behind a colon. */
function clause(says: string): string {
  const first = /^.+?[.!?](?=\s|$)/.exec(says)?.[0] ?? says;
  return first.replace(/[.!?]$/, '').replace(/^(This|The|Your|A|One|It|All|Many|Mail) /, (word) => word.toLowerCase());
}
