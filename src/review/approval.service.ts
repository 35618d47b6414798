import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service';
import { canApprove } from '../core/policy/can-approve';
import { may } from '../core/policy/may';
import type { Verdict } from '../core/policy/verdict';
import { FixesService } from '../evidence/fixes.service';
import { OutboxService } from '../outbox/outbox.service';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import { Conflict, Forbidden, InvalidInput, NotFound } from '../platform/http/errors';
import { isUuid } from '../platform/uuid';
import { Ticket } from '../tickets/ticket.entity';
import { TicketsService } from '../tickets/tickets.service';
import { Decision } from './decision.entity';
import { DraftsService } from './drafts.service';
import { changesSince } from './history.view';
import { asOfNow, type Person } from './staff-of';
import { TakeService, upheldBy } from './take.service';

/** What the second person says. */
export interface Word {
  approve: boolean;
  statement?: string;
  version?: number;
}

/** What can still happen to a decision: the second person, and taking it back within the undo window. */
@Injectable()
export class ApprovalService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly tickets: TicketsService,
    private readonly takes: TakeService,
    private readonly fixes: FixesService,
    private readonly outbox: OutboxService,
    private readonly drafts: DraftsService,
    private readonly audit: AuditService,
  ) {}

  /**
   * The second person agrees or does not.
   * @param read the version of the ticket on which they made up their mind; a "yes" to another one is refused
   * @throws Conflict when nothing waits or the ticket has changed, Forbidden for the first person, InvalidInput without a reason for a no
   */
  approve(id: string, { approve, statement, version: read }: Word, by: Person, also?: AlsoKept<Decision>): Promise<Decision> {
    return this.transactions.run(async (tx) => {
      const person = await asOfNow(tx, by);
      const { decision, ticket } = await this.locked(tx, id);
      if (decision.state !== 'awaiting_approval' || ticket.decisionId !== decision.id) {
        throw new Conflict('This decision does not wait for a second person.', { state: decision.state, ticketState: ticket.state });
      }
      const verdict = await this.mayApprove(ticket, decision, person, tx);
      if (!verdict.allowed) {
        throw new Forbidden(verdict.why);
      }
      // A "no" stands whatever came in between; nobody agrees to what they have not read.
      if (approve && read !== undefined && read !== ticket.version) {
        const changed = changesSince(await this.audit.of(tx, ticket.id), read);
        throw new Conflict(`The ticket has changed since you read it${changed.length > 0 ? `: ${changed.join('; ')}` : ''}. Look at it again.`, { version: ticket.version, state: ticket.state, changed, updatedAt: ticket.updatedAt });
      }
      if (!approve && !statement?.trim()) {
        throw new InvalidInput([{ field: 'statement', code: 'missing', message: 'Say why you do not agree: the first person reads it.' }]);
      }
      const undoUntil = new Date(this.clock.now().getTime() + this.config.UNDO_SECONDS * 1000);
      Object.assign(decision, {
        state: approve ? 'undoable' : 'refused', undoUntil, secondBy: person.staff.id, secondName: person.staff.name, secondAt: this.clock.now(),
        secondStatement: statement?.trim() || null, agreed: approve,
      } satisfies Partial<Decision>);
      await tx.save(Decision, decision, { reload: false });
      if (!approve) {
        await this.fixes.forget(tx, decision.id); // nobody was asked for them, and nobody will be
      }
      await this.tickets.apply(tx, ticket.id, approve ? (decision.outcome === 'lift' ? 'lift_approved' : 'fixes_required') : 'lift_refused', person.actor, {
        ...(approve ? { refId: decision.id, effectsDueAt: undoUntil } : {}), detail: { decision: decision.id, agreed: approve },
      });
      return decision;
    }, also);
  }

  /** Whether this person may be the second on a decision: the page asks the same as the act. */
  async mayApprove(ticket: Pick<Ticket, 'id' | 'accountId'>, decision: Pick<Decision, 'byId' | 'secondPerson'>, person: Person, tx: EntityManager = this.source.manager): Promise<Verdict> {
    const first = await this.staff(tx, decision.byId);
    const upholders = (await tx.query(upheldBy('$1'), [ticket.id])) as { id: string }[];
    return canApprove(person.staff, { accountId: ticket.accountId, first, reasons: decision.secondPerson, upheldBy: upholders.map((one) => one.id) });
  }

  /** Takes a decision back before anybody outside has heard of it. @throws Conflict when it is too late, Forbidden for others */
  undo(id: string, by: Person, also?: AlsoKept<Decision>): Promise<Decision> {
    return this.transactions.run(async (tx) => {
      const person = await asOfNow(tx, by);
      const { decision, ticket } = await this.locked(tx, id);
      if (![decision.byId, decision.secondBy].includes(person.staff.id)) {
        throw new Forbidden('Only who decided can take a decision back.');
      }
      // The ticket comes back into their hands: they must still be somebody who may have it.
      if (!may(person.staff.role, 'decide')) {
        throw new Forbidden(`As ${person.staff.role} you may read tickets, not decide them: ask somebody who may to look at it again.`);
      }
      const open = decision.state === 'awaiting_approval' || (decision.state === 'undoable' && decision.undoUntil > this.clock.now());
      // The worker that carries it out locks the same rows: one of the two comes first, and the other sees it.
      if (!open || ticket.decisionId !== decision.id || !(await this.outbox.cancel(tx, decision.id))) {
        throw new Conflict(decision.state === 'undone' ? 'This decision was taken back already.' : 'It is too late to take this decision back.', { state: decision.state === 'undoable' ? 'final' : decision.state, ticketState: ticket.state });
      }
      const lease = { takenBy: person.staff.id, takenAt: this.clock.now(), leaseUntil: this.takes.leaseUntil() };
      const before = await tx.findOne(Decision, { where: { ticketId: ticket.id, state: 'final' }, order: { decidedAt: 'DESC' } });
      await this.tickets.apply(tx, ticket.id, 'decision_undone', person.actor, { changes: { ...lease, decisionId: before?.id ?? null, secondPerson: [], wakeAt: null }, detail: { decision: decision.id } });
      await this.fixes.forget(tx, decision.id);
      await this.drafts.fromDecision(decision, ticket.version + 1, tx);
      decision.state = 'undone';
      await tx.save(Decision, decision, { reload: false });
      return decision;
    }, also);
  }

  /** Ticket first, decision second: the same order as everywhere, so that nobody waits in a circle. */
  private async locked(tx: EntityManager, id: string): Promise<{ decision: Decision; ticket: Ticket }> {
    const found = isUuid(id) ? await tx.findOneBy(Decision, { id }) : null;
    if (!found) {
      throw new NotFound('There is no such decision.');
    }
    const ticket = await tx.findOneOrFail(Ticket, { where: { id: found.ticketId }, lock: { mode: 'for_no_key_update' } });
    const decision = await tx.findOneOrFail(Decision, { where: { id }, lock: { mode: 'pessimistic_write' } });
    return { decision, ticket };
  }

  private async staff(tx: EntityManager, id: string): Promise<{ id: string; role: Person['staff']['role']; accountIds: string[] }> {
    const [row] = (await tx.query('select id, role, account_ids as "accountIds" from staff_member where id = $1', [id])) as { id: string; role: Person['staff']['role']; accountIds: string[] }[];
    return row ?? { id, role: 'reviewer', accountIds: [] };
  }
}
