import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { from, of, type Observable } from 'rxjs';
import { catchError, mergeMap } from 'rxjs/operators';
import { CONFIG, type Config } from '../platform/config/config';
import { crashPoint } from '../platform/crash-points';
import { Conflict, InvalidInput } from '../platform/http/errors';
import { Sealed } from '../platform/sealed';
import { Idempotency, requestHash, type Reserved, type ReservingRequest } from './idempotency';

/** These two keep their answer in the statement that opens the ticket. */
const KEEP_THEIR_OWN = /^\/api\/v1\/(claims|rejected-unblocks)\b/;

/** An answer with a link that opens something: links are kept as hashes, so this is kept sealed. */
const SECRET_ANSWER = /\/status-links$/;

/** `Idempotency-Key` on every other POST of the API: the same key and body get the same answer, and the work is done once. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly sealed: Sealed;

  constructor(
    private readonly idempotency: Idempotency,
    @Inject(CONFIG) config: Config,
  ) {
    this.sealed = new Sealed(config.SECRET, 'kept answers');
  }

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const request = context.switchToHttp().getRequest<ReservingRequest>();
    const key = request.headers['idempotency-key'];
    const who = request.principal;
    if (request.method !== 'POST' || key === undefined || !who || who.kind !== 'key' || KEEP_THEIR_OWN.test(request.url)) {
      return next.handle();
    }
    if (Array.isArray(key) || key.length === 0 || key.length > 255) {
      throw new InvalidInput([{ field: 'Idempotency-Key', code: 'length', message: 'must be one value of 1 to 255 characters' }]);
    }
    const owner = who.keyId;
    const body = Buffer.isBuffer(request.body) ? request.body.toString('base64') : request.body;
    const reserved = await this.idempotency.reserve(owner, key, requestHash('POST', request.url, body ?? null));
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    if (reserved !== 'mine') {
      void reply.status(reserved.status);
      return of(this.opened(reserved.answer) ?? undefined);
    }
    const mine: Reserved = { owner, key, kept: false };
    request.reserved = mine;
    return next.handle().pipe(
      mergeMap(async (answer: unknown) => {
        crashPoint('answer.made');
        if (mine.kept) {
          return answer;
        }
        await this.idempotency.answered(owner, key, reply.statusCode, SECRET_ANSWER.test(request.url) ? { sealed: this.sealed.close(Buffer.from(JSON.stringify(answer))).toString('base64') } : answer);
        return answer;
      }),
      catchError((error: unknown) =>
        from(
          this.idempotency.forget(owner, key).then(() => {
            throw error;
          }),
        ),
      ),
    );
  }

  /** @throws Conflict when SECRET was changed since: the link of that answer is dead as well */
  private opened(answer: unknown): unknown {
    const sealed = answer !== null && typeof answer === 'object' && Object.keys(answer).length === 1 && 'sealed' in answer ? String(answer.sealed) : null;
    if (sealed === null) {
      return answer;
    }
    try {
      return JSON.parse(this.sealed.open(Buffer.from(sealed, 'base64')).toString('utf8')) as unknown;
    } catch {
      throw new Conflict('The answer to this request cannot be told again. Send it with a new Idempotency-Key.');
    }
  }
}
