import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import type { LiftGrounds } from '../core/policy/lift-allowed';
import type { Assessment } from '../core/rules/analysis';
import type { BlockKind, Claim } from '../core/ticket/block';
import type { LiftState } from '../core/ticket/lift-plan';
import { OutboxService } from '../outbox/outbox.service';
import { Clock } from '../platform/clock';
import { queryAhead } from '../platform/database/ahead';
import { Lift } from './lift.entity';

/** What a lift is about: the ticket, the decision, and how far the lift has come. Read as they are now. */
export interface Subject extends LiftGrounds {
  ticketId: string; ref: string; accountId: string; ip: string; kind: BlockKind; blockedAt: Date; blockId: string | null; episode: string;
  claim: Claim; tier: string | null; repeats: number; assessment: Assessment | null;
  decisionId: string; reasons: string[]; undoUntil: Date;
  liftId: string | null;
  /** the decision asks for an exception of the filter, narrow or not */
  wantsException: boolean;
}

/** What may change about a lift that goes on. */
export type LiftChanges = Partial<Pick<Lift, 'state' | 'dueAt' | 'acceptedAt' | 'confirmedAt' | 'strikes' | 'reads' | 'troubleSince' | 'lastAnswer'>>;

const COLUMN: Record<keyof LiftChanges, string> = {
  state: 'state', dueAt: 'due_at', acceptedAt: 'accepted_at', confirmedAt: 'confirmed_at', strikes: 'strikes', reads: 'reads', troubleSince: 'trouble_since', lastAnswer: 'last_answer',
};

/** Longer than an order to the NOC may take: past it another worker may go on, by reading first. */
export const LEASE_SECONDS = 12;
const LIVE: LiftState[] = ['scheduled', 'requested', 'unknown', 'unblocking'];
const live = LIVE.map((state) => `'${state}'`).join(', ');

const FACTS = `select t.id as "ticketId", t.ref, t.account_id as "accountId", host(t.ip) as ip, t.kind, t.blocked_at as "blockedAt", t.block_id as "blockId", t.episode,
  t.claim, t.tier, t.repeats, t.assessment, t.state as "ticketState", t.decision_id = d.id as "isCurrent",
  d.id as "decisionId", d.reasons, d.outcome, d.lift_when_verified as "liftWhenVerified", d.state as "decisionState", d.undo_until as "undoUntil", d.undo_until > now() as "undoOpen",
  d.second_person as "secondPerson", d.by_id as "byId", d.second_by as "secondBy", d.agreed,
  (select l.id from lift l where l.ticket_id = t.id and l.decision_id = d.id and l.state in (${live})) as "liftId", coalesce(d.filter_adjustment->>'change' = 'exception', false) as "wantsException"`;
const SUBJECT = `${FACTS} from ticket t join decision d on d.id = coalesce($2::uuid, t.decision_id) and d.ticket_id = t.id where t.id = $1`;
/** Of a row ($1) that waits to be taken or was taken just now, while something may be told outside. The claim goes first, and is often through by then. */
const SUBJECT_OF_WORK = `${FACTS} from outbox_message o join ticket t on t.id = o.ticket_id join decision d on d.id = coalesce(o.ref_id, t.decision_id) and d.ticket_id = t.id
  where o.id = $1 and o.job = 'order-lift' and (o.state = 'pending' or ${OutboxService.justTaken('o.')}) and o.due_at <= now() and not exists (select from desk_watermark where mode = 'safe')`;
const SUBJECT_OF_ACCEPTED = `${FACTS} from lift a join ticket t on t.id = a.ticket_id join decision d on d.id = a.decision_id and d.ticket_id = t.id where a.id = $1 and a.state = 'unblocking'`;
const LIFT = `id, ticket_id as "ticketId", decision_id as "decisionId", account_id as "accountId", host(ip) as ip, kind, blocked_at as "blockedAt", block_id as "blockId", episode, state,
  due_at as "dueAt", requested_at as "requestedAt", accepted_at as "acceptedAt", confirmed_at as "confirmedAt", attempts, strikes, reads, trouble_since as "troubleSince",
  last_answer as "lastAnswer", lease_until as "leaseUntil", lease_no as "leaseNo", created_at as "createdAt"`;

