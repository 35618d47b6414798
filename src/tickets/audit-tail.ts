import type { EntityManager } from 'typeorm';

/** A line of the audit, as those see it who follow what happens to tickets. */
export interface Happened {
  id: number;
  ticketId: string;
  event: string;
  from: string | null;
  to: string | null;
}

/** How far the audit was followed. `gaps`: numbers that were passed over because nothing was committed under them yet, and since when (milliseconds). */
export interface Followed {
  lastId: number;
  gaps: Record<string, number>;
}

/** A transaction is over or dead after this: statements end after 15 s, idle transactions after 30 s. */
const GAP_MS = 45_000;
const AT_ONCE = 1000;
const MOST_GAPS = 5000;

/**
 * What was committed since. Numbers are given before commits, so "greater than the last seen" alone would lose whoever
 * commits late (F04): numbers that were passed over are asked for again until they are there or cannot come any more.
 */
export async function follow(tx: EntityManager, { lastId, gaps }: Followed, now: number): Promise<{ happened: Happened[]; followed: Followed; more: boolean }> {
  const rows = (await tx.query(
    `select id::int8 as id, ticket_id as "ticketId", event, from_state as "from", to_state as "to" from audit_entry where id > $1 or id = any($2) order by id limit ${AT_ONCE}`,
    [lastId, Object.keys(gaps)],
  )) as (Omit<Happened, 'id'> & { id: string })[];
  const happened = rows.map((row) => ({ ...row, id: Number(row.id) }));
  const open = new Map(Object.entries(gaps).filter(([, since]) => now - since < GAP_MS));
  let last = lastId;
  for (const { id } of happened) {
    open.delete(String(id));
    // A long way at once is history, not people who are just committing.
    for (let missing = Math.max(last + 1, id - AT_ONCE); missing < id && id > last && open.size < MOST_GAPS; missing++) {
      open.set(String(missing), now);
    }
    last = Math.max(last, id);
  }
  return { happened: happened.filter((row) => row.ticketId !== null), followed: { lastId: last, gaps: Object.fromEntries(open) }, more: rows.length === AT_ONCE };
}

/** Where somebody begins who wants to hear of what comes, not of what was. */
export async function fromNow(tx: EntityManager): Promise<Followed> {
  const [row] = (await tx.query('select coalesce(max(id), 0)::int8 as id from audit_entry')) as { id: string }[];
  return { lastId: Number(row?.id ?? 0), gaps: {} };
}
