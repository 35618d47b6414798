import { Body, Controller, Get, Inject, Logger, Post, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { CONFIG, type Config } from '../platform/config/config';
import { NotFound, Unavailable } from '../platform/http/errors';
import { View } from '../platform/http/view';
import { Allow, Who } from './access';
import { Attempts } from './attempts.service';
import { IdentityProvider, type Identity } from './identity-provider.service';
import { localPath } from './local-path';
import type { Principal } from './principal';
import { SessionsService } from './sessions.service';
import { SignOnSeal } from './sign-on-seal';
import { StaffIdentities } from './staff-identities.service';

const SAYS = {
  unreachable: 'does not answer at the moment. Please try again in a minute.',
  denied: 'did not let you in, or you went back. Nothing has changed here.',
  not_verified: 'sent you back with something that we cannot verify. Please begin again.',
  too_weak: 'let you in with one factor only. This desk asks for a second one: sign in there with it and begin again.',
};
const connecting = z.strictObject({ identity: z.string().max(4_096), next: z.string().max(2_000).optional() });

/** Staff sign in at the issuer of their house (OpenID Connect). */
@Allow({ open: true })
@Controller('desk/sign-in')
export class SingleSignOnController {
  private readonly log = new Logger('Security');
  private readonly seal: SignOnSeal;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly view: View,
    private readonly provider: IdentityProvider,
    private readonly identities: StaffIdentities,
    private readonly sessions: SessionsService,
    private readonly attempts: Attempts,
  ) {
    this.seal = new SignOnSeal(config);
  }

  /** To the issuer. What must come back with the browser goes along in a cookie, sealed, for ten minutes. */
  @Get('sso')
  async begin(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query('next') next?: string): Promise<void> {
    this.orNone();
    const begun = await this.provider.begin();
    if (!begun) {
      throw new Unavailable(`${this.issuer} ${SAYS.unreachable}`);
    }
    this.seal.keep(reply, { ...begun.flow, next: localPath(next, '/desk') });
    await reply.redirect(begun.url, 303);
  }

  /** Back from the issuer: signed in, or asked whether this is the person who is signed in already, or told why not. */
  @Get('sso/callback')
  async end(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    this.orNone();
    const address = `sso from ${request.ip}`;
    this.attempts.count(address, 50, 900);
    const flow = this.seal.take(request, reply);
    if (!flow) {
      return this.refuse(request, reply, SAYS.not_verified);
    }
    const ended = await this.provider.end(request.url, flow);
    if (!ended.ok) {
      return this.refuse(request, reply, SAYS[ended.why], ended.why === 'unreachable' ? 503 : 403);
    }
    this.attempts.takeBack(address);
    const staffId = await this.identities.staffOf(ended.identity);
    if (staffId) {
      await this.sessions.startForStaff(request, reply, staffId);
      await reply.redirect(flow.next, 303);
    } else if (who.kind === 'staff') {
      this.view.render(request, reply, 'auth/sso-connect', { name: this.provider.name, issuer: this.issuer, sub: ended.identity.sub, staff: who.staff, identity: this.seal.identity(ended.identity, who.staff.id), ...waysOn(flow.next) });
    } else {
      this.unknown(request, reply, ended.identity, flow.next);
    }
  }

  /** The way to the issuer for who has just signed in with a password: a browser goes from a form to no other site (form-action), but a link may lead there. */
  @Allow({ staff: true })
  @Get('connect')
  offer(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Query('next') next?: string): void {
    this.orNone();
    this.view.render(request, reply, 'auth/sso-connect', { name: this.provider.name, staff: who.kind === 'staff' ? who.staff : null, ...waysOn(next) });
  }

  /** From now on this identity is whoever is signed in: asked for by themselves, in the session in which the issuer named them. */
  @Allow({ staff: true })
  @Post('connect')
  async connect(@Who() who: Principal, @Req() request: FastifyRequest, @Res() reply: FastifyReply, @Body({ schema: connecting }) body: z.output<typeof connecting>): Promise<void> {
    this.orNone();
    const identity = who.kind === 'staff' ? this.seal.opened(body.identity, who.staff.id) : null;
    if (who.kind !== 'staff' || !identity) {
      return this.refuse(request, reply, SAYS.not_verified);
    }
    if (!(await this.identities.connect(who.staff.id, identity, who.actor))) {
      return this.refuse(request, reply, 'knows you as somebody else of this desk. An administrator can take that away.');
    }
    this.log.log(`Single sign-on was connected for ${who.staff.id}: ${identity.sub}`);
    await reply.redirect(localPath(body.next, '/desk'), 303);
  }

  private unknown(request: FastifyRequest, reply: FastifyReply, { sub }: Identity, next: string): void {
    void reply.status(403);
    this.view.render(request, reply, 'auth/sso-refused', { name: this.provider.name, issuer: this.issuer, sub, again: this.config.STAFF_PASSWORDS === 'on' && `/desk/sign-in?next=${encodeURIComponent(`/desk/sign-in/connect?next=${encodeURIComponent(next)}`)}` });
  }

  private refuse(request: FastifyRequest, reply: FastifyReply, says: string, status = 403): void {
    void reply.status(status);
    this.view.render(request, reply, 'auth/sso-refused', { name: this.provider.name, issuer: this.issuer, says });
  }

  /** The name where a sentence begins with it. */
  private get issuer(): string {
    const name = this.provider.name ?? '';
    return name.charAt(0).toUpperCase() + name.slice(1);
  }

  private orNone(): void {
    if (!this.provider.name) {
      throw new NotFound();
    }
  }
}

/** Where somebody wanted to go, and the way there through the issuer. */
function waysOn(next: string | undefined): { next: string; begin: string } {
  const path = localPath(next, '/desk');
  return { next: path, begin: `/desk/sign-in/sso?next=${encodeURIComponent(path)}` };
}
