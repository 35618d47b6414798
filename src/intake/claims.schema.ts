import { z } from 'zod';
import { account, block, claim, evidence, ip, kind, text, time } from '../evidence/wire.schema';

/** `POST /rejected-unblocks`: the NOC hands over an unblock that it refused. */
export const rejectedUnblock = z.strictObject({
  block,
  account,
  rejection: z.strictObject({
    reason: z.enum(['too_early', 'evidence_required', 'not_in_inventory', 'repeat', 'error'], { error: 'must be too_early, evidence_required, not_in_inventory, repeat or error' }),
    message: text(2000).optional(),
  }),
  claim: claim.optional(),
  evidence: evidence.optional(),
  externalRef: text(200).optional(),
});
export type RejectedUnblock = z.output<typeof rejectedUnblock>;

/** `POST /claims`: what a customer says about one block. */
export const newClaim = z.strictObject({
  claim,
  block: z.strictObject({ ...block.shape, ip, kind, blockedAt: time }),
  account,
  statement: text(50_000).optional(),
  evidence,
  channel: z.enum(['noc', 'form', 'mail', 'api']).optional(),
  externalRef: text(200).optional(),
});
export type NewClaim = z.output<typeof newClaim>;
