/* Where a page of the queue begins: its order, and the row after which it goes on. By key, never by offset. */

import { isUuid } from '../platform/uuid';
import type { QueueRow } from './queue.query';
import type { QueueQuery } from './queue.schema';

/** Hands a value over to the statement; its name there. */
export type Bind = (value: unknown) => string;

/** By urgency, the newest first, or the oldest. */
export type Order = 'u' | 'n' | 'o';

/** The row after which a page goes on. */
export interface Place {
  order: Order;
  priority: number;
  at: string;
  id: string;
}

export const ORDERS: Record<Order, string> = { u: '-t.priority, t.due_at, t.id', n: 't.created_at desc, t.id', o: 't.created_at, t.id desc' };

/** What waits stands in the order of its urgency, unless somebody wants another; what waits for others, and what was searched, by its age. */
export function orderOf({ q, queue, sort }: QueueQuery): Order {
  if (q?.trim() || (!sort && ['waiting-for-customer', 'on-hold'].includes(queue))) {
    return 'n';
  }
  return sort === 'newest' ? 'n' : sort === 'oldest' ? 'o' : 'u';
}

/** The rows behind a place, as a condition on t. */
export function after({ order, priority, at, id }: Place, bind: Bind): string {
  const [when, who] = [`${bind(at)}::timestamptz`, `${bind(id)}::uuid`];
  if (order === 'u') {
    return `(-t.priority, t.due_at, t.id) > (-${bind(priority)}::int, ${when}, ${who})`;
  }
  return order === 'n' ? `t.created_at <= ${when} and (t.created_at < ${when} or t.id > ${who})` : `t.created_at >= ${when} and (t.created_at > ${when} or t.id < ${who})`;
}

/** The key of a row, opaque to the reader of the page. */
export function cursor(row: Pick<QueueRow, 'priority' | 'dueAt' | 'createdAt' | 'id'>, order: Order): string {
  const key = order === 'u' ? ['u', row.priority, row.dueAt?.toISOString() ?? '', row.id] : [order, 0, row.createdAt.toISOString(), row.id];
  return Buffer.from(key.join(' ')).toString('base64url');
}

/** Reads a cursor; null when it is none of ours. */
export function readCursor(text: string): Place | null {
  const found = /^([uno]) (-?\d{1,9}) (\d{4}-[\dTZ:.-]{10,30}) ([0-9a-f-]{36})$/.exec(Buffer.from(text, 'base64url').toString('latin1'));
  const [, order, priority, at = '', id = ''] = found ?? [];
  return found && isUuid(id) && !Number.isNaN(Date.parse(at)) ? { order: order as Order, priority: Number(priority), at, id } : null;
}
