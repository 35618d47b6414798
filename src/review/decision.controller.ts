import { Body, Controller, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { Clock } from '../platform/clock';
import { TicketsService } from '../tickets/tickets.service';
import { ApprovalService } from './approval.service';
import { draftOf, proposalOf, withPart } from './decision.form';
import { approvalForm, decisionForm, type DecisionForm } from './decision.schema';
import { DraftsService } from './drafts.service';
import { refusal } from './refusal';
import { ReviewService } from './review.service';
import { personOf } from './staff-of';
import { TakeService } from './take.service';
import { TicketPages } from './ticket-pages';
import { TicketReader } from './ticket.query';

/** The decision of a ticket, as the page sends it. What cannot be taken comes back with everything that was typed. */
@Allow({ staff: true })
@Controller('desk')
export class DecisionController {
  constructor(
    private readonly clock: Clock,
    private readonly pages: TicketPages,
    private readonly reader: TicketReader,
    private readonly review: ReviewService,
    private readonly approvals: ApprovalService,
    private readonly takes: TakeService,
    private readonly tickets: TicketsService,
    private readonly drafts: DraftsService,
  ) {}

  /** Decides, then opens the next ticket unless the reviewer wants to stay. */
  @Post('tickets/:ref/decision')
  async decide(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('ref') ref: string, @Body({ schema: decisionForm }) form: DecisionForm): Promise<void> {
    const person = personOf(who);
    const evidence = await this.reader.about(ref);
    const outcome = await this.review.decide(ref, proposalOf(form, evidence, this.clock.now()), person, true).catch(refusal);
    const { id } = await this.tickets.find(ref);
    if ('status' in outcome) {
      await this.drafts.keep(id, person.staff.id, draftOf(form));
      await this.pages.show(request, reply, ref, person, { ...outcome, draft: draftOf(form, outcome.version) });
      return;
    }
    await this.drafts.drop(id, person.staff.id);
    const next = form.stay ? null : await this.takes.nextShown(person);
    await reply.redirect(form.stay ? `/desk/tickets/${ref}?said=${outcome.state === 'awaiting_approval' ? 'second' : 'decided'}` : next ? `/desk/tickets/${next.ticket.ref}` : '/desk?said=nothing-left', 303);
  }

  /** Puts a canned part into the statement: what the page does by itself where scripts run. Nothing is stored. */
  @Post('tickets/:ref/decision/draft')
  async draft(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('ref') ref: string, @Body({ schema: decisionForm }) form: DecisionForm): Promise<void> {
    const person = personOf(who);
    const model = await this.pages.model(ref, person, { draft: draftOf(form) });
    await this.pages.show(request, reply, ref, person, { draft: withPart(draftOf(form), model.decide?.parts ?? [], form.part) });
  }

  /** The customer's mail as it would be. */
  @Post('tickets/:ref/decision/preview')
  async preview(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('ref') ref: string, @Body({ schema: decisionForm }) form: DecisionForm): Promise<void> {
    await this.pages.letter(request, reply, ref, draftOf(form));
  }

  @Post('decisions/:id/approval')
  async approve(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id') id: string, @Body({ schema: approvalForm }) form: z.output<typeof approvalForm>): Promise<void> {
    const person = personOf(who);
    await this.pages.act(request, reply, await this.reader.refOfDecision(id), person, async () => {
      const { agreed } = await this.approvals.approve(id, { ...form, approve: form.approve === 'yes' }, person);
      return `/desk?said=${agreed ? 'approved' : 'refused'}`;
    }, form.statement);
  }

  @Post('decisions/:id/undo')
  async undo(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('id') id: string): Promise<void> {
    const person = personOf(who);
    const ref = await this.reader.refOfDecision(id);
    await this.pages.act(request, reply, ref, person, async () => {
      await this.approvals.undo(id, person);
      return `/desk/tickets/${ref}?said=undone`;
    });
  }
}
