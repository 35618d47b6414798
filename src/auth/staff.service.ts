import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { COMMAND_LINE, type Actor } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import { hashPassword, verifyPassword } from './password';
import { endSessionsOf } from './sessions.service';
import { StaffMember, type StaffRole } from './staff-member.entity';

/** A hash of nothing: an unknown name costs the same time as a wrong password. */
const NOBODYS = hashPassword('nobody');

type Who = { id: string } | { email: string };

/** Local accounts of those who work at the desk. Each change of who may come in is a line of the audit. */
@Injectable()
export class StaffService {
  constructor(private readonly source: DataSource, private readonly audit: AuditService) {}

  /** The member with this password, or null: unknown, wrong and disabled look and take the same. */
  async check(email: string, password: string): Promise<StaffMember | null> {
    const member = await this.source.getRepository(StaffMember).findOneBy({ email: email.trim().toLowerCase() });
    const right = await verifyPassword(password, member?.passwordHash ?? (await NOBODYS));
    return member && right && !member.disabledAt ? member : null;
  }

  async create(input: { email: string; name: string; role: StaffRole; password: string; accountIds?: string[] }): Promise<StaffMember> {
    const member = {
      id: randomUUID(), email: input.email.trim().toLowerCase(), name: input.name, role: input.role, accountIds: input.accountIds ?? [], keysOff: false, disabledAt: null,
      passwordHash: await hashPassword(input.password),
    };
    return this.source.transaction(async (tx) => {
      const { id, role, name, email } = await tx.save(StaffMember, member);
      await this.audit.record(tx, { ticketId: null, event: 'staff_created', by: COMMAND_LINE, detail: { staff: id, role }, said: { name, email } });
      return member;
    });
  }

  /** Ends what somebody may do here, sessions at once and for good, keys within ten seconds (ApiKeysService), or lets them in again; what they did stays theirs. False when there is no such person. */
  able(who: Who, isAble: boolean, by: Actor): Promise<boolean> {
    return this.change(who, async (tx, member) => {
      if ((member.disabledAt === null) === isAble) {
        return;
      }
      await tx.query('update staff_member set disabled_at = case when $2 then null else clock_timestamp() end where id = $1', [member.id, isAble]);
      if (!isAble) {
        await endSessionsOf(tx, member.id);
      }
      await this.audit.record(tx, { ticketId: null, event: isAble ? 'staff_enabled' : 'staff_disabled', by, detail: { staff: member.id } });
    });
  }

  /** Gives somebody another role, which holds for their sessions at once and for their keys within ten seconds. False when there is no such person. */
  give(who: Who, role: StaffRole, by: Actor): Promise<boolean> {
    return this.change(who, async (tx, member) => {
      if (member.role !== role) {
        await tx.query('update staff_member set role = $2 where id = $1', [member.id, role]);
        await this.audit.record(tx, { ticketId: null, event: 'staff_role_changed', by, detail: { staff: member.id, was: member.role, role } });
      }
    });
  }

  /** Gives somebody a new password, and ends the sessions that the old one began. False when there is no such person. */
  async setPassword(who: Who, password: string, by: Actor): Promise<boolean> {
    const passwordHash = await hashPassword(password);
    return this.change(who, async (tx, member) => {
      await tx.query('update staff_member set password_hash = $2 where id = $1', [member.id, passwordHash]);
      await endSessionsOf(tx, member.id);
      await this.audit.record(tx, { ticketId: null, event: 'staff_password_set', by, detail: { staff: member.id } });
    });
  }

  byEmail(email: string): Promise<StaffMember | null> {
    return this.source.getRepository(StaffMember).findOneBy({ email: email.trim().toLowerCase() });
  }

  async names(ids: string[]): Promise<Map<string, string>> {
    const rows = ids.length === 0 ? [] : await this.source.getRepository(StaffMember).createQueryBuilder('s').where('s.id in (:...ids)', { ids }).getMany();
    return new Map(rows.map((row) => [row.id, row.name]));
  }

  private change(who: Who, work: (tx: EntityManager, member: StaffMember) => Promise<void>): Promise<boolean> {
    return this.source.transaction(async (tx) => {
      const member = await tx.findOne(StaffMember, { where: 'id' in who ? who : { email: who.email.trim().toLowerCase() }, lock: { mode: 'pessimistic_write' } });
      if (member) {
        await work(tx, member);
      }
      return member !== null;
    });
  }
}
