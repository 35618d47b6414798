import type { MailClaim } from '../core/evidence/mail-claim';
import type { Block } from '../core/ticket/block';

/** A customer's clock and their alert differ by this much, in milliseconds. */
const SLACK = 60 * 60_000;

/**
 * The standing blocks that a mail can mean. What it says of kind and time narrows the choice only while something is left: a
 * customer who has one block means that one, however they tell its time.
 */
export function fittingBlocks(blocks: readonly Block[], said: Pick<MailClaim, 'kind' | 'blockTime'>): Block[] {
  const standing = blocks.filter((block) => block.state !== 'unblocked');
  const byKind = narrowed(standing, (block) => said.kind === null || block.kind === said.kind);
  const { blockTime } = said;
  const within = (slack: number) => (block: Block) => {
    const at = Date.parse(block.blockedAt);
    return blockTime === null || (at >= blockTime.from.getTime() - slack && at <= blockTime.to.getTime() + slack);
  };
  return narrowed(narrowed(byKind, within(SLACK)), within(0));
}

function narrowed(blocks: Block[], fits: (block: Block) => boolean): Block[] {
  const left = blocks.filter(fits);
  return left.length > 0 ? left : blocks;
}
