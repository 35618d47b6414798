import { Injectable } from '@nestjs/common';
import { In, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service';
import { may, type Action } from '../core/policy/may';
import { Clock } from '../platform/clock';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import { Conflict, Forbidden, InvalidInput, NotFound } from '../platform/http/errors';
import { RulebookService } from '../tickets/rulebook.service';
import { Ticket } from '../tickets/ticket.entity';
import { TicketsService } from '../tickets/tickets.service';
import type { Person } from './staff-of';
import { TakeService } from './take.service';

/** What somebody does with a ticket besides judging it: asks a lead, gives it back to the desk, joins a duplicate. */
@Injectable()
export class DeskActsService {
  constructor(
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly tickets: TicketsService,
    private readonly takes: TakeService,
    private readonly rulebook: RulebookService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Puts a ticket before the leads, with the reason; it leaves the hands it was in. The promise to the customer stays.
   * @throws Conflict when somebody else has it or a lead was asked already, InvalidInput without a reason, Forbidden
   */
  escalate(ref: string, why: string, person: Person, also?: AlsoKept<Ticket>): Promise<Ticket> {
    return this.transactions.run(async (tx) => {
      const ticket = await this.locked(tx, ref, 'escalate', person);
      const reason = said(why, 'Say what you want the lead to decide.');
      if (ticket.escalatedAt !== null) {
        throw new Conflict('A lead was asked already.', { escalatedAt: ticket.escalatedAt });
      }
      await this.mine(tx, ticket, person);
      const { queue, priority } = await this.rulebook.route(tx, ticket, { escalated: true });
      return this.tickets.apply(tx, ticket.id, 'escalated', person.actor, { changes: { queue, priority, escalatedAt: this.clock.now(), escalatedWhy: reason, wakeAt: null }, said: { why: reason } });
    }, also);
  }

  /** A lead gives a ticket back to the desk, with an answer. @throws Conflict when no lead was asked */
  giveBack(ref: string, why: string, person: Person, also?: AlsoKept<Ticket>): Promise<Ticket> {
    return this.transactions.run(async (tx) => {
      const ticket = await this.locked(tx, ref, 'give_back', person);
      const answer = said(why, 'Say what you answer the desk.');
      if (ticket.escalatedAt === null) {
        throw new Conflict('No lead was asked about this ticket.', { state: ticket.state });
      }
      await this.mine(tx, ticket, person);
      const { queue, priority } = await this.rulebook.route(tx, ticket, { escalated: false });
      return this.tickets.apply(tx, ticket.id, 'given_back', person.actor, { changes: { queue, priority, escalatedAt: null, escalatedWhy: null }, said: { why: answer } });
    }, also);
  }

  /**
   * Closes a ticket as a duplicate of another one of the same account; the customer is told once, and both say so.
   * @throws InvalidInput for itself, another account's, or one that is closed; Conflict when somebody else has it
   */
  join(ref: string, into: string, person: Person, also?: AlsoKept<Ticket>): Promise<Ticket> {
    return this.transactions.run(async (tx) => {
      const { ticket, other } = await this.both(tx, ref, into, person);
      const wrong = !other ? 'There is no such ticket.' : other.id === ticket.id ? 'That is this ticket itself.' : other.accountId !== ticket.accountId ? 'That ticket is of another account: nobody may learn of it there.'
        : other.state === 'closed' ? 'That ticket is closed: nothing goes on there.' : null;
      if (!other || wrong) {
        throw new InvalidInput([{ field: 'into', code: 'invalid', message: wrong ?? '' }]);
      }
      await this.mine(tx, ticket, person);
      const joined = await this.tickets.apply(tx, ticket.id, 'joined', person.actor, { changes: { closedReason: 'duplicate', duplicateOf: other.id }, detail: { with: other.ref } });
      await this.audit.record(tx, { ticketId: other.id, event: 'duplicate_added', by: person.actor, detail: { with: ticket.ref } });
      return joined;
    }, also);
  }

  private async locked(tx: EntityManager, ref: string, action: Action, person: Person): Promise<Ticket> {
    allowed(person, action);
    return tx.findOneOrFail(Ticket, { where: { id: (await this.tickets.find(ref, tx)).id }, lock: { mode: 'for_no_key_update' } });
  }

  /** A ticket and the one in which it is to go on, both locked: two who join them each into the other at once must not close both. */
  private async both(tx: EntityManager, ref: string, into: string, person: Person): Promise<{ ticket: Ticket; other: Ticket | undefined }> {
    allowed(person, 'join_tickets');
    const { id } = await this.tickets.find(ref, tx);
    const otherId = await this.tickets.find(into, tx).then((found) => found.id, (error: unknown) => (error instanceof NotFound ? undefined : Promise.reject(error)));
    // In one order, so that nobody waits in a circle.
    const rows = await tx.find(Ticket, { where: { id: In([id, ...(otherId ? [otherId] : [])]) }, order: { id: 'ASC' }, lock: { mode: 'for_no_key_update' } });
    const ticket = rows.find((row) => row.id === id);
    if (!ticket) {
      throw new NotFound('There is no such ticket.');
    }
    return { ticket, other: rows.find((row) => row.id === otherId) };
  }

  /** Nobody's own account, and nothing out of the hands of somebody else. */
  private async mine(tx: EntityManager, ticket: Ticket, person: Person): Promise<void> {
    const verdict = await this.takes.mayTake({ ...ticket, escalatedAt: null }, person, tx);
    if (!verdict.allowed && verdict.code === 'own_account') {
      throw new Forbidden(verdict.why);
    }
    if (ticket.takenBy !== null && ticket.takenBy !== person.staff.id) {
      throw new Conflict('Somebody else has this ticket.', { takenBy: ticket.takenBy, state: ticket.state });
    }
  }
}

function allowed({ staff: { role } }: Person, action: Action): void {
  if (!may(role, action)) {
    throw new Forbidden(`As ${role} you may not do this.`);
  }
}

function said(why: string, message: string): string {
  const text = why.trim();
  if (text.length < 3) {
    throw new InvalidInput([{ field: 'why', code: 'missing', message }]);
  }
  return text;
}
