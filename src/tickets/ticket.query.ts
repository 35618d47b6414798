import type { EntityManager } from 'typeorm';
import type { Analysis } from '../core/rules/analysis';
import type { ShownTicket } from './ticket.view';

/** What stands around a ticket in the tables of the other rooms, as one read. Reading is free; writing is theirs. */
export interface TicketParts {
  evidence: { id: string; type: string; receivedAt: string; bytes: number }[];
  analysis: Analysis | null;
  decision: DecisionPart | null;
  fixes: FixPart[];
  lift: LiftPart | null;
  /** mail to the account's address came back for good, and no more is sent there */
  mailStopped?: { address: string; since: string; says: string } | null;
}

export interface DecisionPart {
  id: string; outcome: string; reasons: string[]; statement: string; by: string; decidedAt: string; state: string; undoUntil: string;
  fixes: { code: string; when: string; note?: string }[]; secondPerson: string[]; liftWhenVerified: boolean; wakeAt: string | null;
  /** the second person's word; null while nobody has given it */
  second?: { by: string; at: string; agreed: boolean; statement: string | null } | null;
  /** what should change in the filter, as it was proposed */
  filterAdjustment?: object | null;
}

export interface FixPart {
  code: string; when: string; state: string; says: string | null; checkedAt: string | null; note: string | null; statement: string | null;
}

export interface LiftPart {
  /** null until the undo window is over */
  id: string | null; state: string; dueAt: string; requestedAt: string | null; confirmedAt: string | null; attempts: number; lastAnswer: string | null;
}

export const NO_PARTS: TicketParts = { evidence: [], analysis: null, decision: null, fixes: [], lift: null };

/**
 * SQL: which version of the row of the ticket `t` something was made of. The transaction that wrote it, and the time: a database that was restored, or that took over from another, may
 * give the same number again.
 */
export const ROW_VERSION = `t.xmin::text || ' ' || t.updated_at::text`;

/** A decision past its undo window is final; no job is needed to say so. */
export const DECISION_STATE = `case when d.state = 'undoable' and d.undo_until <= now() then 'final' else d.state end`;

/** The last lift; inside the undo window, where no row is written yet, the one that is about to be ordered. */
const LIFT = `case when t.state = 'lifting' and not exists (select 1 from lift l where l.ticket_id = t.id and l.decision_id = t.decision_id)
  then (select json_build_object('id', null, 'state', 'scheduled', 'dueAt', d.undo_until, 'requestedAt', null, 'confirmedAt', null, 'attempts', 0, 'lastAnswer', null)
    from decision d where d.id = t.decision_id)
  else (select json_build_object('id', l.id, 'state', l.state, 'dueAt', l.due_at, 'requestedAt', l.requested_at, 'confirmedAt', l.confirmed_at, 'attempts', l.attempts,
    'lastAnswer', l.last_answer) from lift l where l.ticket_id = t.id order by l.created_at desc limit 1) end`;

const EVIDENCE = `coalesce((select json_agg(json_build_object('id', e.id, 'type', e.type, 'receivedAt', e.received_at, 'bytes', e.size) order by e.received_at, e.id)
    from evidence_item e where e.ticket_id = t.id), '[]') as evidence`;

const ANALYSIS = '(select a.body from analysis a where a.id = t.analysis_id) as analysis';

/** SQL: the parts of the ticket `t`, without its evidence and its reading. */
export const PARTS = `
  (select json_build_object('id', d.id, 'outcome', d.outcome, 'reasons', d.reasons, 'statement', d.statement, 'by', d.by_name, 'decidedAt', d.decided_at,
    'state', ${DECISION_STATE}, 'undoUntil', d.undo_until, 'fixes', d.fixes, 'secondPerson', d.second_person, 'liftWhenVerified', d.lift_when_verified, 'wakeAt', d.wake_at,
    'second', case when d.second_by is not null then json_build_object('by', d.second_name, 'at', d.second_at, 'agreed', d.agreed, 'statement', d.second_statement) end, 'filterAdjustment', d.filter_adjustment)
    from decision d where d.id = t.decision_id) as decision,
  coalesce((select json_agg(json_build_object('code', f.code, 'when', f.at, 'state', f.state, 'says', f.says, 'checkedAt', f.checked_at, 'note', f.note, 'statement', f.statement)
    order by f.position) from required_fix f where f.decision_id = (select r.decision_id from required_fix r where r.ticket_id = t.id order by r.created_at desc limit 1)), '[]') as fixes,
  ${LIFT} as lift,
  (select json_build_object('address', s.address, 'since', s.since, 'says', s.says) from mail_stop s where s.address = lower(t.account_email) and s.lifted_at is null) as "mailStopped"`;

/** SQL: everything that stands around the ticket `t`. */
export const AROUND = `${EVIDENCE}, ${ANALYSIS}, ${PARTS}`;

/** SQL: the columns of the ticket `t` that a reader is shown. */
export const SHOWN = `t.id, t.ref, t.external_ref as "externalRef", t.state, t.closed_reason as "closedReason", t.blocked_again_at as "blockedAgainAt", t.claim, t.channel, t.block, t.account_id as "accountId",
  t.missing, t.queue, t.priority, t.taken_by as "takenBy", t.due_at as "dueAt", t.created_at as "createdAt", t.updated_at as "updatedAt", t.version`;

export async function ticketParts(tx: EntityManager, ticketId: string): Promise<TicketParts> {
  // Named, so that the server plans it once for each connection: planning takes longer than reading.
  const [row] = (await tx.query({ name: 'ticket-parts', text: `select ${AROUND} from ticket t where t.id = $1` } as unknown as string, [ticketId])) as TicketParts[];
  return row ?? NO_PARTS;
}

/** What a reader is shown of many tickets, with what stands around each, in one read. */
export async function shownTickets(tx: EntityManager, ids: string[]): Promise<Map<string, Shown>> {
  const rows = (await tx.query({ name: 'shown-tickets', text: `select ${SHOWN}, ${AROUND} from ticket t where t.id = any(array(select unnest($1::uuid[])))` } as unknown as string, [ids])) as ShownRow[];
  return new Map(rows.map((row) => [row.id, shownOf(row)]));
}

/** A row of SHOWN and AROUND. */
export type ShownRow = ShownTicket & TicketParts & { id: string };

/** A ticket as a reader is shown it, with what stands around it. */
export interface Shown {
  ticket: ShownTicket;
  parts: TicketParts;
}

export const shownOf = (row: ShownRow): Shown => ({
  ticket: row, parts: { evidence: row.evidence, analysis: row.analysis, decision: row.decision, fixes: row.fixes, lift: row.lift, mailStopped: row.mailStopped },
});
