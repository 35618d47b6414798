import { INVARIANTS } from './invariants';

/** A figure of the whole desk, as one read. Columns besides `value` are labels. */
export interface Gauge {
  name: string;
  help: string;
  sql: string;
}

const OPEN = `state not in ('lifted','upheld','closed')`;

export const GAUGES: Gauge[] = [
  ...INVARIANTS.map(({ name, offenders }) => ({
    name: 'desk_invariant_violations', help: 'Rows that break an invariant; every one must be 0.', sql: `select '${name}' as invariant, count(*)::int as value from (${offenders}) o`,
  })),
  { name: 'desk_inbound_mail_unsettled', help: 'Mails without an end state.', sql: `select count(*)::int as value from inbound_mail where state = 'stored'` },
  {
    name: 'desk_imap_seconds_since_visit', help: 'Since every mail of a fetched mailbox was last accounted for.',
    sql: `select name as mailbox, coalesce(extract(epoch from now() - visited_at), 1e9)::int as value from imap_mailbox`,
  },
  {
    name: 'desk_imap_deliveries', help: 'Mails of the fetched mailbox by what became of them there; stored ones are still to be put away, vanished ones nobody here has seen.',
    sql: `select d.mailbox, d.state, count(*)::int as value from imap_delivery d join imap_mailbox m on m.name = d.mailbox and m.uid_validity = d.uid_validity group by 1, 2`,
  },
  { name: 'desk_outbox_due', help: 'Work that is due and not yet done.', sql: `select count(*)::int as value from outbox_message where state = 'pending' and due_at <= now()` },
  { name: 'desk_outbox_parked', help: 'Work that waits for a person.', sql: `select count(*)::int as value from outbox_message where state = 'parked'` },
  {
    name: 'desk_outbox_stalled', help: 'Work of the last 24 hours that threw, or whose worker died or hung, and that was tried again.',
    sql: `select count(*)::int as value from outbox_message where crashes > 0 and created_at > now() - interval '24 hours'`,
  },
  { name: 'desk_tickets_open', help: 'Open tickets by state.', sql: `select state, count(*)::int as value from ticket where ${OPEN} group by state` },
  {
    name: 'desk_queue_oldest_seconds', help: 'Age of the oldest ticket that waits, by queue.',
    sql: `select queue, extract(epoch from now() - min(state_since))::int as value from ticket where state = 'queued' group by queue`,
  },
  {
    name: 'desk_decision_seconds', help: 'From receipt to the latest decision, last 24 hours, by quantile.',
    sql: `select q::text as quantile, coalesce(percentile_cont(q) within group (order by extract(epoch from d.decided_at - t.created_at)), 0) as value
          from (values (0.5::float8), (0.9)) as v(q), decision d join ticket t on t.decision_id = d.id where d.decided_at > now() - interval '24 hours' group by q`,
  },
  {
    name: 'desk_lift_seconds', help: 'From the order to the confirmation of a lift, last 24 hours, by quantile.',
    sql: `select q::text as quantile, coalesce(percentile_cont(q) within group (order by extract(epoch from l.confirmed_at - l.requested_at)), 0) as value
          from (values (0.5::float8), (0.9)) as v(q), lift l where l.confirmed_at > now() - interval '24 hours' group by q`,
  },
];
