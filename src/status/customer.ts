import type { Principal } from '../auth/principal';
import { Forbidden } from '../platform/http/errors';

export type Customer = Extract<Principal, { kind: 'customer' }>;

/** The signed-in customer. The guard let nobody else pass; this says so to the compiler. */
export function customerOf(who: Principal): Customer {
  if (who.kind !== 'customer') {
    throw new Forbidden('This page is for customers.');
  }
  return who;
}
