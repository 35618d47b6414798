import type { Assessment, Finding } from './analysis';

export interface Assessed {
  assessment: Assessment;
  confidence: number;
  sum: number;
}

/** What speaks of a compromise or a relay (verdict rule 2; product, rule 7). */
export const COMPROMISE_CODES: readonly string[] = ['script-compromised-suspect', 'mailbox-compromise-suspect', 'open-relay-suspect', 'hack-logins-accepted', 'remediation-seen-again'];
/** What only the filter's own record gives: E0 of the evidence ladder. */
const E0_CODES: readonly string[] = ['claim-message-id-match'];
/** Against E0 itself: with one of these the record speaks no longer for the claim. */
const CONTRADICTIONS: readonly string[] = ['claim-headers-altered', 'ar-forged-trusted-id', 'hop-forged-provider-name', 'claim-time-outside-window'];

/** From where the sum speaks clearly. */
const CLEAR = { for: 2, against: -4 } as const;

/**
 * The assessment that the sum of weights and the verdict rules allow. It informs; a person decides.
 * Rule 1: nothing better than `insufficient_evidence` without E0 or E1; `likely_false_positive` needs E0; E1 alone gives at most `mixed`.
 * Rule 2: a sign of compromise or relay is never `likely_false_positive`. Rule 3: neither is contradicted evidence.
 */
export function assess(findings: readonly Finding[]): Assessed {
  const sum = findings.reduce((total, finding) => total + finding.weight, 0);
  const has = (codes: readonly string[]): boolean => findings.some((finding) => finding.code !== null && codes.includes(finding.code));
  const verified = findings.filter((finding) => finding.weighs === 'for' && finding.trust === 'verified');
  const hasE0 = verified.some((finding) => E0_CODES.includes(finding.code ?? ''));
  const barred = has(COMPROMISE_CODES) || has(CONTRADICTIONS);
  const assessment = verdict({ sum, hasE0, hasE1: verified.length > 0, barred, compromised: has(COMPROMISE_CODES) });
  return { assessment, sum, confidence: confidence(findings, assessment, sum) };
}

function verdict(given: { sum: number; hasE0: boolean; hasE1: boolean; barred: boolean; compromised: boolean }): Assessment {
  const { sum, hasE0, hasE1, barred, compromised } = given;
  if (sum <= CLEAR.against || (compromised && sum < 0)) {
    return 'likely_abuse';
  }
  if (hasE0 && !barred && sum >= CLEAR.for) {
    return 'likely_false_positive';
  }
  return hasE0 || hasE1 || compromised ? 'mixed' : 'insufficient_evidence';
}

/**
 * 0 to 1: how much of what was weighed rests on our own record or checks, and how clear the sum is. Two decimals. Where evidence is
 * insufficient it stays low: that nothing is known is all that is known.
 */
function confidence(findings: readonly Finding[], assessment: Assessment, sum: number): number {
  const weighed = findings.filter((finding) => finding.weight !== 0);
  const total = weighed.reduce((all, finding) => all + Math.abs(finding.weight), 0);
  if (total === 0) {
    return 0;
  }
  const proven = weighed.filter((finding) => finding.trust === 'verified' || finding.trust === 'contradicted').reduce((all, finding) => all + Math.abs(finding.weight), 0) / total;
  const clear = Math.min(1, Math.abs(sum) / 6);
  const unknown = findings.filter((finding) => finding.outcome === 'unknown').length;
  const value = (0.2 + 0.4 * proven + 0.4 * clear) * (1 - Math.min(0.3, unknown * 0.05));
  const most = assessment === 'insufficient_evidence' ? 0.3 : assessment === 'mixed' ? 0.6 : 0.95;
  return Math.round(Math.min(most, value) * 100) / 100;
}
