import type { Analysis, Facts, Finding } from './analysis';

export type CustomerFinding = Omit<Finding, 'tells' | 'weight' | 'internal'>;
export type CustomerAnalysis = Omit<Analysis, 'findings' | 'sum' | 'facts'> & { findings: CustomerFinding[]; facts: Pick<Facts, 'now' | 'claim' | 'dns'> };

/**
 * An analysis without what a customer is not shown: weights and their sum, the reviewer's words, what would be an accusation
 * (verdict rule 3), and the filter's record (verdict rule 8).
 */
export function forCustomer(analysis: Analysis): CustomerAnalysis {
  const { sum: _sum, facts, findings, ...rest } = analysis;
  return {
    ...rest,
    findings: findings.filter((finding) => !finding.internal).map(({ tells: _tells, weight: _weight, internal: _internal, ...shown }) => shown),
    facts: { now: facts.now, claim: facts.claim, dns: facts.dns },
  };
}
