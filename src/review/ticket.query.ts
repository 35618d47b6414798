import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { AuditEntry } from '../audit/audit-entry.entity';
import { AuditService } from '../audit/audit.service';
import type { Analysis } from '../core/rules/analysis';
import type { Block } from '../core/ticket/block';
import type { State } from '../core/ticket/states';
import { EvidenceService } from '../evidence/evidence.service';
import type { Message } from '../evidence/message.entity';
import { MessagesService } from '../evidence/messages.service';
import { fetchedTogether } from '../platform/database/fetched-together';
import type { Gathered } from '../platform/gathered';
import { NotFound } from '../platform/http/errors';
import { isUuid } from '../platform/uuid';
import { Ticket } from '../tickets/ticket.entity';
import { ticketParts, type TicketParts } from '../tickets/ticket.query';
import type { Item } from './evidence.view';
import { Decision } from './decision.entity';
import { aboutFilter, type About } from './adjustment.view';
import { RuleRecord, type Fared } from './rule-record';

/** An earlier ticket of the same address or account, and how it ended. */
export interface Earlier {
  ref: string;
  state: State;
  claim: string;
  closedReason: string | null;
  createdAt: Date;
  sameAddress: boolean;
  liftedAt: Date | null;
  blockedAgainAt: Date | null;
  hadFixes: boolean;
}

/** Where the ticket stands among those that wait. */
export interface Place {
  before: number;
  capped: boolean;
  previous: string | null;
  next: string | null;
}

export interface TicketPage {
  ticket: Ticket;
  holder: string | null;
  items: Item[];
  analysis: Analysis | null;
  analysedAt: Date | null;
  parts: TicketParts;
  decisions: Decision[];
  messages: Message[];
  audit: AuditEntry[];
  earlier: Earlier[];
  place: Place | null;
  /** how the rules of the filter that spoke here fared when people decided */
  rules: Fared[];
}

export interface Undoable {
  id: string;
  ref: string;
  outcome: Decision['outcome'];
  undoUntil: Date;
}

/** The newest decision of somebody that may still be undone, as SQL. */
export const undoableBy = (staff: string, now: string): string => `select d.id, t.ref, d.outcome, d.undo_until as "undoUntil" from decision d join ticket t on t.id = d.ticket_id
  where (d.by_id = ${staff} or d.second_by = ${staff}) and d.state = 'undoable' and d.undo_until > ${now} and t.decision_id = d.id order by d.undo_until desc limit 1`;

const PLACE_CAP = 500;
const EARLIER = 8;

/** Times are texts, as JSON has them. */
type EarlierTold = Omit<Earlier, 'createdAt' | 'liftedAt' | 'blockedAgainAt'> & { createdAt: string; liftedAt: string | null; blockedAgainAt: string | null };

// Two index scans instead of one "or" that can use neither index in order.
const BEFORE = `select t.ref, t.state, t.claim, t.closed_reason as "closedReason", t.created_at as "createdAt", t.ip = $2::inet as "sameAddress", t.blocked_again_at as "blockedAgainAt",
    (select l.confirmed_at from lift l where l.ticket_id = t.id and l.state = 'confirmed' order by l.created_at desc limit 1) as "liftedAt",
    exists (select 1 from required_fix f where f.ticket_id = t.id) as "hadFixes"
  from ticket t where t.id in (
    (select id from ticket where account_id = $3 and id <> $1::uuid and created_at <= $4 order by created_at desc limit ${EARLIER})
    union (select id from ticket where ip <<= $2::inet and id <> $1::uuid and created_at <= $4 order by created_at desc limit ${EARLIER}))
  order by t.created_at desc limit ${EARLIER}`;
const STANDS = `state in ('queued','in_review','second_review')`;
const [HERE, PLACE] = ['(-priority, due_at, id)', '(-$5::int, $6::timestamptz, $1::uuid)'];
const BETWEEN = `select b.before, b.before >= ${PLACE_CAP} as capped,
    (select ref from ticket where ${STANDS} and ${HERE} < ${PLACE} order by -priority desc, due_at desc, id desc limit 1) as previous,
    (select ref from ticket where ${STANDS} and ${HERE} > ${PLACE} order by -priority, due_at, id limit 1) as next
  from (select count(*)::int as before from (select 1 from ticket where ${STANDS} and ${HERE} < ${PLACE} order by -priority, due_at, id limit ${PLACE_CAP}) c) b`;
