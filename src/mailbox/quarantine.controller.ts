import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow } from '../auth/access';
import { View } from '../platform/http/view';
import { INBOUND_STATES } from './inbound-mail.entity';
import { MailboxService } from './mailbox.service';
import { quarantineList, UNSETTLED } from './quarantine.view';

// A state or cursor that nobody knows is no reason to refuse a page.
const listQuery = z.object({ state: z.enum(INBOUND_STATES).optional().catch(undefined), after: z.uuid().optional().catch(undefined) });

/** The mails that did not become a ticket by themselves, and all others by their state. */
@Allow({ staff: true })
@Controller('desk/quarantine')
export class QuarantineController {
  constructor(
    private readonly view: View,
    private readonly mailbox: MailboxService,
  ) {}

  @Get()
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query({ schema: listQuery }) query: z.output<typeof listQuery>): Promise<void> {
    const found = await this.mailbox.list({ states: query.state ? [query.state] : UNSETTLED, after: query.after });
    this.view.render(request, reply, 'mailbox/quarantine', quarantineList(found, query.state));
  }
}
