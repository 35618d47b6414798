import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Action } from '../core/policy/may';
import { NOBODY, type Principal, type Scope } from './principal';

/** Who may call a route. Whoever is not named is refused; a route that names nobody refuses everybody. */
export interface Access {
  /** anybody, signed in or not */
  open?: boolean;
  /** API keys of these scopes (`lead` includes `reviewer`) */
  scopes?: Scope[];
  /** any API key */
  anyKey?: boolean;
  /** what the NOC signed (`webhook-signature`); where a key for that is set, a bearer key is not enough */
  signed?: boolean;
  /** a signed-in member of staff; what they may do is asked of core/policy */
  staff?: boolean;
  /** a signed-in customer */
  customer?: boolean;
  /** what they must be allowed to do besides (core/policy/may.ts), asked before anything is read: of a key by its person, else by its scope */
  action?: Action;
}

export const ACCESS = 'access';
/** `@Allow({ staff: true })` on a controller or a method. */
export const Allow = (access: Access): MethodDecorator & ClassDecorator => SetMetadata(ACCESS, access);

export interface KnownRequest extends FastifyRequest {
  principal?: Principal;
}

/** The caller, as the guard found them. */
export const Who = createParamDecorator((_: unknown, context: ExecutionContext): Principal => context.switchToHttp().getRequest<KnownRequest>().principal ?? NOBODY);
