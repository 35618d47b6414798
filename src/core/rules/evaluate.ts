import type { Finding } from './analysis';
import type { Hit, Rule, RuleInput } from './rule';
import { fill, TEXTS } from './texts';
import { weigh } from './weights';

/**
 * Asks every rule. Each gives one finding for every hit, or one that says why there is none: passed, not applicable, unknown.
 * A rule that breaks gives the outcome `error` and never hides the others.
 */
export function evaluate(rules: readonly Rule[], input: RuleInput): Finding[] {
  return rules.flatMap((rule) => {
    try {
      return ask(rule, input);
    } catch (error) {
      return [silent(rule, 'error', `This rule broke: ${error instanceof Error ? error.message : String(error)}`)];
    }
  });
}

function ask(rule: Rule, input: RuleInput): Finding[] {
  if (!rule.kinds.includes(input.facts.claim.kind ?? 'spam') || !rule.appliesTo(input)) {
    return [silent(rule, 'not_applicable')];
  }
  const hits = rule.check(input);
  if (hits === 'unknown') {
    return [silent(rule, 'unknown', 'What this rests on could not be looked up, or was not supplied.')];
  }
  return hits.length === 0 ? [silent(rule, 'pass')] : hits.map((hit) => found(rule, hit));
}

function found(rule: Rule, hit: Hit): Finding {
  const text = TEXTS[hit.code];
  const { weight, weighs } = hit.weight === undefined ? weigh(hit.code) : { weight: hit.weight, weighs: 'neutral' as const };
  return {
    rule: rule.id, code: hit.code, outcome: text.good ? 'pass' : 'hit', strength: text.strength, weighs, weight, trust: hit.trust ?? text.trust,
    says: fill(text.says, hit.says), tells: fill(text.tells, hit.says), evidence: hit.evidence ?? [], fix: hit.fix === false ? null : text.fix, cites: text.cites,
    ...(text.internal ? { internal: true } : {}),
  };
}

function silent(rule: Rule, outcome: 'pass' | 'not_applicable' | 'unknown' | 'error', tells?: string): Finding {
  return {
    rule: rule.id, code: null, outcome, strength: rule.strength, weighs: 'neutral', weight: 0, trust: 'claimed', says: rule.asks, tells: tells ?? rule.asks,
    evidence: [], fix: null, cites: rule.cites,
  };
}
