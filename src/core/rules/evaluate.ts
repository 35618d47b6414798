import type { Finding } from './analysis';
import type { Hit, Rule, RuleInput } from './rule';
import { fill, TEXTS } from './texts';
import { weigh } from './weights';

/**
 * Asks every rule. Each gives one finding for every hit, or one that says why there is none: passed, not applicable, unknown.
 * A rule that breaks gives the outcome `error` and never hides the others.
 */
export function evaluate(rules: readonly Rule[], input: RuleInput): Finding[] {
  const findings: Finding[] = [];
  for (const rule of rules) {
    try {
      ask(rule, input, findings);
    } catch (error) {
      findings.push(silent(rule, 'error', `This rule broke: ${error instanceof Error ? error.message : String(error)}`));
    }
  }
  return findings;
}

function ask(rule: Rule, input: RuleInput, findings: Finding[]): void {
  if (!rule.kinds.includes(input.facts.claim.kind ?? 'spam') || !rule.appliesTo(input)) {
    findings.push(usual(rule).notApplicable);
    return;
  }
  const hits = rule.check(input);
  if (hits === 'unknown') {
    findings.push(silent(rule, 'unknown', 'What this rests on could not be looked up, or was not supplied.'));
  } else if (hits.length === 0) {
    findings.push(usual(rule).pass);
  } else {
    for (const hit of hits) {
      findings.push(found(rule, hit));
    }
  }
}

/** Most rules find nothing, and then say the same every time: made once, and frozen because analyses share them. */
const USUAL = new Map<Rule, { pass: Finding; notApplicable: Finding }>();
function usual(rule: Rule): { pass: Finding; notApplicable: Finding } {
  let made = USUAL.get(rule);
  if (!made) {
    made = { pass: Object.freeze(silent(rule, 'pass')), notApplicable: Object.freeze(silent(rule, 'not_applicable')) };
    USUAL.set(rule, made);
  }
  return made;
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
