import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { TransitionRefused } from '../core/ticket/decide';
import { may } from '../core/policy/may';
import { unfilledGaps } from '../core/decision/unfilled-gaps';
import { MessagesService } from '../evidence/messages.service';
import type { Reserved } from '../evidence/reserved';
import { AuditService } from '../audit/audit.service';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { crashPoint } from '../platform/crash-points';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import { Conflict, Forbidden, InvalidInput, NotFound } from '../platform/http/errors';
import { Ticket } from '../tickets/ticket.entity';
import { TicketsService } from '../tickets/tickets.service';
import { ApprovalService } from './approval.service';
import type { BulkAction, BulkBody } from './bulk.schema';
import type { Decision } from './decision.entity';
import { changesSince } from './history.view';
import { ReviewService } from './review.service';
import type { Person } from './staff-of';
import { TakeService } from './take.service';
import { TicketReader } from './ticket.query';

/** What became of one of many. `status` is what the same act alone would have answered. */
export interface BulkResult {
  ref: string;
  ok: boolean;
  status: number;
  detail: string;
  /** what happened to it since it was read */
  changed?: string[];
  /** ask: the decision that was made, with which it can be taken back */
  decision?: string;
}

const DONE: Record<Exclude<BulkAction, 'assign'>, string> = { note: 'Note kept', close_expired: 'Closed', ask: 'Asked; it is sent when the time to undo is over' };
const HOUR = 3_600_000;
const ASK_MIN = 20;

