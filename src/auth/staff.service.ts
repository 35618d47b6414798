import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { hashPassword, verifyPassword } from './password';
import { StaffMember, type StaffRole } from './staff-member.entity';

/** A hash of nothing: an unknown name costs the same time as a wrong password. */
const NOBODYS = hashPassword('nobody');

/** Local accounts of those who work at the desk. */
@Injectable()
export class StaffService {
  constructor(private readonly source: DataSource) {}

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
    return this.source.getRepository(StaffMember).save(member);
  }

  /** Ends what somebody may do here, with a session at once and with a key within ten seconds (ApiKeysService); what they did stays theirs. False when there is nobody of this address. */
  async able(email: string, isAble: boolean): Promise<boolean> {
    const [, count] = (await this.source.query('update staff_member set disabled_at = case when $2 then null else coalesce(disabled_at, clock_timestamp()) end where email = $1', [email.trim().toLowerCase(), isAble])) as [unknown[], number];
    return count === 1;
  }

  byEmail(email: string): Promise<StaffMember | null> {
    return this.source.getRepository(StaffMember).findOneBy({ email: email.trim().toLowerCase() });
  }

  async names(ids: string[]): Promise<Map<string, string>> {
    const rows = ids.length === 0 ? [] : await this.source.getRepository(StaffMember).createQueryBuilder('s').where('s.id in (:...ids)', { ids }).getMany();
    return new Map(rows.map((row) => [row.id, row.name]));
  }
}
