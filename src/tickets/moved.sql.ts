import { OutboxService } from '../outbox/outbox.service';
import type { Ticket, TicketChanges } from './ticket.entity';

/** The columns that an event can change, by their names in the database. */
const MOVES = {
  state: 'state', claim: 'claim', closedReason: 'closed_reason', missing: 'missing', queue: 'queue', priority: 'priority', secondPerson: 'second_person', repeats: 'repeats',
  dueAt: 'due_at', firstDueAt: 'first_due_at', wakeAt: 'wake_at', takenBy: 'taken_by', takenAt: 'taken_at', leaseUntil: 'lease_until', leaseNo: 'lease_no', version: 'version',
  analysisId: 'analysis_id', assessment: 'assessment', confidence: 'confidence', summary: 'summary', decisionId: 'decision_id', liftFailed: 'lift_failed',
  blockedAgainAt: 'blocked_again_at', deadlineAt: 'deadline_at', deadlineEvent: 'deadline_event', reminded: 'reminded', appealedAt: 'appealed_at', accountName: 'account_name',
  tier: 'tier', language: 'language', escalatedAt: 'escalated_at', escalatedWhy: 'escalated_why', duplicateOf: 'duplicate_of', updatedAt: 'updated_at', stateSince: 'state_since',
} as const satisfies Partial<Record<keyof Ticket, string>> & Record<keyof TicketChanges, string>;

/** A ticket as it stands after an event, in column names. */
export const movedRow = (ticket: Ticket): Record<string, unknown> => ({
  id: ticket.id, ...Object.fromEntries(Object.entries(MOVES).map(([property, column]) => [column, ticket[property as keyof Ticket]])),
});

const AUDIT = 'ticket_id, event, from_state, to_state, by_kind, by_id, by_name, detail, said';
const WORK = 'id, ticket_id, job, ref_id, what';
const ANALYSIS = 'id, ticket_id, catalogue, assessment, confidence, sum, summary, body, created_at';
/**
 * The readings themselves come beside their rows, as the bytes that are kept, one after the other: as values inside of JSON each would be taken apart
 * and put together again, and they are most of what a move writes. A row says where its own begins.
 */
const READINGS = `select ${ANALYSIS.replace('body', "convert_from(substring($7::bytea from begins for bytes), 'UTF8')::json")}
    from json_to_recordset($4) r(id uuid, ticket_id uuid, catalogue text, assessment text, confidence real, sum real, summary text, begins int, bytes int, created_at timestamptz)`;
const SET = Object.values(MOVES).map((column) => `${column} = r.${column}`).join(', ');

/**
 * Moves many tickets, each only if nobody moved it since it was read (its version says so), with audit lines, work and readings of those that
 * were moved and of no other. $1 to $5: rows of the five tables, $6: the tickets' ids once more, so that no plan reads the whole table, $7: the readings' bodies, one after the other; returns the ids of the moved.
 * What a ticket was remembered by and is no more goes; what stands there already stays.
 */
export const MOVE = `with moved as (update ticket t set ${SET} from json_populate_recordset(null::ticket, $1) r where t.id = any($6) and t.id = r.id and t.version = r.version - 1 returning t.id),
  audit_ as (insert into audit_entry (${AUDIT}, at) select ${AUDIT}, clock_timestamp() from json_populate_recordset(null::audit_entry, $2) where ticket_id in (select id from moved)),
  work_ as (insert into outbox_message (${WORK}, due_at, ${OutboxService.newWork.columns}) select ${WORK}, coalesce(due_at, clock_timestamp()), ${OutboxService.newWork.values()} from json_populate_recordset(null::outbox_message, $3) where ticket_id in (select id from moved)),
  analysis_ as (insert into analysis (${ANALYSIS}) ${READINGS} where ticket_id in (select id from moved)),
  gone_ as (delete from ticket_trait where ticket_id = any($6) and ticket_id in (select id from moved)
    and (ticket_id, trait, value) not in (select ticket_id, trait, value from json_populate_recordset(null::ticket_trait, $5))),
  traits_ as (insert into ticket_trait (ticket_id, trait, value, at) select ticket_id, trait, value, at from json_populate_recordset(null::ticket_trait, $5)
    where ticket_id in (select id from moved) on conflict do nothing)
  select id from moved`;

/**
 * The same of one ticket that its transaction has locked: some columns of it, the line of the audit and the work in one statement.
 * $1: the columns, $2: the ticket's id, $3: the line, $4: the rows of the work.
 * @param names of the properties that are not as they were
 */
export const moveLocked = (names: string[]): string => `with moved as (update ticket t set ${names.map((name) => MOVES[name as keyof typeof MOVES]).map((column) => `${column} = r.${column}`).join(', ')}
    from json_populate_record(null::ticket, $1) r where t.id = $2),
  audit_ as (insert into audit_entry (${AUDIT}, at) select ${AUDIT}, clock_timestamp() from json_populate_record(null::audit_entry, $3))
  insert into outbox_message (${WORK}, due_at, ${OutboxService.newWork.columns}) select ${WORK}, coalesce(due_at, clock_timestamp()), ${OutboxService.newWork.values()} from json_populate_recordset(null::outbox_message, $4)`;

/** These columns of a ticket, by their names in the database. */
export const columnsOf = (ticket: Partial<Ticket>): Record<string, unknown> => Object.fromEntries(Object.entries(ticket).map(([property, value]) => [MOVES[property as keyof typeof MOVES], value]));