/** One thing done with many tickets. Each in a transaction of its own: what fails for one is told beside it and stops no other. */
@Injectable()
export class BulkService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly tickets: TicketsService,
    private readonly takes: TakeService,
    private readonly review: ReviewService,
    private readonly approvals: ApprovalService,
    private readonly reader: TicketReader,
    private readonly messages: MessagesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * @param reserved where it may be sent again: each ticket that is done is noted together with its work, those that a process noted before it died are left
   * out, and with the last one the whole answer is kept
   * @throws Forbidden and InvalidInput for what is wrong with the whole; what is wrong with one ticket stands in its result
   */
  async do(bulk: BulkBody, person: Person, reserved: Reserved | null = null): Promise<BulkResult[]> {
    const to = await this.allowed(bulk, person);
    const detail = bulk.action === 'assign' ? (to === person ? 'You have it now' : `${to.staff.name} has it now`) : DONE[bulk.action];
    const results = [...((reserved?.soFar ?? []) as BulkResult[])];
    for (const { ref, version } of bulk.tickets.slice(results.length)) {
      const done = (decision: Decision | null): BulkResult => ({ ref, ok: true, status: 200, detail, ...(decision ? { decision: decision.id } : {}) });
      const all = (decision: Decision | null) => [...results, done(decision)];
      const also = results.length + 1 < bulk.tickets.length ? reserved?.note(all) : reserved?.along<Decision | null>(200, (decision) => ({ results: all(decision) }));
      try {
        results.push(done(await this.one(bulk, ref, version, person, to, also)));
        crashPoint('bulk.one-done');
      } catch (error) {
        results.push({ ref, ok: false, ...failure(error) });
      }
    }
    return results;
  }

  /** How long the first of these decisions can still be taken back, in whole seconds begun; 0 when none can. */
  async secondsLeft(decisions: string[]): Promise<number> {
    const now = this.clock.now();
    const until = await this.reader.undoableUntil(decisions, now);
    return until ? Math.ceil((until.getTime() - now.getTime()) / 1000) : 0;
  }

  /** Takes back what was just asked of many, as far as it was not sent yet. @throws NotFound where there is no such decision */
  async undo(decisions: string[], person: Person): Promise<BulkResult[]> {
    const results: BulkResult[] = [];
    for (const id of decisions) {
      const ref = await this.reader.refOfDecision(id);
      try {
        await this.approvals.undo(id, person);
        results.push({ ref, ok: true, status: 200, detail: 'Taken back; you have it again' });
      } catch (error) {
        results.push({ ref, ok: false, ...failure(error) });
      }
    }
    return results;
  }

  private async allowed({ action, to, text }: BulkBody, person: Person): Promise<Person> {
    const { role, id } = person.staff;
    const needs = { assign: 'take', note: 'write_note', close_expired: 'decide', ask: 'decide' } as const;
    if (!may(role, needs[action])) {
      throw new Forbidden(`As ${role} you may not do this.`);
    }
    const written = text?.trim() ?? '';
    if (action === 'note' && written === '') {
      throw new InvalidInput([{ field: 'text', code: 'missing', message: 'Write the note.' }]);
    }
    const gaps = unfilledGaps(written);
    if (action === 'ask' && (written.length < ASK_MIN || gaps.length > 0)) {
      throw new InvalidInput([gaps.length > 0 ? { field: 'text', code: 'unfilled', message: `Blanks are left: ${gaps.join(', ')}.` } : { field: 'text', code: 'missing', message: `Write what the customers are asked for, in at least ${ASK_MIN} characters.` }]);
    }
    if (action !== 'assign' || to === undefined || to === id) {
      return person;
    }
    if (!may(role, 'assign')) {
      throw new Forbidden('Only a senior or a lead gives tickets to somebody else.');
    }
    return this.colleague(to);
  }

  private async colleague(id: string): Promise<Person> {
    const [staff] = (await this.transactions.run((tx) => tx.query(
      'select id, name, email, role, account_ids as "accountIds" from staff_member where id = $1 and disabled_at is null', [id],
    ))) as Person['staff'][];
    if (!staff) {
      throw new InvalidInput([{ field: 'to', code: 'unknown', message: 'There is no such member of staff.' }]);
    }
    return { staff, actor: { kind: 'reviewer', id: staff.id, name: staff.name } };
  }

  private async one({ action, text = '' }: BulkBody, ref: string, version: number | undefined, person: Person, to: Person, also?: AlsoKept<Decision | null>): Promise<Decision | null> {
    if (action === 'ask') {
      // Takes it where nobody has it, and refuses with what changed where somebody was faster.
      const read = version ?? (await this.tickets.find(ref)).version;
      return this.review.decide(ref, { version: read, outcome: 'request_information', reasons: ['evidence_missing'], statement: text, requiredFixes: [], liftWhenVerified: false }, person, true, also);
    }
    return this.transactions.run(async (tx) => {
      const ticket = await this.unchanged(tx, ref, action === 'note' ? undefined : version);
      switch (action) {
        case 'note':
          await this.messages.add(ticket.id, person.actor, text, { internal: true }, tx);
          return null;
        case 'assign':
          await this.takes.takeIn(tx, ticket, to, person.actor);
          return null;
        case 'close_expired':
          await this.close(tx, ticket, person);
          return null;
      }
    }, also);
  }

  /** @throws Conflict naming what happened since */
  private async unchanged(tx: EntityManager, ref: string, version: number | undefined): Promise<Ticket> {
    const { id } = await this.tickets.find(ref, tx);
    const ticket = await tx.findOneOrFail(Ticket, { where: { id }, lock: { mode: 'for_no_key_update' } });
    if (version !== undefined && version !== ticket.version) {
      throw new Conflict('It has changed since you read it.', { changed: changesSince(await this.audit.of(tx, id), version) });
    }
    return ticket;
  }

  /** A wait that went through all its reminders without an answer may be ended before its last day; no earlier. */
  private async close(tx: EntityManager, ticket: Ticket, person: Person): Promise<void> {
    const event = ticket.state === 'awaiting_evidence' ? 'expired' : ticket.state === 'awaiting_fixes' ? 'fixes_overdue' : null;
    if (!event) {
      throw new Conflict('It does not wait for the customer.', { state: ticket.state });
    }
    const last = new Date(ticket.stateSince.getTime() + Math.max(...this.config.REMIND_HOURS) * HOUR);
    if (ticket.reminded < this.config.REMIND_HOURS.length && last > this.clock.now()) {
      throw new Conflict(`The customer has not had every reminder yet; the last goes out at ${last.toISOString()}.`, { state: ticket.state });
    }
    await this.tickets.apply(tx, ticket.id, event, person.actor, { changes: { closedReason: 'expired' } });
  }
}

/** @throws what is no answer about one ticket, but trouble of ours */
function failure(error: unknown): Pick<BulkResult, 'status' | 'detail' | 'changed'> {
  if (error instanceof Conflict) {
    const { changed } = error.detail as { changed?: string[] };
    return { status: 409, detail: error.message, ...(changed && changed.length > 0 ? { changed } : {}) };
  }
  if (error instanceof TransitionRefused) {
    return { status: 409, detail: error.message };
  }
  if (error instanceof Forbidden || error instanceof NotFound || error instanceof InvalidInput) {
    return { status: error instanceof Forbidden ? 403 : error instanceof NotFound ? 404 : 422, detail: error.message };
  }
  throw error;
}
