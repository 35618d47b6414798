import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { KnownRequest } from '../auth/access';
import type { AlsoKept } from '../platform/database/transactions';

/** What was answered to a request. */
export interface Kept {
  status: number;
  answer: unknown;
}

/** Where a form goes on when it is done; its ticket by name, so that it is forgotten with the ticket. */
export function wentOn(location: string): Kept {
  return { status: 303, answer: { location, ref: /\bUB-[0-9A-Z]{4}-[0-9A-Z]{4}\b/.exec(location)?.[0] ?? null } };
}

/**
 * A key that a request has reserved, and whose answer is still to come. Its handler keeps the answer in the transaction that does the work: a process
 * that dies between the two would leave a caller who asks again with the work done twice, or a conflict.
 */
export class Reserved {
  /** the answer, once it is kept with the work */
  kept: Kept | null = null;
  /** some of its steps are done */
  noted = false;

  /**
   * @param at when it was reserved, as the database wrote it: who took the key over after a minute has another time, and only theirs counts
   * @param soFar what a process that died half-way had done and noted, or null
   */
  constructor(
    readonly owner: string,
    readonly key: string,
    readonly at: string,
    readonly soFar: unknown,
    private readonly store: (tx: EntityManager, reserved: Reserved, kept: Kept, secret: boolean) => Promise<void>,
  ) {}

  /**
   * For `Transactions.run`.
   * @param answer what is answered then, read within the transaction
   * @param secret it has something in it that opens a door: it is kept sealed
   */
  along<T>(status: number, answer: (made: T, tx: EntityManager) => unknown, secret = false): AlsoKept<T> {
    return async (tx, made) => {
      const kept = { status, answer: await answer(made, tx) };
      await this.store(tx, this, kept, secret);
      this.kept = kept;
    };
  }

  /** For `Transactions.run` of a form: where it goes on then. */
  goingOn<T>(to: (made: T) => string): AlsoKept<T> {
    return this.along(303, (made: T) => wentOn(to(made)).answer);
  }

  /** The same for one of several steps, each in a transaction of its own: who goes on after a death gets what was noted last as `soFar`. */
  note<T>(done: (made: T) => unknown): AlsoKept<T> {
    return async (tx, made) => {
      await this.store(tx, this, { status: 0, answer: done(made) }, false);
      this.noted = true;
    };
  }
}

export type ReservingRequest = KnownRequest & { reserved?: Reserved; shown?: unknown };

/** The key that this request has reserved; null when it came without. Every POST keeps its answer with it, or says in test/support/post-acts.ts why it need not. */
export const ReservedKey = createParamDecorator((_: unknown, context: ExecutionContext): Reserved | null => context.switchToHttp().getRequest<ReservingRequest>().reserved ?? null);

/** What this form made when it was sent before, for a page that shows it in answer and has no address to go on to; null for a form that is new. */
export const ShownBefore = createParamDecorator((_: unknown, context: ExecutionContext): unknown => context.switchToHttp().getRequest<ReservingRequest>().shown ?? null);
