import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Decision } from './decision.entity';
import type { DraftForm } from './decide.view';

/** What somebody has begun to decide on a ticket, as SQL. */
export const begunOn = (ticket: string, staff: string): string => `select body, version from decision_draft where ticket_id = ${ticket} and staff_id = ${staff}`;

/** Keeps what somebody has begun to decide: through a lost lease, a stale version, an undo, a closed window. The only writer of decision_draft. */
@Injectable()
export class DraftsService {
  constructor(private readonly source: DataSource) {}

  async keep(ticketId: string, staffId: string, draft: DraftForm, tx: EntityManager = this.source.manager): Promise<void> {
    await tx.query(
      `insert into decision_draft (ticket_id, staff_id, version, body) values ($1, $2, $3, $4)
       on conflict (ticket_id, staff_id) do update set version = excluded.version, body = excluded.body, at = clock_timestamp()`,
      [ticketId, staffId, draft.version, JSON.stringify(draft)],
    );
  }

  async drop(ticketId: string, staffId: string, tx: EntityManager = this.source.manager): Promise<void> {
    await tx.query('delete from decision_draft where ticket_id = $1 and staff_id = $2', [ticketId, staffId]);
  }

  /** A decision that was taken back is a draft again, for who made it. */
  async fromDecision(decision: Decision, version: number, tx: EntityManager): Promise<void> {
    const { filterAdjustment: adjusted } = decision;
    await this.keep(decision.ticketId, decision.byId, {
      version, outcome: decision.outcome, reason: decision.reasons, fix: decision.fixes.map((fix) => fix.code), when: Object.fromEntries(decision.fixes.map((fix) => [fix.code, fix.when])),
      statement: decision.statement, liftWhenVerified: decision.liftWhenVerified, wakeAt: decision.wakeAt?.toISOString(),
      adjust: adjusted?.change ?? 'none',
      ...(adjusted ? { adjustRule: adjusted.rule, adjustScope: adjusted.scope, adjustMessage: adjusted.messageId ?? '', adjustNote: adjusted.note, ...(adjusted.until ? { adjustDays: adjusted.until } : {}) } : {}),
    }, tx);
  }
}
