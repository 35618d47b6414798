import { filled, hasGap, isOffered, type CannedPart as Kept } from '../core/decision/canned-part';
import type { BlockKind, Claim } from '../core/ticket/block';

/** A part as the page offers it: filled from the ticket, its gaps in square brackets. */
export interface CannedPart {
  key: string;
  label: string;
  text: string;
}

interface About {
  ref: string;
  ip: string;
  kind: BlockKind;
  claim: Claim;
  blockedAt: Date;
  explained: number;
  total: number;
  fixes: string[];
}

const day = (at: Date) => `${at.getUTCDate()} ${['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'][at.getUTCMonth()] ?? ''}`;

/** The parts for a ticket, of those that the leads keep. */
export function cannedParts({ ref, ip, kind, claim, blockedAt, explained, total, fixes }: About, kept: readonly Kept[]): CannedPart[] {
  const unexplained = total > 1 ? Math.max(total - explained, 0) : 0;
  const fill = new Map([...ticketFill({ ref, ip, kind, blockedAt }), ['messages', String(total)], ['unexplained', String(unexplained)], ['fixes', fixes.length > 0 ? fixes.join('; ') : '[what has to change]']]);
  return kept.filter((part) => isOffered(part, { kind, claim, unexplained })).map(({ key, label, text }) => ({ key, label, text: filled(text, fill) }));
}

/** Texts that nobody has to add to, as they read for a ticket; how many messages and which fixes only the page knows. */
export const wholeTexts = (ticket: Pick<About, 'ref' | 'ip' | 'kind' | 'blockedAt'>, kept: readonly Kept[]): string[] =>
  kept.filter((part) => !hasGap(part)).map(({ text }) => filled(text, ticketFill(ticket)));

/** What a ticket fills by itself. */
const ticketFill = ({ ref, ip, kind, blockedAt }: Pick<About, 'ref' | 'ip' | 'kind' | 'blockedAt'>): Map<string, string> =>
  new Map([['address', ip], ['blocked_on', day(blockedAt)], ['kind', kind], ['reference', ref]]);
