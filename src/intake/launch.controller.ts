import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Allow } from '../auth/access';
import { Attempts } from '../auth/attempts.service';
import { LaunchService } from '../auth/launch.service';
import { LaunchTickets } from '../auth/launch-tickets.service';
import { SessionsService } from '../auth/sessions.service';
import { SAID } from '../core/texts/said';
import { NocService } from '../noc/noc.service';
import { Unauthorised } from '../platform/http/errors';
import { View } from '../platform/http/view';

// What the NOC posts beside the token is not ours to judge: an auto-submitted form may carry its button.
const launched = z.object({ token: z.string().max(8192) });
const going = z.object({ ticket: z.string().max(8192), _csrf: z.string().optional() });

/** The way from the control panel: a signed token, then a click that says who enters, then our own session. */
@Allow({ open: true })
@Controller('launch')
export class LaunchController {
  constructor(
    private readonly view: View,
    private readonly launches: LaunchService,
    private readonly tickets: LaunchTickets,
    private readonly sessions: SessionsService,
    private readonly attempts: Attempts,
    private readonly noc: NocService,
  ) {}

  /** Reloading the page, or opening its address, has no token: start again. */
  @Get()
  async again(@Res() reply: FastifyReply): Promise<void> {
    await reply.redirect('/', 303);
  }

  @Post()
  async launch(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body({ schema: launched }) body: z.output<typeof launched>): Promise<void> {
    this.attempts.count(`launch from ${request.ip}`, 300, 60);
    const found = await this.launches.accept(body.token);
    if (!found.ok) {
      throw new Unauthorised(found.says);
    }
    const { account, launch } = found;
    if (launch.ip) {
      const { ip, kind, blockedAt } = launch;
      await this.noc.told({ by: 'launch', account, ip, ...(kind && blockedAt ? { block: { ip, kind, blockedAt } } : {}) });
    }
    this.view.render(request, reply, 'intake/launch', {
      title: 'Continue', name: account.name ?? account.email, accountId: account.id, email: account.email, ip: launch.ip ?? null, ticket: this.tickets.seal(account, launch),
    });
  }

  @Post('continue')
  async go(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body({ schema: going }) body: z.output<typeof going>): Promise<void> {
    const found = await this.tickets.open(body.ticket);
    if (!found) {
      throw new Unauthorised(SAID.launchIsOver);
    }
    await this.sessions.startForCustomer(request, reply, found.account, found.launch);
    await reply.redirect(found.launch.ip ? '/appeals/new' : '/tickets', 303);
  }
}
