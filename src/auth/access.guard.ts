import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { may, type Action } from '../core/policy/may';
import { Forbidden, Unauthorised } from '../platform/http/errors';
import { ACCESS, type Access, type KnownRequest } from './access';
import { ApiKeysService } from './api-keys.service';
import { NOBODY, type Principal, type Scope } from './principal';
import { SessionsService } from './sessions.service';
import { SignedEvents } from './signed-events.service';

/** Stands before every route. Denies unless the route allows. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly keys: ApiKeysService,
    private readonly sessions: SessionsService,
    private readonly events: SignedEvents,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<KnownRequest>();
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [context.getHandler(), context.getClass()]) ?? {};
    const principal = await this.principal(request, access);
    request.principal = principal;
    if (allowed(access, principal) && (!access.action || mayBy(principal, access.action))) {
      return true;
    }
    if (principal.kind !== 'nobody') {
      throw new Forbidden(principal.kind === 'key' ? `A key of the scope "${principal.scope}" may not do this.` : 'You are signed in as somebody who may not do this.');
    }
    if (!access.scopes && !access.anyKey && request.method === 'GET') {
      await context.switchToHttp().getResponse<FastifyReply>().redirect(`${access.staff ? '/desk/sign-in' : '/sign-in'}?next=${encodeURIComponent(request.url)}`, 303);
      return false;
    }
    throw new Unauthorised();
  }

  private async principal(request: KnownRequest, access: Access): Promise<Principal> {
    if (access.signed && (this.events.isRequired || request.headers['webhook-signature'] !== undefined)) {
      return this.events.whose(request);
    }
    const header = request.headers.authorization;
    if (header !== undefined) {
      const token = /^Bearer +(\S+)$/i.exec(header)?.[1];
      const principal = token ? await this.keys.whose(token) : null;
      // A wrong key is never treated as nobody: the caller should hear of it.
      if (!principal && !access.open) {
        throw new Unauthorised('This API key is not known.');
      }
      return principal ?? NOBODY;
    }
    return request.principal ?? (await this.sessions.whose(request)) ?? NOBODY;
  }
}

const includes = (scopes: Scope[], scope: Scope): boolean => scopes.includes(scope) || (scope === 'lead' && scopes.includes('reviewer'));

function allowed(access: Access, who: Principal): boolean {
  switch (who.kind) {
    case 'key':
      return access.open === true || access.anyKey === true || includes(access.scopes ?? [], who.scope);
    case 'staff':
      return access.open === true || access.staff === true;
    case 'customer':
      return access.open === true || access.customer === true;
    case 'nobody':
      return access.open === true;
  }
}

/** A key does what its person may; one that stands for nobody, what its scope says. */
function mayBy(who: Principal, action: Action): boolean {
  switch (who.kind) {
    case 'key':
      return may(who.staff?.role ?? who.scope, action);
    case 'staff':
      return may(who.staff.role, action);
    case 'customer':
      return may('customer', action);
    case 'nobody':
      return false;
  }
}
