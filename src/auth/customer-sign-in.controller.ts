import { Body, Controller, Get, Inject, Param, Post, Query, Req, Res } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { SAID } from '../core/texts/said';
import { CONFIG, type Config } from '../platform/config/config';
import { View } from '../platform/http/view';
import { Allow } from './access';
import { Attempts } from './attempts.service';
import { LaunchTickets } from './launch-tickets.service';
import { localPath } from './local-path';
import { SessionsService } from './sessions.service';
import { LINK_MINUTES, SignInLinks } from './sign-in-links.service';

const asked = z.object({ email: z.string().trim().max(254), next: z.string().max(2000).optional(), _csrf: z.string().optional() });
const ADDRESS = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+$/;
const WAITS_MS = LINK_MINUTES * 60_000;

/** Customers sign in by a link that is mailed to them. Looking at the link uses nothing up; only the button does. */
@Allow({ open: true })
@Controller()
export class CustomerSignInController {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'PUBLIC_URL'>,
    private readonly view: View,
    private readonly links: SignInLinks,
    private readonly sessions: SessionsService,
    private readonly tickets: LaunchTickets,
    private readonly attempts: Attempts,
  ) {}

  @Get('sign-in')
  form(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query('next') next?: string): void {
    this.view.render(request, reply, 'auth/sign-in', { title: 'Sign in', next: localPath(next, '/tickets'), minutes: LINK_MINUTES });
  }

  /** The same answer, at once, whether the address is known or not. */
  @Post('sign-in')
  ask(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body({ schema: asked }) body: z.output<typeof asked>): void {
    this.attempts.count(`sign-in links from ${request.ip}`, 30, 3600);
    const next = localPath(body.next, '/tickets');
    if (!ADDRESS.test(body.email)) {
      void reply.status(422);
      this.view.render(request, reply, 'auth/sign-in', { title: 'Error: sign in', next, minutes: LINK_MINUTES, email: body.email, error: SAID.oneMailAddress });
      return;
    }
    const browser = randomBytes(24).toString('base64url');
    const secure = this.config.PUBLIC_URL.startsWith('https:');
    const cookie = { path: '/', httpOnly: true, secure, sameSite: 'lax' as const, expires: new Date(Date.now() + WAITS_MS) };
    void reply.setCookie(this.bound, browser, cookie).setCookie('desk-next', next, cookie);
    void this.links.request(body.email, browser);
    this.view.render(request, reply, 'auth/link-sent', { title: 'Look into your mail', email: body.email, minutes: LINK_MINUTES });
  }

  @Get('sign-in/:token')
  look(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('token') token: string): void {
    this.view.render(request, reply, 'auth/use-link', { title: 'Sign in', token, here: request.cookies[this.bound] !== undefined, minutes: LINK_MINUTES });
  }

  @Post('sign-in/:token')
  async use(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param('token') token: string): Promise<void> {
    this.attempts.count(`sign-ins from ${request.ip}`, 60, 3600);
    const accounts = await this.links.consume(token, request.cookies[this.bound] ?? '');
    const [account] = accounts ?? [];
    if (!accounts || !account) {
      void reply.status(410);
      this.view.render(request, reply, 'auth/link-over', { title: 'This link is over', minutes: LINK_MINUTES });
      return;
    }
    const next = localPath(request.cookies['desk-next'], '/tickets');
    void reply.clearCookie(this.bound, { path: '/' }).clearCookie('desk-next', { path: '/' });
    if (accounts.length > 1) {
      const choices = accounts.map((each) => ({ ...each, ticket: this.tickets.seal(each, {}) }));
      this.view.render(request, reply, 'auth/choose-account', { title: 'Choose the account', choices });
      return;
    }
    await this.sessions.startForCustomer(request, reply, account, null);
    await reply.redirect(next, 303);
  }

  @Post('sign-out')
  async leave(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.sessions.end(request, reply);
    await reply.header('clear-site-data', '"cache", "storage"').redirect('/', 303);
  }

  private get bound(): string {
    return this.config.PUBLIC_URL.startsWith('https:') ? '__Host-desk-link' : 'desk-link';
  }
}
