import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Allow } from '../auth/access';
import { Attempts } from '../auth/attempts.service';
import { NotFound } from '../platform/http/errors';
import { View } from '../platform/http/view';
import { CustomerTicketsService } from './customer-tickets.service';
import { statusPage } from './ticket-page.view';

/** The page behind a link that was passed on: read only, without personal data, for as long as the link lasts. */
@Allow({ open: true })
@Controller('s')
export class StatusLinkController {
  constructor(
    private readonly view: View,
    private readonly tickets: CustomerTicketsService,
    private readonly attempts: Attempts,
  ) {}

  @Get(':key')
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('key') key: string): Promise<void> {
    const input = await this.tickets.byStatusKey(key).catch((error: unknown) => {
      if (error instanceof NotFound) {
        this.attempts.count(`status links of ${request.ip}`, 60, 600);
      }
      throw error;
    });
    // Who has the link is not to be found by search engines.
    void reply.header('x-robots-tag', 'noindex');
    this.view.render(request, reply, 'status/status', statusPage(input));
  }
}
