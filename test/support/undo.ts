import type { Desk } from './desk';

/**
 * As if the time in which a decision can be taken back had gone by, for this one or for all of the desk: what it set off is due now. A test that
 * acts within that time gives itself much of it (UNDO_SECONDS), and ends it by this where it wants to see what comes after.
 */
export async function undoEnds(desk: Pick<Desk, 'database'>, decision: string | null = null): Promise<void> {
  await desk.database.query(
    `with open as (select id, undo_until from decision where state = 'undoable' and undo_until > now() and ($1::uuid is null or id = $1)),
       ended as (update decision d set undo_until = now() from open where d.id = open.id)
     update outbox_message o set due_at = now() from open where o.ref_id = open.id and o.state = 'pending' and o.due_at <= open.undo_until`, [decision],
  );
}
