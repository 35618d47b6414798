import { Body, Controller, Get, Inject, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CONFIG, type Config } from '../platform/config/config';
import { View } from '../platform/http/view';
import { Allow } from './access';
import { Attempts } from './attempts.service';
import { IdentityProvider } from './identity-provider.service';
import { localPath } from './local-path';
import { SessionsService } from './sessions.service';
import { StaffService } from './staff.service';

const signIn = z.object({ email: z.string().max(320), password: z.string().max(1024), next: z.string().optional(), _csrf: z.string().optional() });

/** Staff sign in with a local account, or go on to the issuer of their house from here. */
@Allow({ open: true })
@Controller('desk')
export class StaffSignInController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly view: View,
    private readonly staff: StaffService,
    private readonly sessions: SessionsService,
    private readonly attempts: Attempts,
    private readonly provider: IdentityProvider,
  ) {}

  /** The form. */
  @Get('sign-in')
  form(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query('next') next?: string): void {
    this.show(request, reply, { next: localPath(next, '/desk') });
  }

  /** Ten wrong tries a quarter of an hour per name, fifty per address; a wrong name and a wrong password look the same. */
  @Post('sign-in')
  async enter(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body({ schema: signIn }) body: z.output<typeof signIn>): Promise<void> {
    if (this.config.STAFF_PASSWORDS === 'off') {
      void reply.status(403);
      return this.show(request, reply, { next: localPath(body.next, '/desk'), error: 'This desk takes no passwords.' });
    }
    const [name, address] = [`staff ${body.email.toLowerCase()}`, `from ${request.ip}`];
    this.attempts.count(name, 10, 900);
    this.attempts.count(address, 50, 900);
    const member = await this.staff.check(body.email, body.password);
    if (!member) {
      void reply.status(422);
      return this.show(request, reply, { next: localPath(body.next, '/desk'), email: body.email, error: 'This e-mail address and password do not belong together.' });
    }
    this.attempts.takeBack(name);
    this.attempts.takeBack(address);
    await this.sessions.startForStaff(request, reply, member.id);
    await reply.redirect(localPath(body.next, '/desk'), 303);
  }

  @Post('sign-out')
  async leave(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.sessions.end(request, reply);
    await reply.header('clear-site-data', '"cache", "storage"').redirect('/desk/sign-in', 303);
  }

  private show(request: FastifyRequest, reply: FastifyReply, model: { next: string; email?: string; error?: string }): void {
    const provider = this.provider.name && { name: this.provider.name, url: `/desk/sign-in/sso?next=${encodeURIComponent(model.next)}` };
    this.view.render(request, reply, 'auth/staff-sign-in', { title: 'Sign in', ...model, provider, passwords: this.config.STAFF_PASSWORDS === 'on' });
  }
}
