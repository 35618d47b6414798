import type { Strength, Trust } from '../analysis';

/** What one finding code means, in the two voices of the desk. `{gaps}` are filled by the rule that found it; `{count:line|lines}` is a number with the word that fits it. */
export interface Text {
  /** for the customer: a plain sentence, no accusation, nothing about how the filter works */
  says: string;
  /** for the reviewer */
  tells: string;
  strength: Strength;
  /** how far it can be believed when the rule does not say otherwise */
  trust: Trust;
  /** code of the fix that it asks for */
  fix: string | null;
  /** the standard it rests on; 'practice' where there is none; a violation always has one */
  cites: string;
  /** good news: the finding's outcome is `pass` */
  good?: true;
  /** never shown to a customer (verdict rule 3) */
  internal?: true;
}

/** Texts by code; `satisfies` keeps the codes as a closed list. */
export type Texts = Record<string, Text>;
