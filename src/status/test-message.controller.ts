import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow, Who } from '../auth/access';
import type { Principal } from '../auth/principal';
import { View } from '../platform/http/view';
import { customerOf } from './customer';
import { CustomerTicketsService } from './customer-tickets.service';
import { TestMessageService, type ShownTests } from './test-message.service';

const query = z.object({ seen: z.string().max(100).optional() });
type Seen = z.output<typeof query>;

/** The private address for test messages and what came to it: for a ticket, or before there is one. */
@Allow({ customer: true })
@Controller()
export class TestMessageController {
  constructor(
    private readonly view: View,
    private readonly tests: TestMessageService,
    private readonly tickets: CustomerTicketsService,
  ) {}

  /** The page, and for who has it open already: what is new, or nothing (204). */
  @Get('test-message')
  async before(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Query({ schema: query }) { seen }: Seen): Promise<void> {
    await this.show(request, reply, await this.tests.shown(customerOf(who).account.id, null), seen, { href: '/tickets', label: 'Your tickets' });
  }

  @Get('tickets/:ref/test-message')
  async onTicket(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Who() who: Principal, @Param('ref') ref: string, @Query({ schema: query }) { seen }: Seen): Promise<void> {
    const customer = customerOf(who);
    const { ticket } = (await this.tickets.page(customer, ref)).data;
    await this.show(request, reply, await this.tests.shown(customer.account.id, ticket), seen, { href: `/tickets/${ticket.ref}`, label: `Ticket ${ticket.ref}` });
  }

  private async show(request: FastifyRequest, reply: FastifyReply, test: ShownTests, seen: string | undefined, back: { href: string; label: string }): Promise<void> {
    if (request.headers['hx-request'] !== 'true') {
      this.view.render(request, reply, 'status/test-message', { title: 'Send us a test message', test, back });
    } else if (seen === test.mark) {
      await reply.status(204).send();
    } else {
      this.view.render(request, reply, 'status/_test-results', { test, fragment: true });
    }
  }
}
