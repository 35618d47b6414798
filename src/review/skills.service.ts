import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import { may } from '../core/policy/may';
import type { StaffRole } from '../auth/staff-member.entity';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import { NotFound } from '../platform/http/errors';
import { isUuid } from '../platform/uuid';

export interface Colleague {
  id: string;
  name: string;
  role: StaffRole;
  /** the queues that they take from; empty: all */
  queues: string[];
}

/** So long a change of skills may go unnoticed by another process. */
const BELIEVED_MS = 5000;
/** There before any ticket is. */
const USUAL = ['hack', 'lift-failed', 'spam'];

/** Everybody who is not disabled, by name, as SQL. */
export const COLLEAGUES = `select s.id, s.name, s.role, array(select q.queue from staff_queue q where q.staff_id = s.id order by q.queue) as queues from staff_member s where s.disabled_at is null order by s.name, s.id`;

/** Those of them who may take tickets. */
export const takersOf = (colleagues: Colleague[]): Colleague[] => colleagues.filter(({ role }) => may(role, 'take'));

/** Who takes from which queue. The only writer of staff_queue. */
@Injectable()
export class SkillsService {
  private known: Promise<Map<string, string[]>> | null = null;
  private knownAt = 0;

  constructor(
    private readonly source: DataSource,
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
  ) {}

  /** The queues that somebody takes from; empty: from all. */
  async of(staffId: string): Promise<string[]> {
    if (!this.known || Date.now() - this.knownAt > BELIEVED_MS) {
      this.knownAt = Date.now();
      this.known = this.read();
      this.known.catch(() => (this.known = null));
    }
    return (await this.known).get(staffId) ?? [];
  }

  /** Everybody who may take tickets, by name. */
  async takers(): Promise<Colleague[]> {
    return takersOf((await this.source.query(COLLEAGUES)) as Colleague[]);
  }

  /** Every queue in which something waits, and the usual ones: by walking from one to the next in the index. */
  async queues(): Promise<string[]> {
    const rows = (await this.source.query(
      `with recursive q as ((select queue from ticket where state = 'queued' order by queue limit 1)
         union all select (select queue from ticket where state = 'queued' and queue > q.queue order by queue limit 1) from q where q.queue is not null)
       select queue from q where queue is not null union select unnest($1::text[]) union select queue from staff_queue order by queue`,
      [USUAL],
    )) as { queue: string }[];
    return rows.map((row) => row.queue);
  }

  /** Sets the queues of somebody; none means all. @throws NotFound */
  async set(staffId: string, queues: string[], by: Actor, also?: AlsoKept<void>): Promise<void> {
    await this.transactions.run(async (tx) => {
      const [staff] = isUuid(staffId) ? ((await tx.query('select name from staff_member where id = $1 for update', [staffId])) as { name: string }[]) : [];
      if (!staff) {
        throw new NotFound('There is no such member of staff.');
      }
      await tx.query('delete from staff_queue where staff_id = $1', [staffId]);
      await tx.query('insert into staff_queue (staff_id, queue) select $1, q from unnest($2::text[]) q group by q', [staffId, queues]);
      await this.audit.record(tx, { ticketId: null, event: 'skills_changed', by, detail: { staff: staffId, name: staff.name, queues } });
    }, also);
    this.known = null;
  }

  private async read(): Promise<Map<string, string[]>> {
    const rows = (await this.source.query('select staff_id as id, array_agg(queue) as queues from staff_queue group by staff_id')) as { id: string; queues: string[] }[];
    return new Map(rows.map((row) => [row.id, row.queues]));
  }
}
