/** A promise of the design (docs/operations.md) as a query for the rows that break it: `row` names one, `what` says how. */
export interface Invariant {
  name: string;
  says: string;
  offenders: string;
}

const OPEN = `t.state not in ('lifted','upheld','closed')`;
/** A reservation of a worker is over for so long that somebody should have gone on: no sweep does. */
const ABANDONED = `interval '30 seconds'`;
/** Work that safe mode holds back on purpose (outbox/safe-mode.ts) is not late. */
const HELD = `(o.job in ('order-lift','mail-customer','tell-noc','deliver-webhook','record-adjustment') and exists (select from desk_watermark where mode = 'safe'))`;

/** Each must find nothing. A gauge counts what it finds, `cli invariants` names it. */
export const INVARIANTS: readonly Invariant[] = [
  {
    name: 'I1', says: 'every ticket has the audit line of its opening',
    offenders: `select t.ref as row, 'no audit line says that it was opened' as what from ticket t
      where t.forgotten_at is null and not exists (select from audit_entry a where a.ticket_id = t.id and a.event = 'opened')`,
  },
  {
    name: 'I2', says: 'nothing that is due waits longer than 30 seconds',
    offenders: `select o.id::text as row, o.job || ' is due since ' || to_char(o.due_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') || ' UTC' as what
      from outbox_message o where o.state = 'pending' and o.due_at < now() - interval '30 seconds' and not ${HELD}`,
  },
  {
    name: 'I3', says: 'one live lift per block episode',
    offenders: `select episode as row, count(*) || ' lifts are live: ' || string_agg(id::text || ' ' || state, ', ' order by created_at) as what
      from lift where state not in ('failed','undone','confirmed') group by episode having count(*) > 1`,
  },
  {
    name: 'I4', says: 'no lift was ordered without a decision that stood at that moment',
    offenders: `select l.id::text as row, case when d.id is null then 'there is no such decision' when d.ticket_id <> l.ticket_id then 'its decision is about another ticket'
        when d.state in ('awaiting_approval','undone','refused') then 'its decision is ' || d.state when d.undo_until > l.requested_at then 'ordered before the undo window was over'
        else 'ordered without the second person' end as what
      from lift l left join decision d on d.id = l.decision_id where l.requested_at is not null
        and (d.id is null or d.ticket_id <> l.ticket_id or d.state in ('awaiting_approval','undone','refused') or d.undo_until > l.requested_at
          or (cardinality(d.second_person) > 0 and (d.second_by is null or d.second_by = d.by_id or d.agreed is not true)))`,
  },
  {
    name: 'I5', says: 'no work is held by a worker that is gone',
    offenders: `select o.id::text as row, o.job || ' is held since its worker was last heard of at ' || to_char(o.lease_until at time zone 'UTC', 'HH24:MI:SS') || ' UTC' as what
      from outbox_message o where o.state = 'running' and o.lease_until < now() - ${ABANDONED}
      union all select m.id::text, 'this mail is being sent by nobody' from mail_delivery m where m.state = 'sending' and m.lease_until < now() - interval '5 minutes'`,
  },
  {
    name: 'I6', says: 'no lift stays unknown for a quarter of an hour without anybody being at it',
    offenders: `select l.id::text as row, 'sent, and nobody found out what became of it: ' || coalesce(l.last_answer, 'no answer') as what
      from lift l where l.state in ('requested','unknown') and l.requested_at < now() - interval '15 minutes'
        and not exists (select from outbox_message o where o.ticket_id = l.ticket_id and o.job in ('order-lift','read-back-lift') and o.state in ('pending','running'))`,
  },
  {
    name: 'I7', says: 'every open ticket has a next step',
    offenders: `select t.ref as row, t.state || ' without work, person or day' as what from ticket t where ${OPEN}
        and case t.state
          when 'analysing' then not exists (select from outbox_message o where o.ticket_id = t.id and o.job = 'analyse-ticket' and o.state in ('pending','running','parked'))
          when 'lifting' then t.state_since < now() - interval '3 minutes' and not exists (
            select from outbox_message o where o.ticket_id = t.id and o.job in ('order-lift','read-back-lift') and o.state in ('pending','running'))
          else t.deadline_at is null and t.due_at is null and t.taken_by is null end`,
  },
  {
    name: 'I8', says: 'the last audit line of a ticket tells its state',
    offenders: `select t.ref as row, 'is ' || t.state || ', its audit says ' || a.to_state as what from ticket t
      join lateral (select to_state from audit_entry where ticket_id = t.id and to_state is not null order by id desc limit 1) a on a.to_state <> t.state`,
  },
];
