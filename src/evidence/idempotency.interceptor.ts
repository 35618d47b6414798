import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { from, of, type Observable } from 'rxjs';
import { catchError, mergeMap } from 'rxjs/operators';
import { crashTogether } from '../platform/crash-points';
import { InvalidInput } from '../platform/http/errors';
import { Idempotency, requestHash } from './idempotency';
import { Reserved, type ReservingRequest } from './reserved';

/** The API, but for two that keep their answer in the statement that opens the ticket. */
const KEPT = /^\/api\/v1\/(?!(claims|rejected-unblocks)\b)/;

/** `Idempotency-Key` on every other POST of the API: the same key and body get the same answer, and the work is done once. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(private readonly idempotency: Idempotency) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<ReservingRequest>();
    const key = request.headers['idempotency-key'];
    const who = request.principal;
    if (request.method !== 'POST' || key === undefined || !who || who.kind !== 'key' || !KEPT.test(request.url)) {
      return next.handle();
    }
    if (Array.isArray(key) || key.length === 0 || key.length > 255) {
      throw new InvalidInput([{ field: 'Idempotency-Key', code: 'length', message: 'must be one value of 1 to 255 characters' }]);
    }
    const body = Buffer.isBuffer(request.body) ? request.body.toString('base64') : request.body;
    const reserved = await this.idempotency.reserve(who.keyId, key, requestHash('POST', request.url, body ?? null));
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    if (!(reserved instanceof Reserved)) {
      void reply.status(reserved.status);
      return of(reserved.answer ?? undefined);
    }
    request.reserved = reserved;
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        await crashTogether('answer.made');
        if (reserved.kept) {
          // What is kept is what was answered, though something else may have moved on since.
          void reply.status(reserved.kept.status);
          return reserved.kept.answer ?? undefined;
        }
        await this.idempotency.answered(reserved, { status: reply.statusCode, answer });
        return answer;
      }),
      catchError((error: unknown) =>
        from(
          this.idempotency.forget(reserved).then(() => {
            throw error;
          }),
        ),
      ),
    );
  }
}
