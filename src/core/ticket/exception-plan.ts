/** What a decision says that the filter should let pass for a while. */
export interface WantedException {
  rule: string;
  change: string;
  scope: string;
  sender?: string;
  /** RFC 3339 */
  until?: string;
}

export interface NarrowException {
  rule: string;
  sender: string;
  until: Date;
}

/** Days for which an exception holds where the decision does not say, and at most. */
const DAYS = 30;
export const LONGEST_EXCEPTION_DAYS = 90;
/** How often the order is tried; then the lift goes on without it. */
export const EXCEPTION_TRIES = 3;

/**
 * The exception that may be ordered for a decision: one rule, one sender, an end. What is wider, or is over already, is none: that stays
 * an adjustment for the filter team.
 */
export function narrowException(wanted: WantedException | null, now: Date): NarrowException | null {
  if (wanted?.change !== 'exception' || wanted.scope !== 'sender' || !isOneSender(wanted.sender) || wanted.rule === '') {
    return null;
  }
  const day = 86_400_000;
  const until = Math.min(wanted.until ? Date.parse(wanted.until) : now.getTime() + DAYS * day, now.getTime() + LONGEST_EXCEPTION_DAYS * day);
  return until > now.getTime() ? { rule: wanted.rule, sender: wanted.sender ?? '', until: new Date(until) } : null;
}

/** One mailbox: not a domain, not a pattern. */
export const isOneSender = (sender: string | undefined): boolean => /^[^\s@*]+@[^\s@*]+$/.test(sender ?? '');
