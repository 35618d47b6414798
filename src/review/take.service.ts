import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { DataSource } from 'typeorm';
import { SYSTEM, type Actor } from '../audit/actor';
import { canTake } from '../core/policy/can-take';
import { may } from '../core/policy/may';
import type { Verdict } from '../core/policy/verdict';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import { Conflict, Forbidden } from '../platform/http/errors';
import { Ticket } from '../tickets/ticket.entity';
import { TakeNextService, type Taken } from '../tickets/take-next.service';
import { TicketsService } from '../tickets/tickets.service';
import { SkillsService } from './skills.service';
import type { Person } from './staff-of';

/** Who upheld a ticket before its customer appealed, as SQL. */
export const upheldBy = (ticket: string): string => `select d.by_id as id from decision d join ticket t on t.id = d.ticket_id
  where d.ticket_id = ${ticket} and t.appealed_at is not null and d.outcome = 'uphold' and d.state in ('undoable','final')`;

/**
 * Who must not judge a ticket again, as SQL: who upheld it before the appeal (rule 1), and who lifted an earlier block of
 * the address that came back (rule 13). Take next asks the same (src/tickets/take-next.sql.ts).
 */
export const notBy = (ticket: string): string => `${upheldBy(ticket)}
  union select d.by_id from ticket t join ticket p on p.account_id = t.account_id and p.ip = t.ip and p.id <> t.id and p.blocked_again_at is not null
  join decision d on d.id = p.decision_id where t.id = ${ticket}`;

/** Whether the policy lets this person judge the ticket, whoever holds it. */
export function mayJudge(ticket: Pick<Ticket, 'accountId' | 'escalatedAt'>, person: Person, notByThem: string[]): Verdict {
  return canTake(person.staff, { accountId: ticket.accountId, notBy: notByThem, escalated: ticket.escalatedAt !== null });
}

/** Who has a ticket: taking it with a lease, giving it back. Two people never hold one. */
@Injectable()
export class TakeService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly tickets: TicketsService,
    private readonly takeNext: TakeNextService,
    private readonly skills: SkillsService,
  ) {}

  /** Takes the most urgent ticket that this person may take, from their queues; its id, or null when there is none. */
  async next(person: Person): Promise<string | null> {
    return (await this.nextShown(person))?.id ?? null;
  }

  /** The same, as it is shown then. */
  async nextShown(person: Person, also?: AlsoKept<Taken>): Promise<Taken | null> {
    if (!may(person.staff.role, 'take')) {
      throw new Forbidden(`As ${person.staff.role} you may read tickets, not take them.`);
    }
    const { id, accountIds } = person.staff;
    return this.takeNext.next({ staffId: id, actor: person.actor, accountIds, queues: await this.skills.of(id), leads: may(person.staff.role, 'give_back'), also });
  }

  /**
   * Takes one ticket. Taking what one has already renews nothing and is no error.
   * @throws Conflict when somebody else has it, Forbidden when the policy says so, TransitionRefused when it does not wait for review
   */
  take(ref: string, person: Person, also?: AlsoKept<Ticket>): Promise<Ticket> {
    return this.transactions.run(async (tx) => this.takeIn(tx, await this.tickets.find(ref, tx), person), also);
  }

  /** The same within a transaction of the caller's; `by` is who does it, where a lead gives the ticket to somebody. */
  async takeIn(tx: EntityManager, found: Ticket, person: Person, by: Actor = person.actor): Promise<Ticket> {
    const ticket = await tx.findOneOrFail(Ticket, { where: { id: found.id }, lock: { mode: 'for_no_key_update' } });
    const verdict = await this.mayTake(ticket, person, tx);
    if (!verdict.allowed) {
      throw new Forbidden(verdict.why);
    }
    if (ticket.state === 'in_review') {
      if (ticket.takenBy === person.staff.id) {
        return ticket;
      }
      if (ticket.leaseUntil && ticket.leaseUntil > this.clock.now()) {
        throw new Conflict(`${await this.nameOf(ticket.takenBy, tx)} has this ticket.`, { takenBy: ticket.takenBy, leaseUntil: ticket.leaseUntil });
      }
      await this.tickets.apply(tx, ticket.id, 'lease_lost', SYSTEM);
    }
    return this.taken(tx, ticket.id, person, by);
  }

  /** Gives a ticket back to the queue. @throws Conflict when this person does not have it */
  release(ref: string, person: Person, also?: AlsoKept<Ticket>): Promise<Ticket> {
    return this.transactions.run(async (tx) => {
      const ticket = await tx.findOneOrFail(Ticket, { where: { id: (await this.tickets.find(ref, tx)).id }, lock: { mode: 'for_no_key_update' } });
      if (ticket.state !== 'in_review' || ticket.takenBy !== person.staff.id) {
        throw new Conflict(ticket.takenBy ? `${await this.nameOf(ticket.takenBy, tx)} has this ticket.` : 'You do not have this ticket.', { takenBy: ticket.takenBy, state: ticket.state });
      }
      return this.tickets.apply(tx, ticket.id, 'released', person.actor);
    }, also);
  }

  /** The same, with who must not judge it as the database has them. */
  async mayTake(ticket: Ticket, person: Person, tx: EntityManager = this.source.manager): Promise<Verdict> {
    return mayJudge(ticket, person, await this.notBy(ticket.id, tx));
  }

  async notBy(ticketId: string, tx: EntityManager = this.source.manager): Promise<string[]> {
    return ((await tx.query(notBy('$1'), [ticketId])) as { id: string }[]).map((row) => row.id);
  }

  /** A lease that begins now. */
  leaseUntil(): Date {
    return new Date(this.clock.now().getTime() + this.config.LEASE_MINUTES * 60_000);
  }

  private taken(tx: EntityManager, id: string, person: Person, by: Actor): Promise<Ticket> {
    return this.tickets.apply(tx, id, 'taken', by, { changes: { takenBy: person.staff.id, takenAt: this.clock.now(), leaseUntil: this.leaseUntil() } });
  }

  private async nameOf(staffId: string | null, tx: EntityManager): Promise<string> {
    const [row] = (await tx.query('select name from staff_member where id = $1', [staffId])) as { name: string }[];
    return row?.name ?? 'Somebody else';
  }
}
