import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { SYSTEM } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import { liftAllowed } from '../core/policy/lift-allowed';
import { EXCEPTION_TRIES, narrowException, type WantedException } from '../core/ticket/exception-plan';
import type { NocAnswer, NocException } from '../noc/noc.driver';
import { NocService } from '../noc/noc.service';
import { Clock } from '../platform/clock';
import { Transactions } from '../platform/database/transactions';
import { Lifts, type Subject } from './lifts';

interface ExceptionRow {
  id: string;
  ip: string;
  rule: string;
  sender: string;
  until: Date;
  state: 'ordered' | 'applied' | 'proposed' | 'not_offered' | 'failed';
  tries: number;
}

/** Longest wait for a NOC that says when to ask again: the customer's lift is worth more than the exception. */
const LONGEST_SECONDS = 30;

/**
 * A false positive changes the filter, or it happens again: where the NOC takes exceptions, a narrow one is ordered before the block is
 * lifted (rule 15). A NOC that has none, or that fails three times, holds no lift up. The only writer of `filter_exception`.
 */
@Injectable()
export class ExceptionsService {
  constructor(
    private readonly source: DataSource,
    private readonly lifts: Lifts,
    private readonly noc: NocService,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** Null when the lift may go on; else for what it waits, in seconds. */
  async before(subject: Subject): Promise<{ seconds: number; why: string } | null> {
    const row = subject.wantsException ? await this.wanted(subject) : null;
    if (row?.state !== 'ordered') {
      return null;
    }
    const { ip, rule, sender, until, id } = row;
    const answer = await this.noc.orderException({ ip, rule, sender, until: until.toISOString(), ticket: subject.ref, idempotencyKey: id });
    const tries = row.tries + 1;
    const state = stateOf(answer, tries);
    await this.transactions.run((tx) => this.keep(tx, subject, row, state, tries, answer));
    if (state !== 'ordered' || answer.ok) {
      return null;
    }
    return { seconds: Math.min(LONGEST_SECONDS, Math.max(answer.retryAfterSeconds ?? 0, 2 ** tries)), why: `the exception of the filter is not ordered yet: ${answer.detail}` };
  }

  /** The row of this decision; made when its decision asks for an exception, and only while the lift is allowed (I4). */
  private wanted(subject: Subject): Promise<ExceptionRow | null> {
    return this.transactions.run(async (tx) => {
      const [known] = await rowsOf(tx, subject.decisionId);
      if (known) {
        return known;
      }
      const [decision] = (await tx.query('select filter_adjustment as wanted from decision where id = $1', [subject.decisionId])) as { wanted: WantedException | null }[];
      const narrow = narrowException(decision?.wanted ?? null, this.clock.now());
      const now = narrow && (await this.lifts.subject(subject.ticketId, subject.decisionId, tx));
      if (!narrow || !now || liftAllowed(now) !== 'yes') {
        return null;
      }
      await tx.query('insert into filter_exception (id, decision_id, ticket_id, ip, rule, sender, until_at) values ($1, $2, $3, $4, $5, $6, $7) on conflict (decision_id) do nothing', [
        randomUUID(), subject.decisionId, subject.ticketId, subject.ip, narrow.rule, narrow.sender, narrow.until,
      ]);
      return (await rowsOf(tx, subject.decisionId))[0] ?? null;
    });
  }

  private async keep(tx: EntityManager, subject: Subject, { id, rule, sender, until }: ExceptionRow, state: ExceptionRow['state'], tries: number, answer: NocAnswer<NocException>): Promise<void> {
    const [, changed] = (await tx.query(
      `update filter_exception set state = $2, tries = $3, noc_id = $4, last_answer = $5, settled_at = case when $2 = 'ordered' then null else now() end where id = $1 and state = 'ordered'`,
      [id, state, tries, answer.ok ? answer.value.id : null, answer.ok ? answer.value.state : answer.detail],
    )) as [unknown, number];
    if (changed === 1 && state !== 'ordered') {
      await this.audit.record(tx, { ticketId: subject.ticketId, event: 'filter_exception_settled', by: SYSTEM, detail: { state, rule, until: until.toISOString() }, said: { sender, ...(answer.ok ? {} : { why: answer.detail }) } });
    }
  }
}

async function rowsOf(tx: EntityManager, decisionId: string): Promise<ExceptionRow[]> {
  return (await tx.query(`select id, host(ip) as ip, rule, sender, until_at as "until", state, tries from filter_exception where decision_id = $1`, [decisionId])) as ExceptionRow[];
}

/** A NOC without exceptions says 404 or 501; a refusal will not become a yes; trouble is tried again, and not for ever. */
function stateOf(answer: NocAnswer<NocException>, tries: number): ExceptionRow['state'] {
  if (answer.ok) {
    return answer.value.state;
  }
  switch (answer.error) {
    case 'not_offered':
    case 'not_found':
      return 'not_offered';
    case 'refused':
    case 'not_owner':
    case 'newer_block':
    case 'too_early':
      return 'failed';
    default:
      return tries >= EXCEPTION_TRIES ? 'failed' : 'ordered';
  }
}
