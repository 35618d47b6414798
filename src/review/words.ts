import type { Assessment } from '../core/rules/analysis';
import type { BlockKind, Claim } from '../core/ticket/block';

/** The short words and signs of the desk: each state has a tone, an icon and a word, never colour alone. */

export type Tone = 'good' | 'bad' | 'warn' | 'unknown';
export interface Chip {
  tone: Tone;
  icon: string;
  label: string;
  more: string | null;
}

export const CLAIMS: Record<Claim, string> = { mistake: 'Mistake', fixed: 'Fixed' };
export const CLAIM_SAYS: Record<Claim, string> = { mistake: 'it was a mistake', fixed: 'it is fixed' };
export const KINDS: Record<BlockKind, { label: string; icon: string }> = {
  spam: { label: 'Spam', icon: 'mail-exclamation' },
  hack: { label: 'Hack', icon: 'bug' },
};

export { STATE_WORDS as STATES } from '../core/texts/state-words';

export const OUTCOMES = {
  lift: 'lift', require_fixes: 'fixes required', uphold: 'upheld', request_information: 'information asked', hold: 'on hold',
} as const;

const sure = (confidence: number): string => (confidence >= 0.75 ? 'high' : confidence >= 0.45 ? 'medium' : 'low');

/** The machine's reading as a chip: for or against the claim, and how sure. */
export function readingChip(assessment: Assessment | null, confidence: number | null): Chip {
  const more = confidence === null ? null : sure(confidence);
  switch (assessment) {
    case 'likely_false_positive':
      return { tone: 'good', icon: 'circle-check', label: 'For', more };
    case 'likely_abuse':
      return { tone: 'bad', icon: 'circle-x', label: 'Against', more };
    case 'mixed':
      return { tone: 'warn', icon: 'arrows-diff', label: 'Mixed', more };
    case 'insufficient_evidence':
      return { tone: 'unknown', icon: 'help-circle', label: 'Cannot tell', more };
    case null:
      return { tone: 'unknown', icon: 'clipboard-list', label: 'Not read', more: null };
  }
}

/** Why a second person is due, in words (policy codes of product rule 8). */
export function secondPersonWords(codes: string[]): string {
  const words: Record<string, string> = {
    hack: 'it is a hack block', repeats: 'blocked twice or more in 30 days', repeat: 'blocked twice or more in 30 days', against_assessment: 'lifting against the reading',
    wide_exception: 'the exception is wider than one sender', wide_block: 'the block is wider than one address', routed: 'a routing rule asks for it',
  };
  return codes.map((code) => words[code] ?? code.replaceAll('_', ' ')).join(', ');
}

/** "Premium" for the NOC's "premium". */
export const tierWord = (tier: string | null): string | null => (tier ? tier.charAt(0).toUpperCase() + tier.slice(1) : null);
