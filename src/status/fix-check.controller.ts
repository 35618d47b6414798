import { Body, Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { NotFound } from '../platform/http/errors';
import { View } from '../platform/http/view';
import { customerOf, type Customer } from './customer';
import { CustomerTicketsService } from './customer-tickets.service';
import { ticketPage } from './ticket-page.view';

const reported = z.object({ _csrf: z.string().optional(), statement: z.string().trim().min(10, 'Say what you did, and when.').max(20_000) });

/** Fixes: report one that only words can show, or have one looked up at once. */
@Allow({ customer: true })
@Controller('tickets/:ref/fixes/:code')
export class FixCheckController {
  constructor(
    private readonly view: View,
    private readonly tickets: CustomerTicketsService,
  ) {}

  @Post()
  async report(@Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string, @Param('code') code: string, @Body({ schema: reported }) body: z.output<typeof reported>): Promise<void> {
    await this.tickets.reportFix(customerOf(who), ref, code, body.statement);
    await reply.redirect(`/tickets/${ref}#${code}`, 303);
  }

  /** Starts a look-up. The result comes by itself with a script, and on the page again without one. */
  @Post('check')
  async check(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string, @Param('code') code: string): Promise<void> {
    const customer = customerOf(who);
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
      throw new NotFound('This ticket asks for no such fix.');
    }
    return found;
  }
}
