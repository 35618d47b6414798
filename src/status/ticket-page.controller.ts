import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import { Attempts } from '../auth/attempts.service';
import type { Principal } from '../auth/principal';
import { answersForm, NO_ANSWERS } from '../core/texts/answers-form';
import { NotFound } from '../platform/http/errors';
import { pageOf, View } from '../platform/http/view';
import { customerOf } from './customer';
import { CustomerTicketsService } from './customer-tickets.service';
import { MyTicketsService } from './my-tickets.service';
import { ticketPage } from './ticket-page.view';

const listed = z.object({ after: z.string().max(60).optional() });
const joined = z.object({ joined: z.string().optional() });
const seenParts = z.object({ seen: z.string().max(200).optional() });

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
    const page = ticketPage(input);
    this.view.render(request, reply, 'status/ticket', page.supplyOpen ? { ...answersForm(input.data.ticket.block, { ...NO_ANSWERS }, [], []), ...page } : page);
  }

  /** What happens next, right after a claim was sent. */
  @Get(':ref/received')
  async received(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string, @Query({ schema: joined }) query: z.output<typeof joined>): Promise<void> {
    const { data: { ticket }, wait } = await this.tickets.page(customerOf(who), ref);
    const again = query.joined !== undefined;
    this.view.render(request, reply, 'status/confirmation', { title: again ? 'Added to your ticket' : 'We have your claim', ref: ticket.ref, wait, accountEmail: ticket.accountEmail, joined: again });
  }

  /**
   * Asked for again and again while the page is open, with the marks of its parts: nothing (204) when they are still the same, or all parts
   * anew, of which the page takes those that changed.
   */
  @Get(':ref/changes')
  async changes(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string, @Query({ schema: seenParts }) { seen }: z.output<typeof seenParts>): Promise<void> {
    const model = ticketPage(await this.tickets.page(customerOf(who), ref));
    const html = this.view.html('status/_changed', { ...model, page: pageOf(request) }, true);
    if (seen === [...html.matchAll(/ data-mark="([^"]+)"/g)].map(([, mark]) => mark).join('.')) {
      await reply.status(204).send();
      return;
    }
    await reply.header('vary', 'HX-Request, Cookie').type('text/html; charset=utf-8').send(html);
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
