import type { JobName } from '../core/ticket/effects';
import { newId } from '../platform/uuid';

/** Work as it is asked for. */
export interface OutboxRow {
  /** given by whoever has to name the row elsewhere, before it is written */
  id?: string;
  job: JobName;
  ticketId: string | null;
  refId?: string | null;
  what?: string | null;
  /** not before; default at once */
  dueAt?: Date;
}

/** The same in column names, as a statement takes it. */
export interface WrittenRow {
  id: string;
  ticket_id: string | null;
  job: JobName;
  ref_id: string | null;
  what: string | null;
  /** null: at once */
  due_at: string | null;
}

export function writtenRow({ id, ticketId, job, refId, what, dueAt }: OutboxRow, now: Date): WrittenRow {
  return { id: id ?? newId(), ticket_id: ticketId, job, ref_id: refId ?? null, what: what ?? null, due_at: dueAt && dueAt > now ? dueAt.toISOString() : null };
}
