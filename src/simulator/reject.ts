import type { Block, Rejection } from '../core/ticket/block';

const DAY_MS = 86_400_000;

/**
 * Why this NOC refuses to unblock by itself: it always does, so that the way to the desk can be tried.
 * `episodes` are all episodes of the address; `now` in milliseconds.
 */
export function reject(block: Block, episodes: Block[], now: number): Rejection {
  const wait = Date.parse(block.releaseAllowedAt ?? block.blockedAt) - now;
  const before = episodes.filter((b) => b.blockedAt < block.blockedAt && Date.parse(b.blockedAt) > now - 30 * DAY_MS).length;
  if (wait > 0) {
    return { reason: 'too_early', message: `This address may be unblocked from ${block.releaseAllowedAt} at the earliest.` };
  }
  if (before > 0) {
    return { reason: 'repeat', message: `This address was blocked ${before + 1} times in 30 days. It cannot be unblocked automatically.` };
  }
  return block.kind === 'hack'
    ? { reason: 'evidence_required', message: 'Attacks came from this address. Show what was found and how it was stopped.' }
    : { reason: 'evidence_required', message: 'Spam left this address. Show a message from the alert, or what was repaired.' };
}
