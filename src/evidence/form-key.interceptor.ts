import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { hash } from 'node:crypto';
import { EMPTY, from, type Observable } from 'rxjs';
import { catchError, mergeMap } from 'rxjs/operators';
import { crashTogether } from '../platform/crash-points';
import { formKeyOf } from '../platform/http/form-key';
import { readForm } from '../platform/http/read-form';
import { Idempotency, requestHash, Reserved, wentOn, type ReservingRequest } from './idempotency';

/**
 * A form of a page that is sent twice (a double click, a reload, "back" after an answer that never came) is done once, and goes on to
 * the same page. The page gives each form a key; the same key with other words is another message, so nothing that was typed is lost.
 */
@Injectable()
export class FormKeyInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: Idempotency) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const [request, reply] = [http.getRequest<ReservingRequest>(), http.getResponse<FastifyReply>()];
    // Nobody else's form is read here: who brings no session is asked by the route first, before their body is.
    if (request.method !== 'POST' || !request.viewer) {
      return next.handle();
    }
    if (request.isMultipart() && !request.readForm) {
      await readForm(request);
    }
    const key = formKeyOf(request);
    if (key === null) {
      return next.handle();
    }
    const sent = requestHash('POST', request.url, said(request));
    // Who it is, as a mark of their session: a key that somebody else has seen is of no use to them.
    const owner = `form ${hash('sha256', request.viewer.csrf, 'base64url')}`;
    const reserved = await this.idempotency.reserve(owner, `${key} ${sent}`, sent);
    if (!(reserved instanceof Reserved)) {
      await reply.redirect((reserved.answer as { location: string }).location, 303);
      return EMPTY;
    }
    request.reserved = reserved;
    const forget = (): Promise<void> => (reserved.kept ? Promise.resolve() : this.idempotency.forget(reserved));
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        await crashTogether('answer.made');
        const location = reply.statusCode === 303 ? reply.getHeader('location') : undefined;
        // A form that is shown again with what is missing has made nothing: it may be sent again as it is.
        await (typeof location === 'string' && !reserved.kept ? this.idempotency.answered(reserved, wentOn(location)) : forget());
        return answer;
      }),
      catchError((error: unknown) => from(forget().then(() => Promise.reject(error instanceof Error ? error : new Error(String(error)))))),
    );
  }
}

/** What a form says, files by their sums. */
function said({ readForm: form, body }: ReservingRequest): unknown {
  if (!form) {
    return body ?? null;
  }
  const { _csrf, _key, ...fields } = form.fields;
  return [fields, form.files.map(({ field, name, bytes }) => [field, name, hash('sha256', bytes)])];
}
