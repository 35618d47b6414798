import type { FixWords } from '../core/fixes/fix-words';
import type { FixPart, TicketParts } from '../tickets/ticket.query';
import type { Ticket } from '../tickets/ticket.entity';
import type { Reached } from '../core/ticket/progress';
import type { StoredTests } from '../evidence/test-messages.service';
import type { EvidenceLink } from './evidence-links.service';

/** Everything that the customer's page may need about one ticket, as it stands in the database. */
export interface TicketPageData {
  ticket: Ticket;
  parts: Omit<TicketParts, 'evidence'>;
  reached: Reached;
  /** the last thing a reviewer did was to ask for something */
  asked: boolean;
  analysedAt: Date | null;
  messages: { byKind: string; text: string; at: Date; channel: string }[];
  files: { type: string; name: string | null; size: number; receivedAt: Date; byLink: boolean }[];
  /** answers of the customer to "I cannot supply this, because" */
  excused: string[];
  queueInspected: boolean;
  /** how many messages of the alert the evidence explains, by Message-ID */
  explained: number;
  /** links for administrators that work now, newest first */
  evidenceLinks?: EvidenceLink[];
  /** its address for test messages and what came there; null before it has one */
  tests?: StoredTests | null;
}

/** The words of a fix for this ticket (core/fixes/fix-words.ts). */
export type FixTexts = (fix: Pick<FixPart, 'code'>) => FixWords;
