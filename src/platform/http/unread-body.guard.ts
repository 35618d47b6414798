import { RequestMethod, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Malformed } from './errors';

/** Nest's own key for what a handler takes as arguments: `<kind>:<index>`. */
const ARGUMENTS = '__routeArguments__';
const METHOD = 'method';
const [REQUEST, BODY] = ['0:', '3:'];

/**
 * Unknown fields are refused also where nothing is read at all (contract, section 3): a handler of a change that takes neither the body
 * nor the request has no schema to refuse them. Asked after who may come in; a guard, since each interceptor costs a request an observable and a scope of its own.
 */
export class UnreadBodyGuard implements CanActivate {
  private readonly deaf = new Map<unknown, boolean>();

  canActivate(context: ExecutionContext): true {
    const { body } = context.switchToHttp().getRequest<FastifyRequest>();
    const fields = typeof body === 'object' && body !== null && !Buffer.isBuffer(body) ? Object.keys(body) : [];
    if (fields.length > 0 && this.readsNothing(context)) {
      throw new Malformed(fields.slice(0, 50).map((field) => ({ field, code: 'unknown_field', message: `This field is not known: ${field}. Nothing is read here but the address.` })));
    }
    return true;
  }

  private readsNothing(context: ExecutionContext): boolean {
    const handler = context.getHandler();
    const known = this.deaf.get(handler);
    if (known !== undefined) {
      return known;
    }
    const taken = Object.keys((Reflect.getMetadata(ARGUMENTS, context.getClass(), handler.name) as object | undefined) ?? {});
    const deaf = Reflect.getMetadata(METHOD, handler) !== RequestMethod.GET && !taken.some((kind) => kind.startsWith(REQUEST) || kind.startsWith(BODY));
    this.deaf.set(handler, deaf);
    return deaf;
  }
}
