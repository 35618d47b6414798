import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { EMPTY, from, type Observable } from 'rxjs';
import { catchError, mergeMap } from 'rxjs/operators';
import { crashTogether } from '../platform/crash-points';
import { readForm } from '../platform/http/read-form';
import { FormKeys } from './form-keys.service';
import { Idempotency } from './idempotency';
import { Reserved, wentOn, type ReservingRequest } from './reserved';

/**
 * A form of a page that is sent twice (a double click, a reload, "back" after an answer that never came) is done once, and goes on to
 * the same page. The page gives each form a key; the same key with other words is another message, so nothing that was typed is lost.
 * Where the answer itself shows what was made (a link, a key, what became of many), its route is told what it made before, and shows that again.
 */
@Injectable()
export class FormKeyInterceptor implements NestInterceptor {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly keys: FormKeys,
  ) {}

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
    const reserved = await this.keys.reserve(request, request.viewer.csrf);
    if (!reserved) {
      return next.handle();
    }
    if (!(reserved instanceof Reserved)) {
      const { answer } = reserved;
      if (reserved.status === 303) {
        await reply.redirect((answer as { location: string }).location, 303);
        return EMPTY;
      }
      request.shown = answer;
      return next.handle();
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
