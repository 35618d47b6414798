import type { Message } from '../headers/message';
import type { BlockKind } from '../ticket/block';
import type { Facts, Quote, Strength, Trust } from './analysis';
import type { Reading } from './reading';
import type { FindingCode } from './texts';

/** What one check has found true. A rule may find several. */
export interface Hit {
  code: FindingCode;
  /** instead of the weight of the table, where the circumstances take it away */
  weight?: number;
  trust?: Trust;
  evidence?: Quote[];
  /** values for the gaps in the text of the code */
  says?: Record<string, string | number>;
  /** false: here nothing can be fixed by it */
  fix?: false;
}

export interface RuleInput {
  message: Message;
  facts: Facts;
  /** the message and the facts as understood, worked out once for all rules */
  reading: Reading;
}

/** One question about a message. Pure: it looks nothing up. `unknown` when the facts it needs could not be had. */
export interface Rule {
  /** kebab-case; the name of its file */
  id: string;
  asks: string;
  cites: string | null;
  strength: Strength;
  /** kinds of block it is asked for; mail rules are not asked of a `hack` (verdict rule 7) */
  kinds: readonly BlockKind[];
  /** it reads names in DNS: only such rules are run to plan the look-ups */
  asksDns?: true;
  appliesTo: (input: RuleInput) => boolean;
  check: (input: RuleInput) => Hit[] | 'unknown';
}
