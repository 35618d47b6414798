import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service';
import { adjustmentProblems } from '../core/decision/adjustment-problems';
import { decisionProblems, type Draft, type Problem } from '../core/decision/decision-problems';
import type { Outcome } from '../core/decision/outcome';
import { timedFixes, type AskedFix } from '../core/decision/timed-fixes';
import { canDecide } from '../core/policy/can-decide';
import { isOneSender } from '../core/ticket/exception-plan';
import { needsSecondPerson, type ExceptionScope } from '../core/policy/needs-second-person';
import type { Analysis } from '../core/rules/analysis';
import type { EventType } from '../core/ticket/events';
import { FixesService } from '../evidence/fixes.service';
import { BlockService } from '../noc/block.service';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { crashPoint } from '../platform/crash-points';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import { Conflict, Forbidden, InvalidInput } from '../platform/http/errors';
import { routeBy, RulebookService } from '../tickets/rulebook.service';
import type { Ticket } from '../tickets/ticket.entity';
import { TicketsService } from '../tickets/tickets.service';
import { Decision, type Adjustment } from './decision.entity';
import { changesSince } from './history.view';
import { wholeTexts } from './canned-parts';
import { PartsReader } from './parts.query';
import { asOfNow, type Person } from './staff-of';
import { TakeService } from './take.service';

/** What somebody wants to decide. What is missing is named, not guessed. */
export interface Proposal {
  /** the version of the ticket that was read */
  version?: number;
  outcome?: Outcome;
  reasons: string[];
  statement: string;
  requiredFixes: AskedFix[];
  liftWhenVerified: boolean;
  wakeAt?: Date | null;
  filterAdjustment?: Adjustment | null;
}

const EVENT: Record<Outcome, EventType> = {
  lift: 'lift_decided', require_fixes: 'fixes_required', uphold: 'upheld', request_information: 'information_requested', hold: 'held',
};
/** Giving a ticket back and taking it again changes nothing that was judged. */
export const OF_NO_MATTER: readonly string[] = ['lease_lost', 'released', 'taken'];
const SCOPES: ExceptionScope[] = ['sender', 'domain', 'rule', 'everything'];

