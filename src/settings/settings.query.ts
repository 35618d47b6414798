import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Scope } from '../auth/principal';
import type { StaffRole } from '../auth/staff-member.entity';

export interface StaffLine {
  id: string;
  name: string;
  email: string;
  role: StaffRole;
  /** subjects of the issuer that are this person */
  identities: number;
  disabledAt: Date | null;
}

export interface KeyLine {
  id: string;
  name: string;
  scope: Scope;
  /** the person it acts as */
  staff: string | null;
  disabledAt: Date | null;
  createdAt: Date;
}

export interface ParkedLine {
  id: string;
  job: string;
  what: string | null;
  ref: string | null;
  lastError: string | null;
  attempts: number;
  createdAt: Date;
  settledAt: Date | null;
}

export interface JobLine {
  job: string;
  state: string;
  count: number;
  /** of what waits: since when it is due, or when it will be */
  oldestDue: Date | null;
  /** due and not yet taken */
  late: number;
}

export const PARKED_AT_MOST = 100;

/** Reads what leads and admins look after. Keys themselves are stored nowhere; not even their hashes leave the table. */
@Injectable()
export class SettingsReader {
  constructor(private readonly source: DataSource) {}

  async read(): Promise<{ staff: StaffLine[]; keys: KeyLine[]; parked: ParkedLine[] }> {
    const [staff, keys, parked] = (await Promise.all([
      this.source.query(`select id, name, email, role, disabled_at as "disabledAt", (select count(*)::int from staff_identity i where i.staff_id = m.id) as identities
         from staff_member m order by disabled_at nulls first, role, name`),
      this.source.query(
        `select k.id, k.name, k.scope, s.name as staff, k.disabled_at as "disabledAt", k.created_at as "createdAt"
         from api_key k left join staff_member s on s.id = k.staff_id order by k.disabled_at nulls first, k.name, k.id`,
      ),
      this.source.query(
        `select o.id, o.job, o.what, t.ref, o.last_error as "lastError", o.attempts, o.created_at as "createdAt", o.settled_at as "settledAt"
         from outbox_message o left join ticket t on t.id = o.ticket_id where o.state = 'parked' order by o.created_at limit ${PARKED_AT_MOST}`,
      ),
    ])) as [StaffLine[], KeyLine[], ParkedLine[]];
    return { staff, keys, parked };
  }

  async jobs(now: Date): Promise<JobLine[]> {
    return (await this.source.query(
      `select job, state, count(*)::int as count, min(due_at) filter (where state in ('pending','running')) as "oldestDue", (count(*) filter (where state = 'pending' and due_at < $1))::int as late
       from outbox_message group by job, state order by job, state`,
      [now],
    )) as JobLine[];
  }
}
