import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow, Who } from '../auth/access';
import { Attempts } from '../auth/attempts.service';
import type { Principal } from '../auth/principal';
import { answersForm, NO_ANSWERS, shownErrors } from '../core/texts/answers-form';
import { SAID } from '../core/texts/said';
import { NotFound } from '../platform/http/errors';
import { readForm } from '../platform/http/read-form';
import { View } from '../platform/http/view';
import { customerOf, type Customer } from './customer';
import { CustomerTicketsService } from './customer-tickets.service';
import { ticketPage } from './ticket-page.view';

/** Each check asks DNS anew. */
const CHECKS_AN_HOUR = 120;
/** Of an answer to a question of a fix, in characters. */
const ANSWER = { least: 3, most: 10_000 };

function problem(ask: { question: string }, answer: string): string[] {
  return answer.length < ANSWER.least ? [`Answer this: ${ask.question}`] : answer.length > ANSWER.most ? [SAID.atMostBelow(ANSWER.most)] : [];
}

/** Fixes: report one that only words can show, or have one looked up at once. */
@Allow({ customer: true })
@Controller('tickets/:ref/fixes/:code')
export class FixCheckController {
  constructor(
    private readonly view: View,
    private readonly tickets: CustomerTicketsService,
    private readonly attempts: Attempts,
  ) {}

  @Post()
  async report(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string, @Param('code') code: string): Promise<void> {
    const customer = customerOf(who);
    const { fields } = await readForm(request);
    const { asks } = await this.fix(customer, ref, code);
    const answers = (fields['statement'] ?? []).map((answer) => answer.trim());
    const errors = asks.flatMap((question, i) => problem(question, answers[i] ?? '').map((message) => ({ field: `${code}-${i}`, message })));
    if (errors.length > 0) {
      const input = await this.tickets.page(customer, ref);
      const page = ticketPage(input);
      const items = page.fixes?.items.map((item) => (item.code === code ? { ...item, asks: item.asks.map((each, i) => ({ ...each, typed: answers[i] ?? '', error: errors.find(({ field }) => field === `${code}-${i}`)?.message ?? null })) } : item));
      void reply.status(422);
      this.view.render(request, reply, 'status/ticket', { ...answersForm(input.data.ticket.block, { ...NO_ANSWERS }, [], []), ...page, fixes: { ...page.fixes, items }, ...shownErrors(errors) });
      return;
    }
    const statement = asks.length === 1 ? answers[0] : asks.map((ask, i) => `${ask.question}\n${answers[i] ?? ''}`).join('\n\n');
    await this.tickets.reportFix(customer, ref, code, statement);
    await reply.redirect(`/tickets/${ref}#${code}`, 303);
  }

  /** Starts a look-up. The result comes by itself with a script, and on the page again without one. */
  @Post('check')
  async check(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string, @Param('code') code: string): Promise<void> {
    const customer = customerOf(who);
    this.attempts.count(`checks of ${ref}`, CHECKS_AN_HOUR, 3600);
    const before = await this.fix(customer, ref, code);
    await this.tickets.reportFix(customer, ref, code);
    if (request.headers['hx-request'] !== 'true') {
      await reply.redirect(`/tickets/${ref}#${code}`, 303);
      return;
    }
    const seen = before.result ? new Date(before.result.at).getTime() : 0;
    this.view.render(request, reply, 'status/_checking', { ref, code, seen, tries: 1 });
  }

  /** The result, or "still looking" for a while. */
  @Get('result')
  async result(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string, @Param('code') code: string): Promise<void> {
    const query = request.query as { seen?: string; tries?: string };
    const fix = await this.fix(customerOf(who), ref, code);
    const tries = Math.min(Number(query.tries) || 1, 12);
    const fresh = fix.result !== null && new Date(fix.result.at).getTime() > (Number(query.seen) || 0);
    if (fresh && fix.done) {
      // More than this line changes: the count, the steps, perhaps the lift.
      void reply.header('hx-refresh', 'true');
    }
    this.view.render(request, reply, fresh ? 'status/_checked' : 'status/_checking', fresh ? fix : { ref, code, seen: query.seen ?? 0, tries: tries + 1, tired: tries >= 12 });
  }

  private async fix(customer: Customer, ref: string, code: string) {
    const found = ticketPage(await this.tickets.page(customer, ref)).fixes?.items.find((item) => item.code === code);
    if (!found) {
      throw new NotFound(SAID.fixNotAsked);
    }
    return found;
  }
}