/**
 * The ticket, locked, if it and its decision ($2) still stand as they were when the lift was found to be allowed: what else that rests on is written
 * once, with the decision. Nobody can take it back between this look and the row that the same statement writes.
 */
const STANDS = `with stands as materialized (select t.id from ticket t join decision d on d.id = $2 and d.ticket_id = t.id
  where t.id = $1 and t.state = 'lifting' and t.decision_id = d.id and d.state = $3 and (d.state = 'final' or d.undo_until <= now())
    and d.second_by is not distinct from $4::uuid and d.agreed is not distinct from $5::boolean for no key update of t)`;
const REQUESTED = `requested_at = coalesce(requested_at, now()), attempts = attempts + 1, lease_until = now() + make_interval(secs => ${LEASE_SECONDS})`;
const REQUEST_KNOWN = `${STANDS} update lift set state = 'requested', ${REQUESTED} from stands where lift.id = $6 and lease_no = $7 and lift.state in (${live}) returning lift.id`;
const REQUEST_NEW = `${STANDS} insert into lift (id, ticket_id, decision_id, account_id, ip, kind, blocked_at, block_id, episode, state, due_at, requested_at, attempts, lease_until, lease_no, created_at)
  select n.id, n.ticket_id, n.decision_id, n.account_id, n.ip, n.kind, n.blocked_at, n.block_id, n.episode, 'requested', n.due_at, now(), 1, now() + make_interval(secs => ${LEASE_SECONDS}), 1, n.created_at
  from stands, json_populate_record(null::lift, $6) n returning id`;
/**
 * The NOC has accepted the order ($1, with its fence $2) with these words ($3, at $4): from now on it is read ($6, the row of that work), not before $5.
 * Row and work are one statement and so one commit, and neither is written by a worker that was overtaken.
 */
const ACCEPTED = `with mine as (update lift set state = 'unblocking', accepted_at = $4, last_answer = $3, strikes = 0, trouble_since = null, due_at = coalesce($5::timestamptz, due_at), lease_until = null
    where id = $1 and lease_no = $2 and state in (${live}) returning id)
  ${OutboxService.addWork('mine, json_populate_record(null::outbox_message, $6) w')} returning id`;

/** The rows of `lift`, fenced: whoever was overtaken by another worker changes nothing (I5). */
@Injectable()
export class Lifts {
  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Null when there is no such ticket or decision. Given a transaction, the ticket stays as it is until that ends. */
  async subject(ticketId: string, decisionId: string | null, tx?: EntityManager): Promise<Subject | null> {
    const asked = [ticketId, decisionId];
    const [row] = (await (tx ? tx.query(`${SUBJECT} for no key update of t`, asked) : queryAhead(this.source, SUBJECT, asked))) as Subject[];
    return row ?? null;
  }

  /** The same from the row of an order that waits to be taken; null when it is none, or does not wait (any more). */
  async ofWork(rowId: string): Promise<Subject | null> {
    const [row] = (await queryAhead(this.source, SUBJECT_OF_WORK, [rowId])) as Subject[];
    return row ?? null;
  }

  /** The same from a lift that the NOC has accepted; null when it is none. */
  async accepted(liftId: string): Promise<Subject | null> {
    const [row] = (await queryAhead(this.source, SUBJECT_OF_ACCEPTED, [liftId])) as Subject[];
    return row ?? null;
  }

  byId(id: string, tx: EntityManager = this.source.manager): Promise<Lift | null> {
    return tx.findOneBy(Lift, { id });
  }

