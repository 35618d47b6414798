import { Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import type { AnswerError } from '../core/evidence/answers';
import { answersForm, NO_ANSWERS, shownErrors } from '../core/texts/answers-form';
import { SAID } from '../core/texts/said';
import { answerErrors, filesOf, readAnswers } from '../evidence/answers.schema';
import { ReservedKey, ShownBefore, type Reserved } from '../evidence/reserved';
import { readForm } from '../platform/http/read-form';
import { View } from '../platform/http/view';
import { customerOf } from './customer';
import { CustomerTicketsService } from './customer-tickets.service';
import { TicketsApiService } from './tickets-api.service';
import { ticketPage } from './ticket-page.view';

/** What a customer does on the ticket's page. Every form works without a script, and keeps what was typed. */
@Allow({ customer: true })
@Controller('tickets/:ref')
export class TicketActionsController {
  constructor(
    private readonly view: View,
    private readonly tickets: CustomerTicketsService,
    private readonly links: TicketsApiService,
  ) {}

  /** What was missing, or the answer to a reviewer's question. */
  @Post('evidence')
  async supply(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string): Promise<void> {
    const customer = customerOf(who);
    const given = readAnswers(await readForm(request));
    const input = await this.tickets.page(customer, ref);
    const { asked, ticket } = input.data;
    const errors = given.step === 'edit' ? [] : asked ? unanswered(given) : answerErrors(given, ticket.kind);
    if (errors.length > 0 || given.step === 'edit') {
      void reply.status(errors.length > 0 ? 422 : 200);
      this.view.render(request, reply, 'status/ticket', { ...ticketPage(input), ...answersForm(ticket.block, given.answers, errors, given.held) });
      return;
    }
    await this.tickets.supply(customer, ref, given);
    await reply.redirect(`/tickets/${ticket.ref}/received?joined=1`, 303);
  }

  @Post('messages')
  async write(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string, @ReservedKey() reserved: Reserved | null): Promise<void> {
    const customer = customerOf(who);
    const form = await readForm(request);
    const text = form.fields['text']?.[0] ?? '';
    const { files, fileErrors } = readAnswers(filesOf(form));
    const empty = text.trim() === '' && files.length === 0;
    if (empty || fileErrors.length > 0 || text.length > 50_000) {
      const message = fileErrors[0]?.message ?? (empty ? SAID.writeOrChoose : SAID.atMost(50_000));
      const input = await this.tickets.page(customer, ref);
      void reply.status(422);
      this.view.render(request, reply, 'status/ticket', {
        ...answersForm(input.data.ticket.block, { ...NO_ANSWERS }, [], []), ...ticketPage(input), ...shownErrors([{ field: 'reply', message }]), messageError: message, typed: text,
      });
      return;
    }
    const back = `/tickets/${ref}#messages`;
    await this.tickets.write(customer, ref, text, files, reserved?.goingOn(() => back));
    await reply.redirect(back, 303);
  }

  @Post('withdrawal')
  async withdraw(@Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string): Promise<void> {
    await this.tickets.withdraw(customerOf(who), ref);
    await reply.redirect(`/tickets/${ref}`, 303);
  }

  @Post('reopening')
  async reopen(@Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string): Promise<void> {
    await this.tickets.reopen(customerOf(who), ref);
    await reply.redirect(`/tickets/${ref}`, 303);
  }

  @Get('appeal')
  async appealForm(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string): Promise<void> {
    const page = ticketPage(await this.tickets.page(customerOf(who), ref));
    if (!page.canAppeal) {
      await reply.redirect(`/tickets/${page.ref}`, 303);
      return;
    }
    this.view.render(request, reply, 'status/appeal', { ...page, ...shownErrors([]), title: 'Ask another reviewer', canAppeal: false, canClaimAgain: false });
  }

  @Post('appeal')
  async appeal(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string, @ReservedKey() reserved: Reserved | null): Promise<void> {
    const customer = customerOf(who);
    const statement = (await readForm(request)).fields['statement']?.[0] ?? '';
    if (statement.trim().length < 10 || statement.length > 50_000) {
      const message = SAID.whatToLookAt;
      void reply.status(422);
      this.view.render(request, reply, 'status/appeal', {
        ...ticketPage(await this.tickets.page(customer, ref)), ...shownErrors([{ field: 'statement', message }]), title: 'Error: ask another reviewer', canAppeal: false, canClaimAgain: false, typed: statement,
      });
      return;
    }
    await this.tickets.appeal(customer, ref, statement, reserved?.goingOn(() => `/tickets/${ref}`));
    await reply.redirect(`/tickets/${ref}`, 303);
  }

  /** A page without sign-in and without personal data, to pass on. Its address is shown now and never again. */
  @Post('status-link')
  @HttpCode(200)
  async share(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string, @ReservedKey() reserved: Reserved | null, @ShownBefore() before: unknown): Promise<void> {
    const input = await this.tickets.page(customerOf(who), ref);
    const { url } = (before as { url: string } | null) ?? (await this.links.statusLink(input.data.ticket.ref, reserved));
    this.view.render(request, reply, 'status/ticket', {
      ...answersForm(input.data.ticket.block, { ...NO_ANSWERS }, [], []), ...ticketPage({ ...input, statusLink: url }), done: SAID.statusLinkMade,
    });
  }
}

function unanswered({ answers, files, fileErrors }: ReturnType<typeof readAnswers>): AnswerError[] {
  const empty = answers.explanation.trim() === '' && answers.headers.trim() === '' && files.length + fileErrors.length === 0;
  return [...fileErrors, ...(empty ? [{ field: 'explanation', code: 'missing', message: SAID.writeOrAdd } as const] : [])];
}
