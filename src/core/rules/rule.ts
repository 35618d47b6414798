import type { Message } from '../headers/message';
import type { Facts, Quote, Strength, Trust, Weighs } from './analysis';

/** What one check has found true. A rule may find several. */
export interface Hit {
  code: string;
  outcome?: 'hit' | 'pass';
  weighs?: Weighs;
  weight?: number;
  trust?: Trust;
  evidence?: Quote[];
  /** values for the gaps in the text of the code */
  says?: Record<string, string | number>;
}

export interface RuleInput {
  message: Message;
  facts: Facts;
}

/** One question about a message. Pure: it looks nothing up. `unknown` when the facts it needs could not be had. */
export interface Rule {
  /** kebab-case; the name of its file */
  id: string;
  asks: string;
  cites: string | null;
  strength: Strength;
  appliesTo: (input: RuleInput) => boolean;
  check: (input: RuleInput) => Hit[] | 'unknown';
}
