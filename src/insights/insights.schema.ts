import { z } from 'zod';

/** The blocks of the page; each can be had as CSV. */
export const BLOCKS = ['rules', 'time', 'outcomes', 'blocked-again', 'open', 'fixes', 'mistakes', 'second-reviews', 'filter-adjustments'] as const;
export type BlockName = (typeof BLOCKS)[number];
/** Blocks that count tickets, so that a figure can be opened. */
export type CountedBlock = Exclude<BlockName, 'filter-adjustments'>;
export const COUNTED = BLOCKS.filter((name): name is CountedBlock => name !== 'filter-adjustments');

export const PERIODS = [7, 30, 90] as const;
const empty = (value: unknown): unknown => (value === '' ? undefined : value);

/** The address of the page. What is not understood is refused, so that a shared link never shows something else. */
export const insightsQuery = z.object({
  days: z.preprocess(empty, z.coerce.number().refine((days) => (PERIODS as readonly number[]).includes(days), `must be one of ${PERIODS.join(', ')}`).default(30)),
  queue: z.preprocess(empty, z.enum(['spam', 'hack'], { error: 'must be spam or hack, or left out for both' }).optional()),
});
export type InsightsQuery = z.output<typeof insightsQuery>;

/** What became of a filter adjustment, said on the page; the days and the queue that the reader looks at come back with it. */
export const answerForm = insightsQuery.extend({
  state: z.enum(['accepted', 'applied', 'rejected'], { error: 'must be accepted, applied or rejected' }), answer: z.string().trim().max(5000, 'must have 5,000 characters at most').default(''),
});
export type AnswerForm = z.output<typeof answerForm>;

/** The address of the tickets behind one figure. */
export const behindQuery = insightsQuery.extend({
  block: z.enum(COUNTED as [CountedBlock, ...CountedBlock[]], { error: `must be one of ${COUNTED.join(', ')}` }),
  row: z.string().min(1).max(200).optional(),
  mark: z.string().regex(/^[a-z_]{1,30}$/, 'must be a mark that the page links to').optional(),
});
export type BehindQuery = z.output<typeof behindQuery>;

export const csvFile = z.enum(BLOCKS.map((name) => `${name}.csv` as const), { error: `must be one of ${BLOCKS.map((name) => `${name}.csv`).join(', ')}` });
