import type { Principal, Staff } from '../auth/principal';
import { may, type Action } from '../core/policy/may';
import { Forbidden } from '../platform/http/errors';

/** The person in a session, when their role may do this: for pages and their forms, which no key opens. @throws Forbidden */
export function inSession(who: Principal, action: Action, why: string): Staff {
  if (who.kind !== 'staff' || !may(who.staff.role, action)) {
    throw new Forbidden(why);
  }
  return who.staff;
}

/** The person behind a session or a key, when their role may do this; a key of a narrower scope does not become more by its person. @throws Forbidden */
export function allowed(who: Principal, action: Action, why: string): Staff {
  const staff = who.kind === 'staff' || who.kind === 'key' ? who.staff : null;
  if (!staff || !may(staff.role, action)) {
    throw new Forbidden(staff || who.kind !== 'key' ? why : 'This key stands for no person, so it changes nothing. Make one with: api-key create --staff EMAIL.');
  }
  return staff;
}
