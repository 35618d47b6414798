import { z } from 'zod';
import { text } from '../evidence/wire.schema';

export const BULK_ACTIONS = ['assign', 'note', 'close_expired', 'ask'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

const picked = z.strictObject({ ref: text(40).min(1), version: z.number().int().positive().optional() });

/** One thing done with many tickets over the API: each ticket in its own transaction, the results in the order of the tickets. */
export const bulkBody = z.strictObject({
  action: z.enum(BULK_ACTIONS, { error: `must be one of ${BULK_ACTIONS.join(', ')}` }),
  tickets: z.array(picked).min(1, 'must name at least one ticket').max(200, 'at most 200 tickets at once'),
  /** assign: to whom, an id of staff; without it, to oneself */
  to: z.uuid({ error: 'must be an id of a member of staff' }).optional(),
  /** note: the note; ask: what every one of these customers is asked for */
  text: text(20_000).optional(),
});
export type BulkBody = z.output<typeof bulkBody>;

/** Where the reader was. */
const BACK = z.string().max(1000).default('/desk');

/** The same from the page: each box carries "reference@version". */
export const bulkForm = z.object({
  action: z.enum(BULK_ACTIONS),
  pick: z.preprocess((value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]) as unknown, z.array(z.string().regex(/^[0-9A-Z-]{1,40}@\d{1,9}$/, 'must be reference@version')).max(200)),
  to: z.preprocess((value) => (value === '' ? undefined : value), z.uuid().optional()),
  text: text(20_000).default(''),
  back: BACK,
});
export type BulkForm = z.output<typeof bulkForm>;

/** What was just asked of many, taken back: the decisions that were made. */
export const bulkUndoForm = z.object({
  decision: z.preprocess((value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]) as unknown, z.array(z.uuid()).min(1, 'must name what is taken back').max(200)),
  back: BACK,
});
export type BulkUndoForm = z.output<typeof bulkUndoForm>;
