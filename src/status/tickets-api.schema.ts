import { z } from 'zod';
import { STATES } from '../core/ticket/states';
import { text } from '../evidence/wire.schema';

const CURSOR = /^(\d{4}-\d\d-\d\dT[\d:.]{8,15}Z)_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Lists page by key: `after` is the `next` of the page before; empty or left out, the first page. */
export const ticketList = z.strictObject({
  ip: text(64).optional(),
  state: z.enum(STATES).optional(),
  account: text(200).optional(),
  queue: text(100).optional(),
  q: text(500).optional(),
  after: text(200).refine((value) => value === '' || !Number.isNaN(Date.parse(CURSOR.exec(value)?.[1] ?? '')), 'must be the "next" of the page before').optional(),
  limit: z.coerce.number().int().min(1, 'must be 1 to 200').max(200, 'must be 1 to 200').default(50),
});
export type TicketList = z.output<typeof ticketList>;

export const reportedFix = z.strictObject({ state: z.literal('reported', { error: 'must be reported' }), statement: text(20_000).optional() });
