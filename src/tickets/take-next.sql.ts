import { LEAD_QUEUE } from '../core/routing/route';
import { OutboxService } from '../outbox/outbox.service';
import { AROUND, SHOWN } from './ticket.query';

/**
 * Who must not judge a ticket t (again): who upheld it before the appeal (rule 1), and who lifted an earlier block of the address that came back (rule 13).
 */
const NOT_BY = `array(select d.by_id from decision d where t.appealed_at is not null and d.ticket_id = t.id and d.outcome = 'uphold' and d.state in ('undoable','final')
  union all select d.by_id from ticket p join decision d on d.id = p.decision_id where p.account_id = t.account_id and p.ip = t.ip and p.id <> t.id and p.blocked_again_at is not null)::uuid[]`;

/** Whether a taker x may have the ticket c: from their queues, of no account of theirs, not judged by them before; what leads were asked is for leads, whatever queues they take from. */
const MAY_HAVE = (x: string, c: string, notBy: string): string => `(cardinality(${x}.queues) = 0 or ${c}.queue = any(${x}.queues) or (${x}.leads and ${c}.queue = '${LEAD_QUEUE}')) and ${c}.account_id <> all(${x}.accounts)
  and ${x}.staff <> all(${notBy}) and (${x}.leads or ${c}.escalated_at is null)`;

/** More are never served at once. It stands in the text, so that PostgreSQL knows how few rows are wanted and keeps one plan. */
export const AT_ONCE = 64;

/**
 * The event "taken" for all who ask at once, and what each is answered, in one statement: the most urgent tickets that anybody of them may have are locked
 * (no more than there are takers), each taker in turn gets the first of them that is theirs to judge, and ticket, audit and work are written of exactly those.
 * The index ticket_take gives the order; who is just being taken by another process is passed over, not who is only being referred to (NO KEY).
 *
 * $1 takers (n from 1, staff, accounts, queues, leads), $2 and $3 rows of audit and work with the taker's n, $4 how many takers, $5 state, $6 now, $7 end of the lease,
 * $8 what happens then. A row for each taker: \`free\` says how many tickets were locked, \`id\` is null for who got none.
 * Ids are given to each step as an array besides, so that no plan reads the whole table.
 */
export const TAKE_NEXT = `with recursive taker as materialized (select * from json_to_recordset($1) as x(n int, staff uuid, accounts text[], queues text[], leads boolean)),
  free as materialized (select row_number() over () as pos, f.* from (
    select t.id, t.account_id, t.queue, t.escalated_at, ${NOT_BY} as not_by from ticket t where t.state = 'queued' and exists (select from taker x where ${MAY_HAVE('x', 't', NOT_BY)})
    order by t.priority desc, t.due_at, t.id limit ${AT_ONCE} for no key update of t skip locked) f limit (select $4::int)),
  give(n, gone, id) as (select 0, array[]::bigint[], null::uuid
    union all select x.n, g.gone || c.pos, c.id from give g join taker x on x.n = g.n + 1
      left join lateral (select f.pos, f.id from free f where f.pos <> all(g.gone) and ${MAY_HAVE('x', 'f', 'f.not_by')} order by f.pos limit 1) c on true),
  moved as (update ticket t set state = $5, state_since = $6, updated_at = $6, taken_at = $6, taken_by = x.staff, lease_until = $7, deadline_at = $7, deadline_event = $8,
      lease_no = t.lease_no + 1, version = t.version + 1, reminded = 0
    from give g join taker x on x.n = g.n where t.id = any(array(select id from give where id is not null)) and t.id = g.id returning g.n, t.*),
  audit_ as (insert into audit_entry (ticket_id, event, from_state, to_state, by_kind, by_id, by_name, detail, at)
    select m.id, a.event, a.from_state, a.to_state, a.by_kind, a.by_id, a.by_name, a.detail, clock_timestamp()
    from json_to_recordset($2) as a(n int, event text, from_state text, to_state text, by_kind text, by_id text, by_name text, detail jsonb) join moved m on m.n = a.n order by a.n),
  work_ as (insert into outbox_message (id, ticket_id, job, ref_id, what, due_at, ${OutboxService.newWork.columns}) select w.id, m.id, w.job, w.ref_id, w.what, coalesce(w.due_at, clock_timestamp()), ${OutboxService.newWork.values('w.')}
    from json_to_recordset($3) as w(n int, id uuid, job text, ref_id uuid, what text, due_at timestamptz) join moved m on m.n = w.n)
  select x.n, (select count(*)::int from free) as free, ${SHOWN}, ${AROUND} from taker x left join moved t on t.n = x.n`;
