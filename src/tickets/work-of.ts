import type { Effect } from '../core/ticket/effects';
import type { OutboxRow } from '../outbox/outbox-row';
import { newId } from '../platform/uuid';

/** The work that a transition implies, as rows of the outbox; `ticketId` is null where only the statement that writes them finds the ticket. What the NOC is told has its id at once, so that the audit can name it. */
export function workOf(ticketId: string | null, effects: Effect[], how: { refId?: string; effectsDueAt?: Date } = {}): OutboxRow[] {
  return effects.map((effect) => ({ ...effect, ...(effect.job === 'tell-noc' ? { id: newId() } : {}), ticketId, refId: how.refId ?? null, dueAt: how.effectsDueAt }));
}

/** Type and id of every event that the NOC is told, for the line of the audit that they come from. */
export function tellsOf(rows: OutboxRow[]): Record<string, string> | undefined {
  const told = rows.flatMap(({ job, what, id }) => (job === 'tell-noc' && what && id ? [[what, id] as const] : []));
  return told.length > 0 ? Object.fromEntries(told) : undefined;
}