  /** Whether this decision has a lift that has not ended. */
  async isUnderWay(tx: EntityManager, { ticketId, decisionId }: Subject): Promise<boolean> {
    return ((await tx.query(`select from lift where ticket_id = $1 and decision_id = $2 and state in (${live})`, [ticketId, decisionId])) as unknown[]).length > 0;
  }

  /** Takes a live lift for this worker; null while another one has it. */
  async take(id: string): Promise<Lift | null> {
    const [[lift]] = (await queryAhead(
      this.source,
      `update lift set lease_no = lease_no + 1, lease_until = now() + make_interval(secs => $2) where id = $1 and state in (${live}) and (lease_until is null or lease_until < now()) returning ${LIFT}`,
      [id, LEASE_SECONDS],
    )) as [Lift[], number];
    return lift ?? null;
  }

  /** A new lift, taken by this worker. @throws the unique violation of lift_one_live while another lift of the episode is under way */
  async create(tx: EntityManager, subject: Subject): Promise<Lift> {
    const lift = this.made(subject);
    // Not save(): that would look for the row first.
    await tx.insert(Lift, lift);
    return lift;
  }

  /**
   * Stores that the order is about to be sent, before it is: in one statement with one more look at what allows it (I4), so that the order leaves
   * one commit later. Null when something has changed since, or this worker was overtaken.
   * @throws the unique violation of lift_one_live while another lift of the episode is under way
   */
  async request(subject: Subject, known: Lift | null): Promise<Lift | null> {
    const judged = [subject.ticketId, subject.decisionId, subject.decisionState, subject.secondBy, subject.agreed];
    if (known) {
      const [, changed] = (await queryAhead(this.source, REQUEST_KNOWN, [...judged, known.id, known.leaseNo])) as [unknown, number];
      return changed === 1 ? known : null;
    }
    const lift = this.made(subject);
    const { id, ticketId, decisionId, accountId, ip, kind, blockedAt, blockId, episode, dueAt, createdAt } = lift;
    const row = { id, ticket_id: ticketId, decision_id: decisionId, account_id: accountId, ip, kind, blocked_at: blockedAt, block_id: blockId, episode, due_at: dueAt, created_at: createdAt };
    const made = (await queryAhead(this.source, REQUEST_NEW, [...judged, JSON.stringify(row)])) as unknown[];
    return made.length === 1 ? lift : null;
  }

  /** Stores that the NOC has accepted the order, with the work that reads it. False when this worker was overtaken. */
  async accept(lift: Lift, answer: string, at: Date, dueAt: Date | undefined, work: object): Promise<boolean> {
    const written = (await this.source.query(ACCEPTED, [lift.id, lift.leaseNo, answer, at, dueAt ?? null, JSON.stringify(work)])) as unknown[];
    return written.length === 1;
  }

  /** Writes what became of a step and gives the lift back. False when this worker was overtaken. */
  async settle(tx: EntityManager, lift: Lift, changes: LiftChanges): Promise<boolean> {
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    const set = given.map(([property], i) => `${COLUMN[property as keyof LiftChanges]} = $${i + 3}, `).join('');
    const [, changed] = (await tx.query(`update lift set ${set}lease_until = null where id = $1 and lease_no = $2 and state in (${live})`, [lift.id, lift.leaseNo, ...given.map(([, value]) => value)])) as [unknown, number];
    return changed === 1;
  }

  private made(subject: Subject): Lift {
    const now = this.clock.now();
    return {
      id: randomUUID(), ticketId: subject.ticketId, decisionId: subject.decisionId, accountId: subject.accountId, ip: subject.ip, kind: subject.kind, blockedAt: subject.blockedAt,
      blockId: subject.blockId, episode: subject.episode, state: 'scheduled', dueAt: subject.undoUntil, requestedAt: null, acceptedAt: null, confirmedAt: null, attempts: 0, strikes: 0,
      reads: 0, troubleSince: null, lastAnswer: null, leaseUntil: new Date(now.getTime() + LEASE_SECONDS * 1000), leaseNo: 1, createdAt: now,
    };
  }
}
