import type { JobName } from '../core/ticket/effects';
import { idsOf } from '../platform/database/ids-of';

/** A worker that lives renews its lease; one that died is replaced so many seconds later. */
export const LEASE_SECONDS = 8;
/** What is heard outside of the house. In safe mode it waits, whoever carries it: the database itself says so, at the claim. */
const OUTBOUND: JobName[] = ['order-lift', 'mail-customer', 'tell-noc', 'deliver-webhook', 'record-adjustment'];
export const MAY_LEAVE = `(job not in (${OUTBOUND.map((job) => `'${job}'`).join(', ')}) or not exists (select from desk_watermark where mode = 'safe'))`;
const unheard = (row: string): string => `(${row}job = 'tell-noc' and ${row}due_at is null and not exists (select from webhook_endpoint where disabled_at is null))`;
/**
 * State and end of new work, for each statement that writes some from rows (`row`: their alias with its dot): what nobody is told is done as it is
 * written. What waits for the end of an undo is not: it can still be taken back.
 */
export const NEW_WORK = { columns: 'state, settled_at', values: (row = ''): string => `case when ${unheard(row)} then 'done' else 'pending' end, case when ${unheard(row)} then now() end` };
/** Adds the rows `w` of `from`, which have the table's columns: for a statement of its own, or for one of the caller's that stands or falls with them. */
export const addWork = (from: string): string => `insert into outbox_message (id, ticket_id, job, ref_id, what, due_at, ${NEW_WORK.columns})
  select w.id, w.ticket_id, w.job, w.ref_id, w.what, coalesce(w.due_at, clock_timestamp()), ${NEW_WORK.values('w.')} from ${from}`;

const due = (jobs: string, limit: string): string =>
  `(select id, job, due_at, false as "left", false as alone from outbox_message where state = 'pending' and due_at <= now() - make_interval(secs => $2) and ${jobs} and ${MAY_LEAVE} order by due_at limit ${limit})`;
/** $1: so many of the urgent jobs ($4); $2: overdue by so many seconds; $5: so many of those that go outward ($3), and of all others. */
export const DUE_NOW = `${due('job = any($4)', '$1')} union all ${due('job <> all($3) and job <> all($4)', '$5')} union all ${due('job = any($3)', '$5')}
  union all (select id, job, due_at, true, crashes > 0 from outbox_message where state = 'running' and lease_until < now() and ${MAY_LEAVE} limit greatest($1::bigint, $5::bigint)) order by due_at`;
const COLUMNS = `id, ticket_id as "ticketId", job, ref_id as "refId", what, state, due_at as "dueAt", attempts, crashes, lease_until as "leaseUntil",
  lease_no as "leaseNo", last_error as "lastError", created_at as "createdAt", settled_at as "settledAt"`;

/** As one expression, which no partial index is made for: rows that are named are found by their id. By what is due, or running, thousands of entries of rows that have ended would be passed. */
const DUE = `case state when 'pending' then due_at <= now() when 'running' then lease_until < now() and id = any(${idsOf('$2')}) else false end`;
/** A row that was taken within the last second: whoever took it may still be waiting for what is looked up meanwhile. */
export const justTaken = (row: string): string => `(${row}state = 'running' and ${row}lease_until > now() + make_interval(secs => ${LEASE_SECONDS - 1}))`;

/**
 * Takes those of $1 that are due; what a dead worker left, only where it stands in $2 too. A row that is taken from a worker that died counts as
 * one more crash, before anything can go wrong again. The same statement settles what was done ($3, with its fence $4, I5: a worker that was
 * overtaken settles nothing): who is busy pays one statement and one commit for both. No row is both, or one of the two would be lost. Beside each
 * join stands `id = any`, so that no plan reads the whole table.
 */
export const TURN = `with ended as (update outbox_message o set state = 'done', settled_at = now(), lease_until = null
    from unnest(${idsOf('$3')}, ${idsOf('$4', 'int')}) d(id, lease_no) where o.id = any(${idsOf('$3')}) and o.id = d.id and o.lease_no = d.lease_no and case o.state when 'running' then true else false end),
  free as (select id as free_id from outbox_message where id = any(${idsOf('$1')}) and id <> all(${idsOf('$3')}) and ${DUE} and ${MAY_LEAVE} for update skip locked)
  update outbox_message set state = 'running', attempts = attempts + 1, crashes = crashes + case when state = 'running' then 1 else 0 end,
    lease_until = now() + make_interval(secs => ${LEASE_SECONDS}), lease_no = lease_no + 1
  from free where id = any(${idsOf('$1')}) and id = free_id returning ${COLUMNS}`;
