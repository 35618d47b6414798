import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import { deadlineFor } from '../core/ticket/deadlines';
import { decide } from '../core/ticket/decide';
import { OutboxService } from '../outbox/outbox.service';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions } from '../platform/database/transactions';
import { Gathered, type Asked } from '../platform/gathered';
import { tellsOf, workOf } from './work-of';

/** Somebody who wants the most urgent ticket that they may have. */
export interface Taker {
  staffId: string;
  actor: Actor;
  /** accounts of their own, whose tickets they never judge */
  accountIds: readonly string[];
  /** queues that they take from; empty: from all */
  queues: readonly string[];
  /** what a lead was asked is theirs too */
  leads?: boolean;
}

interface Candidate {
  id: string;
  accountId: string;
  queue: string;
  /** who must not judge it: upheld it before the appeal (rule 1), or lifted an earlier block of the address that came back (rule 13) */
  notBy: string[];
  /** a lead was asked, and has not given it back */
  escalated: boolean;
}

/**
 * Who must not judge a ticket t (again): who upheld it before the appeal, and who lifted an earlier block of the address that came back.
 */
const NOT_BY = `array(select d.by_id from decision d where t.appealed_at is not null and d.ticket_id = t.id and d.outcome = 'uphold' and d.state in ('undoable','final')
  union all select d.by_id from ticket p join decision d on d.id = p.decision_id where p.account_id = t.account_id and p.ip = t.ip and p.id <> t.id and p.blocked_again_at is not null)::text[]`;
/** The index ticket_take gives the order; who is just being taken by another process is passed over, not who is only being referred to (NO KEY). */
const MOST_URGENT = `select t.id, t.account_id as "accountId", t.queue, ${NOT_BY} as "notBy", t.escalated_at is not null as escalated from ticket t where t.state = 'queued'`;
const IN_ORDER = 'order by t.priority desc, t.due_at, t.id';

/**
 * Gives the most urgent ticket to each who asks. Gathered: whoever asks while one transaction is under way is served by the next, so that a full
 * room costs one commit and not thirty. Two people never get one ticket: rows are locked, and other processes pass them over.
 */
@Injectable()
export class TakeNextService {
  private readonly asking = new Gathered<Taker, string | null>((round) => this.serve(round));

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
  ) {}

  /** @returns the id of the ticket that is theirs now; null when nothing waits that they may take */
  next(taker: Taker): Promise<string | null> {
    return this.asking.ask(taker);
  }

  private async serve(round: Asked<Taker, string | null>[]): Promise<void> {
    const given = await this.transactions.run((tx) => this.give(tx, round.map(({ what }) => what)));
    round.forEach(({ done }, i) => done(given[i] ?? null));
  }

  private async give(tx: EntityManager, takers: Taker[]): Promise<(string | null)[]> {
    const free = (await named(tx, 'most-urgent', `${MOST_URGENT} ${IN_ORDER} limit $1 for no key update of t skip locked`, [takers.length])) as Candidate[];
    const all = free.length < takers.length;
    const given: (string | null)[] = [];
    for (const taker of takers) {
      const at = free.findIndex((candidate) => allows(candidate, taker));
      given.push(at >= 0 ? (free.splice(at, 1)[0]?.id ?? null) : all ? null : await this.forThis(tx, taker, given));
    }
    const moves = takers.flatMap((taker, i) => (given[i] ? [{ id: given[i], taker }] : []));
    if (moves.length > 0) {
      await this.move(tx, moves);
    }
    return given;
  }

  /** For whom none of the most urgent is: the first further down that is. */
  private async forThis(tx: EntityManager, taker: Taker, gone: (string | null)[]): Promise<string | null> {
    const [found] = (await tx.query(
      `${MOST_URGENT} and t.id <> all($1) and t.account_id <> all($2) and (cardinality($3::text[]) = 0 or t.queue = any($3)) and $4 <> all(${NOT_BY}) and (t.escalated_at is null or $5) ${IN_ORDER} limit 1 for no key update of t skip locked`,
      [gone.filter(Boolean), taker.accountIds, taker.queues, taker.staffId, taker.leads === true],
    )) as Candidate[];
    return found?.id ?? null;
  }

  /** The event "taken" for many at once: the same step of the workflow, the same line in the audit and the same work as apply() gives one. */
  private async move(tx: EntityManager, moves: { id: string; taker: Taker }[]): Promise<void> {
    const now = this.clock.now();
    const step = decide('queued', 'taken');
    const { REMIND_HOURS, EXPIRE_DAYS, FIX_DAYS, LEASE_MINUTES } = this.config;
    const wait = deadlineFor(step.to, now, { remindHours: REMIND_HOURS, expireDays: EXPIRE_DAYS, fixDays: FIX_DAYS, leaseMinutes: LEASE_MINUTES }, { reminded: 0, wakeAt: null });
    await named(
      tx, 'taken-by',
      `update ticket t set state = $3, state_since = $4, updated_at = $4, taken_at = $4, taken_by = x.staff, lease_until = $5, deadline_at = $5, deadline_event = $6, lease_no = lease_no + 1, version = version + 1, reminded = 0
       from unnest($1::uuid[], $2::uuid[]) x(id, staff) where t.id = x.id`,
      [moves.map(({ id }) => id), moves.map(({ taker }) => taker.staffId), step.to, now, new Date(now.getTime() + LEASE_MINUTES * 60_000), wait?.event ?? null],
    );
    const work = moves.map(({ id }) => workOf(id, step.effects));
    await this.audit.recordAll(tx, moves.map(({ id, taker }, i) => ({ ticketId: id, event: 'taken', from: step.from, to: step.to, by: taker.actor, tells: tellsOf(work[i] ?? []) })));
    await this.outbox.add(tx, work.flat());
  }
}

const allows = ({ accountId, queue, notBy, escalated }: Candidate, taker: Taker): boolean =>
  (!escalated || taker.leads === true) && !taker.accountIds.includes(accountId) && (taker.queues.length === 0 || taker.queues.includes(queue)) && !notBy.includes(taker.staffId);

/** TypeORM hands the object on to pg, which prepares a named statement once per connection. */
const named = (tx: EntityManager, name: string, text: string, values: unknown[]): Promise<unknown> => tx.query({ name, text } as unknown as string, values);
