import { isFalsePositive } from '../decision/outcome';

/** Hours from the beginning of a block before which it is not lifted: for the second block in 30 days, the third, and every later one. */
export type RepeatLadder = readonly number[];

export interface RepeatFacts {
  /** earlier blocks of the address within 30 days */
  repeats: number;
  blockedAt: Date;
  reasons: readonly string[];
}

/** What the ladder asks of a lift beyond what every lift needs. From the third block on something has to change, from the fourth on it has to be seen. */
export type LadderDemand = 'a_fix' | 'verified';

/** Blocks that our own filter got wrong are nobody's repeat: neither do they wait, nor is more asked of the customer (rules 13 and 15). */
const counts = ({ repeats, reasons }: Pick<RepeatFacts, 'repeats' | 'reasons'>): boolean => repeats > 0 && !isFalsePositive(reasons);

/** When a block may be lifted at the earliest by the ladder; null where it does not wait. */
export function earliestLift(facts: RepeatFacts, ladder: RepeatLadder): Date | null {
  const hours = ladder[Math.min(facts.repeats, ladder.length) - 1] ?? 0;
  return counts(facts) && hours > 0 ? new Date(facts.blockedAt.getTime() + hours * 3_600_000) : null;
}

/** What a lift after so many blocks has to bring. */
export function ladderDemands(facts: Pick<RepeatFacts, 'repeats' | 'reasons'>): LadderDemand[] {
  return !counts(facts) || facts.repeats < 2 ? [] : facts.repeats === 2 ? ['a_fix'] : ['a_fix', 'verified'];
}

/** The same in a sentence for who decides; null for a first block. @param twoPeople whether a repeat takes two people here */
export function ladderWords(repeats: number, blockedAt: Date, ladder: RepeatLadder, twoPeople = true): { asks: string; from: Date | null } | null {
  if (repeats === 0) {
    return null;
  }
  const asks = [...(twoPeople ? ['two people'] : []), ...(repeats >= 2 ? ['a fix with the lift'] : []), ...(repeats >= 3 ? ['the reason “remediation verified”'] : [])].join(', ');
  const from = earliestLift({ repeats, blockedAt, reasons: [] }, ladder);
  return asks === '' && from === null ? null : { asks: asks || 'one person', from };
}
