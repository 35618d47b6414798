import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { FormKeyInterceptor } from './form-key.interceptor';
import type { ReservingRequest } from './reserved';
import { IdempotencyInterceptor } from './idempotency.interceptor';

/**
 * What is sent twice is done once: a form of a page by the key that the page gave it, a call of the API by its `Idempotency-Key`. One interceptor for both, since each of them costs
 * every request an observable and a scope of its own, and nothing is asked of one that only reads.
 */
@Injectable()
export class OnceInterceptor implements NestInterceptor {
  constructor(
    private readonly forms: FormKeyInterceptor,
    private readonly calls: IdempotencyInterceptor,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> | Promise<Observable<unknown>> {
    const { method, viewer } = context.switchToHttp().getRequest<ReservingRequest>();
    return method !== 'POST' ? next.handle() : viewer ? this.forms.intercept(context, next) : this.calls.intercept(context, next);
  }
}