/** The judgement of a ticket by the person who has it. */
@Injectable()
export class ReviewService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly tickets: TicketsService,
    private readonly takes: TakeService,
    private readonly fixes: FixesService,
    private readonly audit: AuditService,
    private readonly blocks: BlockService,
    private readonly rulebook: RulebookService,
    private readonly parts: PartsReader,
  ) {}

  /**
   * Decides a ticket that this person has taken. What follows from it waits for the undo window, or for the second person.
   * @param retake take it again when the lease ran out while somebody was still writing (the page does this, the API does not)
   * @param also stores what the caller wants to keep together with the decision, in its transaction
   * @throws Conflict when the ticket changed or somebody else has it, InvalidInput naming all that is missing, Forbidden by policy
   */
  async decide(ref: string, proposal: Proposal, by: Person, retake = false, also?: AlsoKept<Decision>): Promise<Decision> {
    const made = await this.transactions.run(async (tx) => {
      const person = await asOfNow(tx, by);
      const ticket = await this.judged(tx, await this.tickets.find(ref, tx, true), proposal, person, retake);
      const draft = await this.complete(tx, ticket, proposal);
      const book = await this.rulebook.current(tx);
      const second = needsSecondPerson(draft, {
        kind: ticket.kind, repeats: ticket.repeats, assessment: ticket.assessment, prefix: ticket.block.prefix ?? null, exceptionScope: scopeOf(proposal.filterAdjustment),
        routed: routeBy(book, ticket).secondPerson.includes('routed'),
      }, book.twoPeople);
      const decision = this.decision(ticket, draft, proposal, person, second);
      await tx.insert(Decision, decision as never);
      if (draft.requiredFixes.length > 0) {
        await this.fixes.require(tx, ticket.id, decision.id, decision.fixes);
      }
      await this.tickets.apply(tx, ticket.id, second.length > 0 ? 'approval_needed' : EVENT[draft.outcome], person.actor, {
        locked: ticket,
        changes: { decisionId: decision.id, secondPerson: second, wakeAt: draft.wakeAt, liftFailed: null },
        // Nobody outside hears of a decision that waits for the second person, so nothing has to wait with it.
        ...(second.length > 0 ? {} : { refId: decision.id, effectsDueAt: decision.undoUntil }),
        detail: { decision: decision.id, outcome: draft.outcome, reasons: draft.reasons },
      });
      crashPoint('decision.before-commit');
      return decision;
    }, also);
    crashPoint('decision.committed');
    return made;
  }

  private async judged(tx: EntityManager, ticket: Ticket, proposal: Proposal, person: Person, retake: boolean): Promise<Ticket> {
    const audit = proposal.version !== undefined && proposal.version !== ticket.version ? await this.audit.of(tx, ticket.id) : [];
    const since = proposal.version === undefined ? [] : audit.filter((entry) => entry.fromState !== null).slice(Math.max(proposal.version - 1, 0));
    const moved = proposal.version !== undefined && proposal.version !== ticket.version && !(retake && since.every((entry) => OF_NO_MATTER.includes(entry.event)));
    if (moved) {
      throw new Conflict('The ticket has changed since you read it.', {
        version: ticket.version, state: ticket.state, takenBy: ticket.takenBy, changed: changesSince(audit, proposal.version ?? 1), updatedAt: ticket.updatedAt,
      });
    }
    const held = retake && ticket.state === 'queued' ? await this.takes.takeIn(tx, ticket, person) : ticket;
    const verdict = canDecide(person.staff, { accountId: held.accountId, takenBy: held.takenBy, notBy: await this.takes.notBy(held.id, tx), escalated: held.escalatedAt !== null });
    if (!verdict.allowed && verdict.code === 'not_taken') {
      throw new Conflict(verdict.why, { version: held.version, state: held.state, takenBy: held.takenBy });
    }
    if (!verdict.allowed) {
      throw new Forbidden(verdict.why);
    }
    // The NOC may have told of earlier blocks since the analysis: who decides must not miss that two are due.
    held.repeats = Math.max(held.repeats, await this.blocks.repeats(held.ip, held.blockedAt, tx));
    return held;
  }

  private async complete(tx: EntityManager, ticket: Ticket, proposal: Proposal): Promise<Draft> {
    const missing: { field: string; code: string; message: string }[] = [];
    if (proposal.version === undefined) {
      missing.push({ field: 'version', code: 'missing', message: `Say which version of the ticket you judged; it is ${ticket.version} now.` });
    }
    if (!proposal.outcome) {
      missing.push({ field: 'outcome', code: 'missing', message: 'Choose an outcome: lift, require_fixes, uphold, request_information or hold.' });
    }
    const outcome = proposal.outcome ?? 'hold';
    const draft: Draft = {
      outcome, reasons: [...new Set(proposal.reasons)], statement: proposal.statement.trim(), liftWhenVerified: proposal.liftWhenVerified, wakeAt: proposal.wakeAt ?? null,
      requiredFixes: timedFixes(outcome, proposal.requiredFixes),
    };
    const [analysis] = ticket.analysisId ? ((await tx.query('select body from analysis where id = $1', [ticket.analysisId])) as { body: Analysis }[]) : [];
    const problems: { field: string; code: string; message: string }[] = proposal.outcome
      ? decisionProblems(draft, {
          now: this.clock.now(), canned: wholeTexts(ticket, await this.parts.kept(tx)), kind: ticket.kind, repeats: ticket.repeats, appealed: ticket.appealedAt !== null, detectionsSince: await this.blocks.detectionsSince(ticket, tx),
          findings: (analysis?.body.findings ?? []).flatMap((finding) => finding.code ?? []),
        } satisfies Parameters<typeof decisionProblems>[1]) satisfies Problem[]
      : [];
    const adjusting = proposal.outcome ? adjustmentProblems(proposal.outcome, proposal.filterAdjustment ?? null, this.clock.now()) : [];
    if (missing.length + problems.length + adjusting.length > 0) {
      throw new InvalidInput([...missing, ...problems, ...adjusting]);
    }
    return draft;
  }

  private decision(ticket: Ticket, draft: Draft, proposal: Proposal, person: Person, second: string[]): Decision {
    return {
      id: randomUUID(), ticketId: ticket.id, outcome: draft.outcome, reasons: draft.reasons, statement: draft.statement, fixes: draft.requiredFixes,
      liftWhenVerified: draft.liftWhenVerified, wakeAt: draft.wakeAt, filterAdjustment: proposal.filterAdjustment ?? null,
      state: second.length > 0 ? 'awaiting_approval' : 'undoable', byId: person.staff.id, byName: person.staff.name, decidedAt: this.clock.now(), undoUntil: this.undoUntil(),
      ticketVersion: ticket.version, analysisId: ticket.analysisId, secondPerson: second, secondBy: null, secondName: null, secondAt: null, secondStatement: null, agreed: null,
    };
  }

  private undoUntil(): Date {
    return new Date(this.clock.now().getTime() + this.config.UNDO_SECONDS * 1000);
  }
}

/** Only an exception reaches past the ticket; a report to the filter team changes nothing by itself. One that calls itself narrow and names no single sender is wide. */
function scopeOf(adjustment: Adjustment | null | undefined): ExceptionScope | null {
  if (adjustment?.change !== 'exception') {
    return null;
  }
  const scope = SCOPES.find((known) => known === adjustment.scope) ?? 'everything';
  return scope === 'sender' && !isOneSender(adjustment.sender) ? 'everything' : scope;
}
