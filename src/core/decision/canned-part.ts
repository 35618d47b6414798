import type { BlockKind, Claim } from '../ticket/block';

/**
 * A sentence to begin a statement with, kept by the leads. Two signs, no more: `{address}` is filled from the ticket, and what stands
 * in square brackets is a gap that the reviewer has to fill before it can be sent. All else is text, `{{constructor}}` too.
 */
export interface CannedPart {
  /** stable; a statement never refers to it */
  key: string;
  label: string;
  text: string;
  /** only for blocks of this kind, or claims of this sort */
  kind: BlockKind | null;
  claim: Claim | null;
  /** only when some messages behind the block are not explained */
  unexplained: boolean;
  /** kept, but no longer offered */
  retired: boolean;
}

/** What a part can be filled with. A closed list: nothing is looked up by a name that somebody typed. */
export const PLACEHOLDERS: readonly { name: string; means: string }[] = [
  { name: 'address', means: 'the address that is blocked' }, { name: 'blocked_on', means: 'the day of the block' }, { name: 'kind', means: 'spam or hack' },
  { name: 'messages', means: 'how many messages the alert lists' }, { name: 'unexplained', means: 'how many of them are not explained' },
  { name: 'fixes', means: 'the fixes that are ticked' }, { name: 'reference', means: 'the reference of the ticket' },
];

export type Fill = ReadonlyMap<string, string>;
const MARK = /\{\{[^{}\n]{0,80}\}\}|\{([a-z_]{1,30})\}/g;

/** The text with what is known filled in; an unknown name, and everything in double braces, is printed as it stands. */
export const filled = (text: string, fill: Fill): string => text.replace(MARK, (whole, name: string | undefined) => (name === undefined ? whole : (fill.get(name) ?? whole)));

/** Names in a text that cannot be filled: a part with one is not saved. */
export function unknownPlaceholders(text: string): string[] {
  const known = new Set(PLACEHOLDERS.map(({ name }) => name));
  return [...new Set([...text.matchAll(MARK)].flatMap((match) => (match[1] !== undefined && !known.has(match[1]) ? [match[1]] : [])))];
}

/** Names of ours that stand unfilled in a text, as they stand there. */
export function leftPlaceholders(text: string): string[] {
  const known = new Set(PLACEHOLDERS.map(({ name }) => name));
  return [...text.matchAll(MARK)].flatMap((match) => (match[1] !== undefined && known.has(match[1]) ? [match[0]] : []));
}

/** Whether a part leaves something for the reviewer to say. */
export const hasGap = ({ text }: Pick<CannedPart, 'text'>): boolean => /\[[^[\]]+\]/.test(text);

/** What only the page knows, as it may stand in a statement. */
const UNKNOWN: Record<string, string> = { messages: '\\d{1,7}', unexplained: '\\d{1,7}', fixes: '[^.]{1,400}?' };

/**
 * Whether a statement says nothing but what canned parts say: such a text alone cannot be sent (product, rule 9).
 * @param wholes texts of parts that have no gap, filled with what is known of the ticket
 */
export function isOnlyCanned(statement: string, wholes: readonly string[]): boolean {
  const flat = (text: string): string => text.replace(/\s+/g, ' ').trim();
  let rest = flat(statement);
  for (const whole of wholes.map(flat).sort((a, b) => b.length - a.length)) {
    const pieces = whole.split(/\{(messages|unexplained|fixes)\}/).map((piece, i) => (i % 2 === 1 ? (UNKNOWN[piece] ?? '') : piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
    // One list of fixes in a part is bounded work; more would be more than that.
    rest = pieces.filter((piece) => piece === UNKNOWN['fixes']).length > 1 ? rest : rest.replace(new RegExp(pieces.join(''), 'gu'), ' ');
  }
  return wholes.length > 0 && !/[\p{L}\p{N}]/u.test(rest);
}

/** Whether a part is offered for a ticket. */
export const isOffered = (part: CannedPart, about: { kind: BlockKind; claim: Claim; unexplained: number }): boolean =>
  !part.retired && (part.kind === null || part.kind === about.kind) && (part.claim === null || part.claim === about.claim) && (!part.unexplained || about.unexplained > 0);

const any = { kind: null, claim: null, unexplained: false, retired: false };

/** How the desk begins. The facts, the rule in words, the machine's part and how to appeal are added to every statement by themselves. */
export const PARTS: readonly CannedPart[] = [
  { key: 'facts', label: 'Facts', text: 'Your address {address} was blocked on {blocked_on} because [what the filter saw].', ...any },
  { key: 'mail', label: 'What it was', text: 'Your headers show that [what the mail was], sent and signed by your own server.', ...any, kind: 'spam', claim: 'mistake' },
  { key: 'mail_fixed', label: 'What it was', text: 'Your headers show that [what the mail was], sent by [who or what sent it].', ...any, kind: 'spam', claim: 'fixed' },
  { key: 'traffic', label: 'What it was', text: 'Your logs show that [what made the traffic], [why that was legitimate, or not].', ...any, kind: 'hack' },
  { key: 'rest', label: 'The rest', text: '{unexplained} of the {messages} messages behind the block are not explained by what you sent: [what is known of them].', ...any, unexplained: true },
  { key: 'repair', label: 'The repair', text: 'What you describe [fits, or does not fit] what we saw: [why].', ...any, claim: 'fixed' },
  { key: 'fixes', label: 'Fixes', text: 'Please see to this: {fixes}. [Until when, or before the lift.]', ...any },
  { key: 'question', label: 'A question', text: 'To decide, we need one more thing: [what exactly, and where to find it].', ...any },
];
