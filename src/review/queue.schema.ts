import { z } from 'zod';
import { text } from '../evidence/wire.schema';
import { SAID } from './notice';

export const QUEUES = ['mine', 'all-open', 'spam', 'hack', 'second-review', 'lift-failed', 'waiting-for-customer', 'on-hold', 'overdue'] as const;
export type QueueName = (typeof QUEUES)[number];

const choice = <T extends string>(...values: [T, ...T[]]) => z.preprocess((value) => (value === '' ? undefined : value), z.enum(values).optional());

/** The address of a queue page: a filter that is not understood is refused, so that a shared link never shows something else. */
export const queueQuery = z.object({
  queue: z.enum(QUEUES, { error: `must be one of ${QUEUES.join(', ')}` }).default('all-open'),
  claim: choice('mistake', 'fixed'),
  assessment: choice('for', 'against', 'mixed', 'unknown'),
  taken: choice('nobody', 'somebody'),
  repeats: choice('yes'),
  received: choice('24h', '7d'),
  q: text(400).optional(),
  /** the page after this row */
  after: z.string().max(200).regex(/^[A-Za-z0-9_-]*$/, 'must be the "after" that a page gave').optional(),
  /** what was just done, said once on top */
  said: choice(...SAID),
});
export type QueueQuery = z.output<typeof queueQuery>;
export type FilterName = 'claim' | 'assessment' | 'taken' | 'repeats' | 'received';
