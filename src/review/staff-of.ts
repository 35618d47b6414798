import type { Principal, Staff } from '../auth/principal';
import type { Actor } from '../audit/actor';
import { Forbidden } from '../platform/http/errors';

/** Somebody of the desk who acts as a person. */
export interface Person {
  staff: Staff;
  actor: Actor;
}

/** The person behind a session or a key. @throws Forbidden for a key that stands for nobody: judging needs a person */
export function personOf(who: Principal): Person {
  const staff = who.kind === 'staff' || who.kind === 'key' ? who.staff : null;
  if (!staff) {
    throw new Forbidden('This key stands for no person, so it cannot take or decide tickets. Make one with: api-key create --staff EMAIL.');
  }
  return { staff, actor: { kind: 'reviewer', id: staff.id, name: staff.name } };
}
