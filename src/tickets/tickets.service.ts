import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import type { TraitOf } from '../core/memory/traits';
import { deadlineFor, type Times } from '../core/ticket/deadlines';
import { decide } from '../core/ticket/decide';
import type { EventType } from '../core/ticket/events';
import { readReference } from '../core/ticket/reference';
import type { State } from '../core/ticket/states';
import { OutboxService } from '../outbox/outbox.service';
import { Sweep } from '../outbox/sweep';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { Conflict, NotFound } from '../platform/http/errors';
import { Gather, type Rows } from './gather';
import { GatherFinds } from './gather-finds';
import { GatherMoves, type Move } from './gather-moves';
import { ANSWERS, changed, isPromisedAnew, move, timesOf } from './move';
import { columnsOf, moveLocked, movedRow } from './moved.sql';
import { opened, type Opening } from './opening';
import { routeBy, RulebookService } from './rulebook.service';
import { Ticket, type TicketChanges } from './ticket.entity';
import { ticketRow } from './ticket.row';
import { tellsOf, workOf } from './work-of';

export interface How {
  /** columns that the event changes */
  changes?: TicketChanges;
  /** the row that the work is about, a decision for example; an undo finds the work by it */
  refId?: string;
  /** the work waits until then (undo window) */
  effectsDueAt?: Date;
  /** the ticket as the caller's transaction has locked and read it: it is not read again */
  locked?: Ticket;
  /** refuse with 409 when the ticket has another version */
  version?: number;
  /** what the audit says besides */
  detail?: Record<string, unknown>;
  /** the same for what somebody wrote, or what names somebody: it can be erased */
  said?: Record<string, unknown>;
}

const LOCK = { mode: 'for_no_key_update' } as const;

/** The ticket: opened, moved and found here. The only writer of the table. A fourth public verb is a sign of a missing room. */
@Injectable()
export class TicketsService {
  private readonly times: Times;
  private readonly gather: Gather;
  private readonly moves: GatherMoves;
  private readonly finds: GatherFinds;

  constructor(
    @Inject(CONFIG) config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly sweep: Sweep,
    private readonly rulebook: RulebookService,
  ) {
    this.times = timesOf(config);
    this.gather = new Gather(source);
    this.moves = new GatherMoves(source);
    this.finds = new GatherFinds(source);
  }

  /**
   * Stores a new ticket with its evidence, audit line, work and idempotency row in one durable statement.
   * @param also makes the rows of the caller's own tables, knowing the ticket as it will stand
   * @throws the unique violation when the episode has an open ticket (ticket_one_open) or the key was used (idempotency_key_pkey)
   */
  async open(opening: Opening, by: Actor, also: (ticket: Ticket) => Pick<Rows, 'evidence_item' | 'idempotency_key'>): Promise<Ticket> {
    const now = this.clock.now();
    const { block, account, claim, repeats } = opening;
    const to = routeBy(this.rulebook.recent(), {
      kind: block.kind, claim, tier: account.tier ?? null, language: account.language ?? null, repeats, assessment: null, ip: block.ip, block, liftFailed: null, escalatedAt: null,
    });
    const { ticket, effects } = opened(opening, now, to, this.rulebook.firstDue(to.priority, now), (state) => deadlineFor(state, now, this.times, { reminded: 0, wakeAt: null }));
    const rows = workOf(ticket.id, effects);
    const work = rows.map((row) => this.outbox.row(row));
    await this.gather.store({
      ticket: [ticketRow(ticket)],
      audit_entry: [this.audit.row({ ticketId: ticket.id, event: 'opened', from: null, to: ticket.state, by, tells: tellsOf(rows), detail: { channel: ticket.channel } }, now)],
      outbox_message: work,
      ...also(ticket),
    });
    this.sweep.ring(work);
    return ticket;
  }

  /**
   * Moves a ticket by one event: state, columns, audit line and work in the caller's transaction.
   * @throws TransitionRefused when the workflow has no such arrow, Conflict when the version is stale, NotFound
   */
  async apply(tx: EntityManager, id: string, event: EventType, by: Actor, how: How = {}): Promise<Ticket> {
    const ticket = how.locked ? { ...how.locked } : await this.lock(tx, id);
    if (how.version !== undefined && how.version !== ticket.version) {
      throw new Conflict('The ticket has changed since you read it.', { version: ticket.version, state: ticket.state, updatedAt: ticket.updatedAt });
    }
    const step = decide(ticket.state, event);
    const { state: from } = ticket;
    const before = { ...ticket };
    await this.moved(tx, ticket, step.to, event, how.changes ?? {});
    const rows = workOf(id, step.effects, how);
    const line = this.audit.row({ ticketId: id, event, from, to: step.to, by, tells: tellsOf(rows), detail: how.detail, said: how.said }, this.clock.now());
    const now = changed(before, ticket);
    await tx.query(moveLocked(Object.keys(now)), [JSON.stringify(columnsOf(now)), id, JSON.stringify(line), JSON.stringify(this.outbox.rowsIn(tx, rows))]);
    return ticket;
  }

