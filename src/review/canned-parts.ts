import type { BlockKind, Claim } from '../core/ticket/block';

/** A sentence to begin a statement with. What stands in square brackets must be filled before it can be sent. */
export interface CannedPart {
  key: string;
  label: string;
  text: string;
}

interface About {
  ip: string;
  kind: BlockKind;
  claim: Claim;
  blockedAt: Date;
  explained: number;
  total: number;
  fixes: string[];
}

const day = (at: Date) => `${at.getUTCDate()} ${['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'][at.getUTCMonth()] ?? ''}`;

/**
 * The parts for a ticket. The facts, the rule in words, the machine's part and how to appeal are added to every statement
 * by themselves (core/texts/statement.ts); these help with what only the reviewer can say.
 */
export function cannedParts({ ip, kind, claim, blockedAt, explained, total, fixes }: About): CannedPart[] {
  const parts: (CannedPart | null)[] = [
    { key: 'facts', label: 'Facts', text: `Your address ${ip} was blocked on ${day(blockedAt)} because [what the filter saw].` },
    kind === 'spam'
      ? { key: 'mail', label: 'What it was', text: `Your headers show that [what the mail was], sent ${claim === 'mistake' ? 'and signed by your own server' : 'by [who or what sent it]'}.` }
      : { key: 'traffic', label: 'What it was', text: 'Your logs show that [what made the traffic], [why that was legitimate, or not].' },
    total > 1 && explained < total ? { key: 'rest', label: 'The rest', text: `${total - explained} of the ${total} messages behind the block are not explained by what you sent: [what is known of them].` } : null,
    claim === 'fixed' ? { key: 'repair', label: 'The repair', text: 'What you describe [fits, or does not fit] what we saw: [why].' } : null,
    { key: 'fixes', label: 'Fixes', text: fixes.length > 0 ? `Please see to this: ${fixes.join('; ')}. [Until when, or before the lift.]` : 'Please change [what], [until when].' },
    { key: 'question', label: 'A question', text: 'To decide, we need one more thing: [what exactly, and where to find it].' },
  ];
  return parts.filter((part) => part !== null);
}
