import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import { Attempts } from '../auth/attempts.service';
import type { Principal } from '../auth/principal';
import { answersForm, NO_ANSWERS } from '../core/texts/answers-form';
import { NotFound } from '../platform/http/errors';
import { View } from '../platform/http/view';
import { customerOf } from './customer';
import { CustomerTicketsService } from './customer-tickets.service';
import { MyTicketsService } from './my-tickets.service';
import { ticketPage } from './ticket-page.view';

const listed = z.object({ after: z.string().max(60).optional() });
const joined = z.object({ joined: z.string().optional() });
const since = z.object({ since: z.coerce.number().int().catch(0) });

/** The customer's tickets: the list, one of them, and what changed since it was opened. */
@Allow({ customer: true })
@Controller('tickets')
export class TicketPageController {
  constructor(
    private readonly view: View,
    private readonly tickets: CustomerTicketsService,
    private readonly mine: MyTicketsService,
    private readonly attempts: Attempts,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Query({ schema: listed }) query: z.output<typeof listed>): Promise<void> {
    this.view.render(request, reply, 'status/tickets', await this.mine.list(customerOf(who), query.after));
  }

  @Get(':ref')
  async one(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string): Promise<void> {
    const input = await this.guarded(request, () => this.tickets.page(customerOf(who), ref));
    this.view.render(request, reply, 'status/ticket', { ...answersForm(input.data.ticket.block, { ...NO_ANSWERS }, [], []), ...ticketPage(input) });
  }

  /** What happens next, right after a claim was sent. */
  @Get(':ref/received')
  async received(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string, @Query({ schema: joined }) query: z.output<typeof joined>): Promise<void> {
    const { data: { ticket }, wait } = await this.tickets.page(customerOf(who), ref);
    const again = query.joined !== undefined;
    this.view.render(request, reply, 'status/confirmation', { title: again ? 'Added to your ticket' : 'We have your claim', ref: ticket.ref, wait, accountEmail: ticket.accountEmail, joined: again });
  }

  /** Asked for again and again while the page is open: nothing (204), or one line that says what is new. */
  @Get(':ref/changes')
  async changes(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string, @Query({ schema: since }) query: z.output<typeof since>): Promise<void> {
    const input = await this.tickets.page(customerOf(who), ref);
    const page = ticketPage(input);
    if (page.version <= query.since) {
      await reply.status(204).send();
      return;
    }
    this.view.render(request, reply, 'status/_changed', { ref: page.ref, label: page.chip.label });
  }

  /** Guessing references is pointless and slow: the misses of one browser are counted, the hits are not. */
  private async guarded<T>(request: FastifyRequest, work: () => Promise<T>): Promise<T> {
    return work().catch((error: unknown) => {
      if (error instanceof NotFound) {
        this.attempts.count(`missing tickets of ${request.ip}`, 60, 600);
      }
      throw error;
    });
  }
}
