import { z } from 'zod';
import { block } from '../evidence/wire.schema';

/** `POST /block-events`: a block of the NOC began or ended. */
export const blockEvent = z.strictObject({ event: z.enum(['blocked', 'unblocked'], { error: 'must be blocked or unblocked' }), block });
export type BlockEvent = z.output<typeof blockEvent>;
