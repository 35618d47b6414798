import { z } from 'zod';
import { text } from '../evidence/wire.schema';
import { SAID } from './notice';

export const QUEUES = ['mine', 'all-open', 'spam', 'hack', 'second-review', 'for-lead', 'lift-failed', 'waiting-for-customer', 'on-hold', 'overdue'] as const;
export type QueueName = (typeof QUEUES)[number];

const choice = <T extends string>(...values: [T, ...T[]]) => z.preprocess((value) => (value === '' ? undefined : value), z.enum(values).optional());

const typed = (max: number) => z.preprocess((value) => (typeof value === 'string' ? value.trim() || undefined : value), text(max).optional());

/** The address of a queue page: a filter that is not understood is refused, so that a shared link never shows something else. */
export const queueQuery = z.object({
  queue: z.enum(QUEUES, { error: `must be one of ${QUEUES.join(', ')}` }).default('all-open'),
  claim: choice('mistake', 'fixed'),
  assessment: choice('for', 'against', 'mixed', 'unknown'),
  taken: choice('nobody', 'somebody'),
  repeats: choice('yes'),
  received: choice('24h', '7d'),
  /** the tier of the customer, as the NOC names it */
  tier: typed(40),
  /** a rule of the filter that spoke of the block */
  rule: typed(200),
  /** the queue that the routing named */
  routed: typed(40),
  sort: choice('urgency', 'newest', 'oldest'),
  q: text(400).optional(),
  /** the page after this row */
  after: z.string().max(200).regex(/^[A-Za-z0-9_-]*$/, 'must be the "after" that a page gave').optional(),
  /** what was just done, said once on top */
  said: choice(...SAID),
});
export type QueueQuery = z.output<typeof queueQuery>;

/** The same over the API: a page of up to 200, and nothing unknown. */
export const queueList = queueQuery.omit({ said: true }).extend({ limit: z.coerce.number({ error: 'must be a number' }).int('must be a whole number').min(1, 'must be at least 1').max(200, 'must be at most 200').default(50) }).strict();
export type QueueList = z.output<typeof queueList>;

/** Rows of a page that somebody has open, asked for again by their references. */
export const rowsQuery = queueQuery.extend({ refs: z.string().max(4000).regex(/^[0-9A-Z,-]*$/, 'must be references, with commas between them').default('') });

const name = text(60).transform((value) => value.trim()).pipe(z.string().min(1, 'must be a name of 1 to 60 characters'));
/** What a view keeps of the address: the filters, not the place in the list. */
export const viewQuery = queueQuery.omit({ after: true, said: true }).strict();
export const viewBody = z.strictObject({ name, query: viewQuery, shared: z.boolean().default(false) });
export type ViewBody = z.output<typeof viewBody>;
/** From the page a name that is none is said at its field. */
export const viewForm = z.object({ name: text(60).transform((value) => value.trim()), address: z.string().max(1000).default(''), shared: z.preprocess((value) => value === 'on', z.boolean()) });
export type FilterName = 'claim' | 'assessment' | 'taken' | 'repeats' | 'received' | 'tier' | 'rule' | 'routed';
