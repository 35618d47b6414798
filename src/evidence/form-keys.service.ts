import { Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import { formKeyOf } from '../platform/http/form-key';
import { Idempotency, requestHash } from './idempotency';
import { Reserved, type Kept, type ReservingRequest } from './reserved';

/** The keys that pages give their forms, so that one that is sent twice is known again. */
@Injectable()
export class FormKeys {
  constructor(private readonly idempotency: Idempotency) {}

  /**
   * Of a form that was read: its key, reserved, or what was kept when it was sent before; null where it came without one.
   * @param owner who sends it: a key that somebody else has seen is of no use to them
   */
  async reserve(request: ReservingRequest, owner: string): Promise<Reserved | Kept | null> {
    const key = formKeyOf(request);
    if (key === null) {
      return null;
    }
    const sent = requestHash('POST', request.url, said(request));
    return this.idempotency.reserve(`form ${hash('sha256', owner, 'base64url')}`, `${key} ${sent}`, sent);
  }

  /** Does the work of a form once, for a page that anybody with its address may send. `work` keeps its answer with what it does. */
  async once(request: ReservingRequest, owner: string, work: (reserved: Reserved | null) => Promise<void>): Promise<void> {
    const reserved = await this.reserve(request, owner);
    if (reserved && !(reserved instanceof Reserved)) {
      return;
    }
    try {
      await work(reserved);
    } finally {
      if (reserved && !reserved.kept) {
        await this.idempotency.forget(reserved);
      }
    }
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
