import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { COMMAND_LINE, type Actor } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import { hashPassword, verifyPassword } from './password';
import { StaffMember, type StaffRole } from './staff-member.entity';

/** A hash of nothing: an unknown name costs the same time as a wrong password. */
const NOBODYS = hashPassword('nobody');

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

  /** Ends what somebody may do here, with a session at once and with a key within ten seconds (ApiKeysService), or lets them in again; what they did stays theirs. False when there is no such person. */
  async able(who: { id: string } | { email: string }, isAble: boolean, by: Actor): Promise<boolean> {
    return this.source.transaction(async (tx) => {
      const member = await tx.findOne(StaffMember, { where: 'id' in who ? who : { email: who.email.trim().toLowerCase() }, lock: { mode: 'pessimistic_write' } });
      if (member && (member.disabledAt === null) !== isAble) {
        await tx.query('update staff_member set disabled_at = case when $2 then null else clock_timestamp() end where id = $1', [member.id, isAble]);
        await this.audit.record(tx, { ticketId: null, event: isAble ? 'staff_enabled' : 'staff_disabled', by, detail: { staff: member.id } });
      }
      return member !== null;
    });
  }

  byEmail(email: string): Promise<StaffMember | null> {
    return this.source.getRepository(StaffMember).findOneBy({ email: email.trim().toLowerCase() });
  }

  async names(ids: string[]): Promise<Map<string, string>> {
    const rows = ids.length === 0 ? [] : await this.source.getRepository(StaffMember).createQueryBuilder('s').where('s.id in (:...ids)', { ids }).getMany();
    return new Map(rows.map((row) => [row.id, row.name]));
  }
}
