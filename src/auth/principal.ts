import type { Actor } from '../audit/actor';
import type { StaffRole } from './staff-member.entity';

export type Scope = 'noc' | 'reviewer' | 'lead' | 'admin' | 'read';

export interface Staff {
  id: string;
  name: string;
  email: string;
  role: StaffRole;
  accountIds: string[];
}

export interface CustomerAccount {
  id: string;
  email: string;
  name: string | null;
}

/** The block a customer came for, when the NOC launched the session. */
export interface Launch {
  ip?: string;
  kind?: 'spam' | 'hack';
  blockedAt?: string;
}

/** Who is asking: a key, a signed-in person, or nobody. */
export type Principal =
  | { kind: 'key'; keyId: string; scope: Scope; staff: Staff | null; actor: Actor }
  | { kind: 'staff'; staff: Staff; csrf: string; actor: Actor }
  | { kind: 'customer'; account: CustomerAccount; launch: Launch | null; csrf: string; actor: Actor }
  | { kind: 'nobody' };

export const NOBODY: Principal = { kind: 'nobody' };

/** A member of staff as the audit names them. */
export const actorOf = ({ id, name }: Staff): Actor => ({ kind: 'reviewer', id, name });
