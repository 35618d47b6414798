import type { Ownership } from '../policy/owns-address';
import type { Block, BlockKind } from './block';

/** `requested` and `unknown`: sent, and no answer is stored; only a reading tells what became of it (I6). */
export const LIFT_STATES = ['scheduled', 'requested', 'unknown', 'unblocking', 'confirmed', 'failed', 'undone'] as const;
export type LiftState = (typeof LIFT_STATES)[number];

/** The episode that a decision named. It is lifted, or nothing is. */
export interface Episode {
  ip: string;
  kind: BlockKind;
  blockedAt: Date;
  blockId: string | null;
}

export interface LiftProgress {
  state: LiftState;
  /** the NOC said that it lifts */
  accepted: boolean;
  /** orders in a row for a block that the NOC lists and does not know, or STRIKES when it has been in trouble for too long */
  strikes: number;
  /** readings since it accepted */
  reads: number;
}

export type LiftFailure = 'newer_block' | 'no_such_block' | 'not_gone' | 'refused' | 'no_answer' | 'too_far_away' | 'stranded';

/** What to do next with a lift, from what the NOC says at this moment. */
export type LiftPlan =
  | { do: 'order' }
  | { do: 'wait' }
  | { do: 'confirm'; alreadyGone: boolean }
  | { do: 'close_as_stranger' }
  | { do: 'fail'; reason: LiftFailure; since?: string };

/** After so many such orders, or so many readings of an accepted one, a person looks. */
export const STRIKES = 4;
export const READS = 60;

/**
 * The next step. Reading always comes before ordering, so an order whose answer was lost is never repeated blindly, and a
 * decision about an old block never lifts a newer one (product, rules 2 and 3).
 */
export function planLift(episode: Episode, lift: LiftProgress, noc: { ownership: Ownership; blocks: readonly Block[] }): LiftPlan {
  const own = noc.blocks.find((block) => isEpisode(block, episode));
  const gone = !own || own.state === 'unblocked';
  const standing = noc.blocks.filter((block) => block.kind === episode.kind && block !== own && block.state !== 'unblocked');
  const newer = standing.find((block) => second(block.blockedAt) > second(episode.blockedAt));
  if (lift.accepted && gone) {
    return { do: 'confirm', alreadyGone: false };
  }
  if (noc.ownership === 'stranger') {
    return { do: 'close_as_stranger' };
  }
  if (newer) {
    return { do: 'fail', reason: 'newer_block', since: newer.blockedAt };
  }
  if (gone) {
    // The address is blocked, but not by the block that was judged: nothing is concluded from that.
    return !own && standing[0] ? { do: 'fail', reason: 'no_such_block', since: standing[0].blockedAt } : { do: 'confirm', alreadyGone: lift.state === 'scheduled' };
  }
  if (own.state === 'unblocking' || lift.accepted) {
    return lift.reads >= READS ? { do: 'fail', reason: 'not_gone' } : { do: 'wait' };
  }
  return lift.strikes >= STRIKES ? { do: 'fail', reason: 'no_answer' } : { do: 'order' };
}

/** Whether a block of the NOC's list is this episode: by its id where both have one, else by kind and second. */
export function isEpisode(block: Block, episode: Episode): boolean {
  if (block.kind !== episode.kind) {
    return false;
  }
  return block.blockId && episode.blockId ? block.blockId === episode.blockId : second(block.blockedAt) === second(episode.blockedAt);
}

const second = (at: string | Date): number => Math.floor(new Date(at).getTime() / 1000);

/** Seconds to wait before try `n` (from 0): doubled each time up to `cap`, and up to half as long again by `chance` (0 to 1). */
export function backoff(n: number, base: number, cap: number, chance: number): number {
  return Math.min(cap, base * 2 ** Math.min(n, 30)) * (1 + chance / 2);
}
