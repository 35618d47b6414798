import type { EntityManager } from 'typeorm';
import { actorOf, type Principal, type Staff } from '../auth/principal';
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
  return { staff, actor: actorOf(staff) };
}

/**
 * The same person as the database has them now: a key is believed for some seconds, but nobody judges with a role that was taken away
 * (T14). @throws Forbidden when they are of the desk no more
 */
export async function asOfNow(tx: EntityManager, person: Person): Promise<Person> {
  const [now] = (await tx.query('select role, account_ids as "accountIds" from staff_member where id = $1 and disabled_at is null', [person.staff.id])) as Pick<Staff, 'role' | 'accountIds'>[];
  if (!now) {
    throw new Forbidden('You are not of this desk any more.');
  }
  return { ...person, staff: { ...person.staff, ...now } };
}