  /**
   * `apply` for a ticket that was read a moment ago, in a statement that it shares with whatever moves at the same time.
   * @param ticket as it was read; as it stands afterwards when it was moved
   * @param analysis rows of the reading, made by the room that writes that table
   * @param traits what the ticket is remembered by: it is written at once, and no work is asked for it
   * @returns false, and nothing done, when somebody else has moved it since
   * @throws TransitionRefused when the workflow has no such arrow
   */
  async advance(ticket: Ticket, event: EventType, by: Actor, how: Pick<How, 'changes' | 'detail'>, analysis: Move['analysis'], traits: readonly TraitOf[]): Promise<boolean> {
    const { state: from } = ticket;
    const step = decide(from, event);
    await this.moved(this.source.manager, ticket, step.to, event, how.changes ?? {});
    const rows = workOf(ticket.id, step.effects.filter(({ job }) => job !== 'remember-ticket'));
    const work = rows.map((row) => this.outbox.row(row));
    const audit = [this.audit.row({ ticketId: ticket.id, event, from, to: step.to, by, tells: tellsOf(rows), detail: how.detail }, this.clock.now())];
    const remembered = traits.map((trait) => ({ ticket_id: ticket.id, ...trait, at: ticket.createdAt }));
    const done = await this.moves.ask({ ticket: movedRow(ticket), audit, work, analysis, traits: remembered });
    if (done) {
      this.sweep.ring(work);
    }
    return done;
  }

  /** One ticket by reference (as people write it) or by id; with `lock` it stays as it is until the transaction ends. @throws NotFound */
  async find(key: string, tx: EntityManager = this.source.manager, lock = false): Promise<Ticket> {
    const ref = readReference(key);
    const isId = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(key);
    const one = (where: { id: string } | { ref: string }): Promise<Ticket | null> => tx.findOne(Ticket, { where, ...(lock ? { lock: LOCK } : {}) });
    const byId = (id: string): Promise<Ticket | null> => (tx === this.source.manager ? this.finds.ask(id) : one({ id }));
    const ticket = ref ? await one({ ref }) : isId ? await byId(key) : null;
    if (!ticket) {
      throw new NotFound('There is no such ticket.');
    }
    return ticket;
  }

  /** Counts a reminder and sets the next deadline; the ticket stays where it is. For the deadlines of this room only. */
  async reminded(tx: EntityManager, ticket: Ticket): Promise<void> {
    const count = ticket.reminded + 1;
    const wait = deadlineFor(ticket.state, ticket.stateSince, this.times, { reminded: count, wakeAt: ticket.wakeAt });
    await tx.update(Ticket, { id: ticket.id }, { reminded: count, deadlineAt: wait?.at ?? null, deadlineEvent: wait?.event ?? null });
  }

  private async lock(tx: EntityManager, id: string): Promise<Ticket> {
    const ticket = await tx.findOne(Ticket, { where: { id }, lock: LOCK });
    if (!ticket) {
      throw new NotFound('There is no such ticket.');
    }
    return ticket;
  }

  private async moved(tx: EntityManager, ticket: Ticket, to: State, event: EventType, changes: TicketChanges): Promise<void> {
    const { state: from, priority } = ticket;
    move(ticket, to, event, changes, this.clock.now(), this.times);
    const unanswered = event === 'appealed' || (event === 'decision_undone' && from !== 'second_review' && !(await this.answered(tx, ticket)));
    if (unanswered || isPromisedAnew(from, to, event, priority !== ticket.priority)) {
      const { firstAnswer, decision } = await this.rulebook.due(tx, ticket, this.clock.now());
      Object.assign(ticket, { dueAt: decision, firstDueAt: unanswered || ticket.firstDueAt !== null ? firstAnswer : null });
    }
  }

  /** Whether the customer was answered before a decision that is being taken back: that one never reached them. */
  private async answered(tx: EntityManager, { id, appealedAt }: Ticket): Promise<boolean> {
    const [row] = (await tx.query(
      `select count(*) filter (where event = any($2))::int - count(*) filter (where event = 'decision_undone' and from_state <> 'second_review')::int as answers
       from audit_entry where ticket_id = $1 and at >= coalesce($3::timestamptz, '-infinity')`, [id, ANSWERS, appealedAt],
    )) as { answers: number }[];
    return (row?.answers ?? 0) > 1;
  }
}
