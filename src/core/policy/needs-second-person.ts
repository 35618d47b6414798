import ipaddr from 'ipaddr.js';
import type { Outcome } from '../decision/outcome';
import type { Assessment } from '../rules/analysis';
import type { BlockKind } from '../ticket/block';

/** Why a second person is due (product, rule 8). Codes are stored with ticket and decision. */
export const SECOND_PERSON_CODES = ['hack', 'repeats', 'against_assessment', 'wide_exception', 'wide_block', 'routed'] as const;
export type SecondPersonCode = (typeof SECOND_PERSON_CODES)[number];

/** The list of rule 8 as a setting: which reasons count, and from how many blocks in 30 days an address is a repeat. */
export interface TwoPeopleRule {
  reasons: readonly SecondPersonCode[];
  /** blocks within 30 days, this one included */
  repeatsFrom: number;
}

export const TWO_PEOPLE: TwoPeopleRule = { reasons: SECOND_PERSON_CODES, repeatsFrom: 2 };

export interface LiftFacts {
  kind: BlockKind;
  /** earlier blocks of the address (or its /64) within 30 days, this one not included */
  repeats: number;
  assessment: Assessment | null;
  /** the network that the block covers, when it is more than the address */
  prefix?: string | null;
  /** how far a filter exception would reach; null when none is asked for */
  exceptionScope?: ExceptionScope | null;
  /** a rule of the routing asks for two people */
  routed?: boolean;
}

/** `sender` is one sender and one rule; everything else is wider. */
export type ExceptionScope = 'sender' | 'domain' | 'rule' | 'everything';

const APPLIES: Record<SecondPersonCode, (facts: LiftFacts, rule: TwoPeopleRule) => boolean> = {
  hack: ({ kind }) => kind === 'hack',
  repeats: ({ repeats }, { repeatsFrom }) => repeats + 1 >= repeatsFrom,
  against_assessment: ({ assessment }) => assessment === 'likely_abuse',
  wide_exception: ({ exceptionScope }) => exceptionScope != null && exceptionScope !== 'sender',
  wide_block: ({ prefix }) => isWide(prefix ?? null),
  routed: ({ routed }) => routed === true,
};

/** Why lifting this block takes two people; empty when one is enough. */
export function secondPersonFor(facts: LiftFacts, rule: TwoPeopleRule = TWO_PEOPLE): SecondPersonCode[] {
  return rule.reasons.filter((code) => APPLIES[code](facts, rule));
}

/**
 * The same for a decision: only what may end in a lift needs two, that is a lift and `require_fixes` with "lift when
 * verified", which the second person approves when it is set (rule 7).
 */
export function needsSecondPerson(decision: { outcome: Outcome; liftWhenVerified: boolean }, facts: LiftFacts, rule: TwoPeopleRule = TWO_PEOPLE): SecondPersonCode[] {
  const lifts = decision.outcome === 'lift' || (decision.outcome === 'require_fixes' && decision.liftWhenVerified);
  return lifts ? secondPersonFor(facts, rule) : [];
}

/** Reasons that only a lead may approve. */
export const forLead = (codes: readonly string[]): boolean => codes.includes('wide_block') || codes.includes('wide_exception');

/** Wider than one address, or one /64 of IPv6. What cannot be read counts as wide. */
export function isWide(prefix: string | null): boolean {
  if (prefix === null || prefix === '') {
    return false;
  }
  if (!prefix.includes('/')) {
    return !ipaddr.isValid(prefix);
  }
  if (!ipaddr.isValidCIDR(prefix)) {
    return true;
  }
  const [base, bits] = ipaddr.parseCIDR(prefix);
  return bits < (base.kind() === 'ipv4' ? 32 : 64);
}