/** $1 the ticket, $2 its address, $3 its account, $4 when it was opened, $5 its priority, $6 when it is due, $7 whether it waits. */
const BESIDE = `select coalesce((select json_agg(r) from (${BEFORE}) r), '[]') as earlier, case when $7::boolean then (select to_json(p) from (${BETWEEN}) p) end as place`;
/** Tickets whose decisions are fetched with one question. */
const TOGETHER = 8;

/** Reads everything that stands around one ticket. */
@Injectable()
export class TicketReader {
  private readonly record: RuleRecord;
  private readonly decisions: Gathered<string, Decision[]>;

  constructor(
    private readonly source: DataSource,
    private readonly evidence: EvidenceService,
    private readonly messages: MessagesService,
    private readonly audit: AuditService,
  ) {
    this.record = new RuleRecord(source);
    this.decisions = fetchedTogether(source, Decision, 'ticketId', { decidedAt: 'ASC' }, TOGETHER);
  }

  /** @param around what was read of it for this reader */
  async page(ticket: Ticket, { holder, analysedAt }: { holder: string | null; analysedAt: Date | null }): Promise<TicketPage> {
    const manager = this.source.manager;
    const [items, parts, decisions, messages, audit, { earlier, place }, rules] = await Promise.all([
      this.evidence.items(ticket.id), ticketParts(manager, ticket.id), this.decisions.ask(ticket.id),
      this.messages.of(ticket.id), this.audit.of(manager, ticket.id), this.beside(ticket), this.rules(ticket),
    ]);
    return { ticket, holder, items, analysis: parts.analysis, analysedAt, parts, decisions, messages, audit, earlier, place, rules };
  }

  /** What was read out of a ticket's headers. */
  async analysis(ticketId: string): Promise<Analysis | null> {
    return (await ticketParts(this.source.manager, ticketId)).analysis;
  }

  /** One evidence item, whole. */
  async item(id: string): Promise<Pick<Item, 'id' | 'text' | 'bytes'> | null> {
    const [row] = (await this.source.query('select id, text, bytes from evidence_item where id = $1', [id])) as Pick<Item, 'id' | 'text' | 'bytes'>[];
    return row ?? null;
  }

  async refOf(ticketId: string): Promise<string> {
    const [row] = (await this.source.query('select ref from ticket where id = $1', [ticketId])) as { ref: string }[];
    return row?.ref ?? ticketId;
  }

  /** The ticket of a decision. @throws NotFound */
  async refOfDecision(id: string): Promise<string> {
    const [row] = isUuid(id) ? ((await this.source.query('select t.ref from decision d join ticket t on t.id = d.ticket_id where d.id = $1', [id])) as { ref: string }[]) : [];
    if (!row) {
      throw new NotFound('There is no such decision.');
    }
    return row.ref;
  }

  /** Until when the first of these decisions can still be taken back; null when none of them can any more. */
  async undoableUntil(ids: string[], now: Date): Promise<Date | null> {
    const [row] = (await this.source.query(`select min(undo_until) as until from decision where id = any($1::uuid[]) and state = 'undoable' and undo_until > $2`, [ids, now])) as { until: Date | null }[];
    return row?.until ?? null;
  }

  /** What an adjustment of the filter would be about: the rules that spoke, and the one sender whose mail was read. */
  async about(ref: string): Promise<About> {
    const [row] = (await this.source.query(`select t.block, a.body->'message' as message from ticket t left join analysis a on a.id = t.analysis_id where t.ref = $1`, [ref])) as { block: Block; message: Analysis['message'] | null }[];
    return row ? aboutFilter(row.block, row.message) : { rules: [], sender: null, messageIds: [] };
  }

  /** The earlier tickets, and the place among those that wait: two small looks, so one question. */
  private async beside({ id, ip, accountId, createdAt, priority, dueAt, state }: Ticket): Promise<{ earlier: Earlier[]; place: Place | null }> {
    const waits = ['queued', 'in_review', 'second_review'].includes(state);
    const [row] = (await this.source.query(BESIDE, [id, ip, accountId, createdAt, priority, dueAt, waits])) as [{ earlier: EarlierTold[]; place: Place | null }];
    const at = (text: string | null): Date | null => (text === null ? null : new Date(text));
    return { ...row, earlier: row.earlier.map((one) => ({ ...one, createdAt: new Date(one.createdAt), liftedAt: at(one.liftedAt), blockedAgainAt: at(one.blockedAgainAt) })) };
  }

  private rules(ticket: Ticket): Promise<Fared[]> {
    return this.record.of([...new Set((ticket.block.detections ?? []).flatMap((detection) => detection.rule ?? []))].slice(0, 3), ticket.id);
  }
}
