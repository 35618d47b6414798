import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Problem } from '../core/decision/decision-problems';
import { may } from '../core/policy/may';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { View } from '../platform/http/view';
import { explainDue, routeBy, RulebookService } from '../tickets/rulebook.service';
import { TicketsService } from '../tickets/tickets.service';
import { ApprovalService } from './approval.service';
import { AroundReader } from './around.query';
import { letterView, type DraftForm } from './decide.view';
import { besideView } from './beside.view';
import { mainItem } from './evidence.view';
import { MemoryReader } from './memory.query';
import { messageParts } from './message-parts';
import { changesSince } from './history.view';
import { noticeOf, undoView, type Said } from './notice';
import { PartsReader } from './parts.query';
import { thereWords } from './presence.service';
import { refusedAct, type Refused } from './refusal';
import { OF_NO_MATTER } from './review.service';
import type { Person } from './staff-of';
import { mayJudge } from './take.service';
import { TicketReader } from './ticket.query';
import { ticketView } from './ticket.view';

export interface Shown {
  said?: Said;
  draft?: DraftForm;
  problems?: Problem[];
  changed?: { message: string; changes: string[] };
  status?: number;
  /** what somebody wanted to do with the ticket and could not */
  refused?: Refused;
}

/** Puts the page of a ticket together: the same page for looking, and for a decision that could not be taken as it was sent. */
@Injectable()
export class TicketPages {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly view: View,
    private readonly clock: Clock,
    private readonly tickets: TicketsService,
    private readonly reader: TicketReader,
    private readonly rulebook: RulebookService,
    private readonly parts: PartsReader,
    private readonly memory: MemoryReader,
    private readonly around: AroundReader,
    private readonly approvals: ApprovalService,
  ) {}

  async show(request: FastifyRequest, reply: FastifyReply, ref: string, person: Person, shown: Shown): Promise<void> {
    const model = await this.model(ref, person, shown);
    void reply.status(shown.refused?.status ?? shown.status ?? 200);
    this.view.render(request, reply, 'review/ticket', { ...model, notice: noticeOf(shown.said), refused: shown.refused ?? null });
  }

  /** Does something with a ticket and goes on; where it cannot be done, the ticket is shown with the reason and with what was typed. */
  async act(request: FastifyRequest, reply: FastifyReply, ref: string, person: Person, work: () => Promise<string>, typed?: string): Promise<void> {
    const done = await work().then((to) => ({ to }), (error: unknown) => ({ refused: refusedAct(error, typed) }));
    await ('to' in done ? reply.redirect(done.to, 303) : this.show(request, reply, ref, person, { refused: done.refused }));
  }

  /** The customer's mail as the draft stands. */
  async letter(request: FastifyRequest, reply: FastifyReply, ref: string, draft: DraftForm): Promise<void> {
    this.view.render(request, reply, 'review/_letter', (await this.letterOf(ref, draft)) ?? {});
  }

  /** The same in parts; null until an outcome is chosen. */
  async letterOf(ref: string, draft: DraftForm): Promise<ReturnType<typeof letterView>> {
    const ticket = await this.tickets.find(ref);
    return letterView(ticket, await this.reader.analysis(ticket.id), draft);
  }

  async model(ref: string, person: Person, { draft, problems = [], changed }: Shown) {
    const ticket = await this.tickets.find(ref);
    const { id } = person.staff;
    const around = await this.around.of(ticket.id, id, this.clock.now());
    const [page, book, parts, memory, duplicateOf] = await Promise.all([
      this.reader.page(ticket, around), this.rulebook.current(), this.parts.kept(), this.memory.of(ticket, around.traits), ticket.duplicateOf ? this.reader.refOf(ticket.duplicateOf) : null,
    ]);
    const verdict = mayJudge(ticket, person, around.notBy);
    const kept = draft ? null : around.draft;
    const moves = page.audit.flatMap(({ toState, at }) => (toState === null ? [] : [{ to: toState, at }]));
    const route = routeBy(book, ticket);
    const since = kept ? changesSince(page.audit, kept.version, OF_NO_MATTER) : [];
    const waits = ticket.state === 'second_review' ? page.decisions.find((decision) => decision.id === ticket.decisionId) : undefined;
    const approval = waits ? await this.approvals.mayApprove(ticket, waits, person) : null;
    const main = mainItem(page.items, ticket.block, page.analysis?.message.messageId ?? null);
    const shown = ticketView({
      page, main, draft: draft ?? (kept && { ...kept, version: ticket.version }), problems, changed: changed ?? null, now: this.clock.now(),
      body: may(person.staff.role, 'see_evidence') ? await messageParts(main?.item.bytes ?? null) : null,
      reader: { id: person.staff.id, mayDecide: verdict.allowed && may(person.staff.role, 'decide'), whyNot: verdict.allowed ? null : verdict.why, approval },
      second: route.secondPerson, parts, promised: explainDue(book, ticket, moves, this.clock.now()),
      beside: besideView({ ticket, memory, incidents: around.incidents, duplicateOf, person, yours: verdict.allowed || verdict.code === 'lead_only', watchHours: this.config.WATCH_HOURS, now: this.clock.now() }),
      settings: { undoSeconds: this.config.UNDO_SECONDS, watchHours: this.config.WATCH_HOURS, ladder: this.config.REPEAT_WAIT_HOURS },
    });
    // What was typed is never lost: where it cannot be sent from here, it can at least be read and copied.
    const typed = (draft ?? kept)?.statement.trim() ?? '';
    return { ...shown, mayNote: may(person.staff.role, 'write_note'), undo: undoView(around.undo, this.clock.now()), there: thereWords(around.there), version: ticket.version, typed: shown.decide || !typed ? null : typed, keptSince: kept && shown.decide ? { changes: since } : null };
  }
}
