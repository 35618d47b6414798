import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { SYSTEM, type Actor } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import { adjustmentOf, type ProposedAdjustment } from '../core/decision/adjustment-of';
import type { Block } from '../core/ticket/block';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { OutboxService } from '../outbox/outbox.service';
import { Clock } from '../platform/clock';
import { Transactions } from '../platform/database/transactions';
import { Malformed, NotFound } from '../platform/http/errors';
import { isUuid } from '../platform/uuid';
import { FilterAdjustment, type AdjustmentState } from './filter-adjustment.entity';

export interface AdjustmentJson {
  id: string; ticket: string; rule: string; sender: string | null; messageId: string | null; change: string; scope: string; expiresAt: string | null;
  state: AdjustmentState; answer: string | null;
  /** the exception that was ordered of the NOC before the lift; null where none was asked for */
  exception: { state: 'ordered' | 'applied' | 'proposed' | 'not_offered' | 'failed'; id: string | null; answer: string | null; at: string | null } | null;
  note: string | null; createdAt: string; updatedAt: string;
}

/** What the NOC applied is applied, until somebody says otherwise. */
const STATE = `case when a.state = 'proposed' and e.state = 'applied' then 'applied' else a.state end`;
const FROM = 'filter_adjustment a join ticket t on t.id = a.ticket_id left join filter_exception e on e.decision_id = a.decision_id';
const COLUMNS = `a.id, t.ref as ticket, a.rule, a.sender, a.message_id as "messageId", a.change, a.scope, a.expires_at as "expiresAt", ${STATE} as state, a.answer,
  case when e.id is null then null else json_build_object('state', e.state, 'id', e.noc_id, 'answer', e.last_answer, 'at', e.settled_at) end as exception,
  a.note,
  a.created_at as "createdAt", a.updated_at as "updatedAt"`;

/** A false positive changes the filter, or it happens again: what should change, and what became of it. */
@Injectable()
export class FilterAdjustmentsService {
  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly outbox: OutboxService,
    private readonly audit: AuditService,
  ) {}

  /** After the undo window of a lift: writes down what the filter should learn, and tells the NOC. Once per decision. */
  @Handles('record-adjustment')
  async record(row: OutboxMessage): Promise<HandlerResult> {
    // Most lifts teach the filter nothing: what is only read needs no transaction.
    return (await decided(this.source.manager, row, false)) ? this.propose(row) : 'skipped';
  }

  private propose(row: OutboxMessage): Promise<HandlerResult> {
    return this.transactions.run(async (tx) => {
      const found = await decided(tx, row, true);
      if (!found || !row.ticketId) {
        return 'skipped';
      }
      const { proposed } = found;
      const now = this.clock.now();
      const [id, event] = [randomUUID(), randomUUID()];
      await tx.insert(FilterAdjustment, {
        id, ticketId: row.ticketId, decisionId: found.id, rule: proposed.rule, sender: proposed.sender ?? null, messageId: proposed.messageId ?? null, change: proposed.change,
        scope: proposed.scope, expiresAt: proposed.until ? new Date(proposed.until) : null, state: 'proposed', answer: null, note: proposed.note ?? null, createdAt: now, updatedAt: now,
      });
      await this.audit.record(tx, { ticketId: row.ticketId, event: 'filter_adjustment_proposed', by: SYSTEM, detail: { adjustment: id, state: found.state }, tells: { 'filter_adjustment.proposed': event } });
      await this.outbox.add(tx, [{ id: event, job: 'tell-noc', ticketId: row.ticketId, refId: id, what: 'filter_adjustment.proposed' }]);
      return 'done';
    });
  }

  /** Newest first, by key. `after` is the `next` of the page before. */
  async list(state: AdjustmentState | undefined, after: string | undefined, limit: number): Promise<{ items: AdjustmentJson[]; next: string | null }> {
    const [at, id] = after ? after.split('_') : [];
    try {
      const rows = (await this.source.query(
        `select ${COLUMNS} from ${FROM}
         where ($1::text is null or ${STATE} = $1) and ($2::timestamptz is null or (a.created_at, a.id) < ($2::timestamptz, $3::uuid))
         order by a.created_at desc, a.id desc limit $4`,
        [state ?? null, at ?? null, id ?? null, limit + 1],
      )) as (Omit<AdjustmentJson, 'createdAt'> & { createdAt: Date })[];
      const items = rows.slice(0, limit).map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
      const last = items.at(-1);
      return { items, next: rows.length > limit && last ? `${last.createdAt}_${last.id}` : null };
    } catch (error) {
      if (['22007', '22P02'].includes((error as { code?: string }).code ?? '')) {
        throw new Malformed([{ field: 'after', code: 'invalid', message: 'must be the "next" of the page before' }]);
      }
      throw error;
    }
  }

  /** What the filter team says of it. @throws NotFound */
  async answer(id: string, state: AdjustmentState, answer: string | undefined, by: Actor): Promise<AdjustmentJson> {
    return this.transactions.run(async (tx) => {
      const [rows] = (await tx.query(
        'update filter_adjustment set state = $2, answer = coalesce($3, answer), updated_at = now() where id = $1 returning ticket_id as "ticketId"',
        [isUuid(id) ? id : null, state, answer ?? null],
      )) as [{ ticketId: string }[], number];
      const [updated] = rows;
      if (!updated) {
        throw new NotFound('There is no such filter adjustment.');
      }
      await this.audit.record(tx, { ticketId: updated.ticketId, event: 'filter_adjustment_answered', by, detail: { adjustment: id, state } });
      const [row] = (await tx.query(`select ${COLUMNS} from ${FROM} where a.id = $1`, [id])) as AdjustmentJson[];
      if (!row) {
        throw new NotFound('There is no such filter adjustment.');
      }
      return row;
    });
  }
}

/** A lift that stands and teaches the filter something that nobody has written down yet; locked, or only looked at. */
async function decided(tx: EntityManager, { refId, ticketId }: OutboxMessage, locked: boolean): Promise<{ id: string; state: string; proposed: ProposedAdjustment } | null> {
  const [found] = (await tx.query(
    `select d.id, d.reasons, d.filter_adjustment as "filterAdjustment", t.block, t.state from decision d join ticket t on t.id = d.ticket_id
     where d.id = coalesce($1, t.decision_id) and t.id = $2 and d.state in ('undoable', 'final')
       and not exists (select from filter_adjustment a where a.decision_id = d.id)${locked ? ' for update of d' : ''}`,
    [refId, ticketId],
  )) as { id: string; reasons: string[]; filterAdjustment: ProposedAdjustment | null; block: Block; state: string }[];
  const proposed = found && adjustmentOf(found, found.block.detections ?? []);
  return proposed ? { id: found.id, state: found.state, proposed } : null;
}
