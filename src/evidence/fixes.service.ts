import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { SYSTEM, type Actor } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import { BlockService } from '../noc/block.service';
import { OutboxService } from '../outbox/outbox.service';
import { Clock } from '../platform/clock';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import { Conflict, NotFound } from '../platform/http/errors';
import { Ticket } from '../tickets/ticket.entity';
import { TicketsService } from '../tickets/tickets.service';
import { RequiredFix, type FixState, type FixWhen } from './required-fix.entity';

const DONE: FixState[] = ['reported', 'verified', 'accepted'];
const PROVEN: FixState[] = ['verified', 'accepted'];

/** What a customer must change, from the decision that asks for it to the look-up that proves it. The only writer of required_fix. */
@Injectable()
export class FixesService {
  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly tickets: TicketsService,
    private readonly outbox: OutboxService,
    private readonly audit: AuditService,
    private readonly blocks: BlockService,
  ) {}

  /** Writes down what a decision asks for, in its order. */
  async require(tx: EntityManager, ticketId: string, decisionId: string, fixes: { code: string; when: FixWhen; note?: string | null }[]): Promise<void> {
    await tx.save(
      RequiredFix,
      fixes.map((fix, position) => ({ id: randomUUID(), ticketId, decisionId, code: fix.code, when: fix.when, note: fix.note ?? null, state: 'open' as const, says: null, statement: null, position, checkedAt: null })),
    );
  }

  /** The fixes of the latest decision that asked for any. */
  async of(ticketId: string, tx: EntityManager = this.source.manager): Promise<RequiredFix[]> {
    const all = await tx.find(RequiredFix, { where: { ticketId }, order: { position: 'ASC' } });
    const [last] = (await tx.query('select decision_id from required_fix where ticket_id = $1 order by created_at desc limit 1', [ticketId])) as { decision_id: string }[];
    return all.filter((fix) => fix.decisionId === last?.decision_id);
  }

  /**
   * The customer says that a fix is done. Looked up at once where a look-up can tell.
   * @throws Conflict when the ticket does not wait for fixes, NotFound when it asks for no such fix
   */
  async report(ticketId: string, code: string, statement: string | undefined, by: Actor, also?: AlsoKept<void>): Promise<void> {
    await this.transactions.run(async (tx) => {
      const ticket = await this.locked(tx, ticketId);
      const fix = (await this.of(ticketId, tx)).find((one) => one.code === code);
      if (!fix) {
        throw new NotFound('This ticket asks for no such fix.');
      }
      // After the lift the advice may still be ticked off; before it, only while the ticket waits for fixes.
      if (ticket.state !== 'awaiting_fixes' && !(ticket.state === 'lifted' && fix.when !== 'before_lift')) {
        throw new Conflict('This ticket is not waiting for fixes.', { state: ticket.state });
      }
      if (fix.state !== 'verified') {
        await tx.update(RequiredFix, { id: fix.id }, { state: 'reported', ...(statement === undefined ? {} : { statement }) });
        await this.audit.record(tx, { ticketId, event: 'fix_marked_done', by, detail: { code } });
      }
      await this.outbox.add(tx, [{ job: 'verify-fixes', ticketId }]);
    }, also);
  }

  /**
   * Stores what the look-ups found and moves the ticket on: all proven, the reviewer chose "lift when verified" and the filter has seen no more → lifting;
   * all done → back to a person; else it waits on.
   */
  async settle(ticketId: string, found: { id: string; state: FixState; says: string }[]): Promise<void> {
    await this.transactions.run(async (tx) => {
      const ticket = await this.locked(tx, ticketId);
      for (const { id, state, says } of found) {
        await tx.update(RequiredFix, { id }, { state, says, checkedAt: this.clock.now() });
      }
      const due = (await this.of(ticketId, tx)).filter((fix) => fix.when === 'before_lift');
      if (ticket.state !== 'awaiting_fixes' || due.length === 0) {
        return;
      }
      const [decision] = (await tx.query('select lift_when_verified as "when" from decision where id = $1', [ticket.decisionId])) as { when: boolean }[];
      const proven = decision?.when === true && due.every((fix) => PROVEN.includes(fix.state));
      // What held when it was chosen has to hold when it lifts (rule 7): where the filter saw more meanwhile, a person looks.
      if (proven && (await this.blocks.detectionsSince(ticket, tx)) === 0) {
        await this.tickets.apply(tx, ticketId, 'fixes_verified', SYSTEM, { refId: ticket.decisionId ?? undefined });
      } else if (due.every((fix) => DONE.includes(fix.state))) {
        await this.tickets.apply(tx, ticketId, 'fix_reported', SYSTEM);
      }
    });
  }

  /** Deletes what a decision asked for that was taken back, or not agreed to, before anybody outside heard of it. */
  async forget(tx: EntityManager, decisionId: string): Promise<void> {
    await tx.delete(RequiredFix, { decisionId });
  }

  private async locked(tx: EntityManager, id: string): Promise<Ticket> {
    const ticket = await tx.findOne(Ticket, { where: { id }, lock: { mode: 'for_no_key_update' } });
    if (!ticket) {
      throw new NotFound('There is no such ticket.');
    }
    return ticket;
  }
}
