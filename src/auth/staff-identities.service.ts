import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import type { Identity } from './identity-provider.service';

/** Which member of staff an identity of the issuer is: by issuer and subject, never by an address. An identity is one person's; a person may have several. */
@Injectable()
export class StaffIdentities {
  constructor(private readonly source: DataSource, private readonly audit: AuditService) {}

  /** The id of the member, or null: nobody's, or of somebody who was disabled. */
  async staffOf({ iss, sub }: Identity): Promise<string | null> {
    const [row] = (await this.source.query('select m.id from staff_identity i join staff_member m on m.id = i.staff_id and m.disabled_at is null where i.iss = $1 and i.sub = $2', [iss, sub])) as { id: string }[];
    return row?.id ?? null;
  }

  /** False when it is somebody else's already. One that is theirs already stays so, without another line in the audit. */
  async connect(staffId: string, { iss, sub }: Identity, by: Actor): Promise<boolean> {
    return this.source.transaction(async (tx) => {
      const rows = (await tx.query('insert into staff_identity (iss, sub, staff_id) values ($1, $2, $3) on conflict (iss, sub) do nothing returning sub', [iss, sub, staffId])) as unknown[];
      if (rows.length === 1) {
        await this.audit.record(tx, { ticketId: null, event: 'sign_on_connected', by, detail: { staff: staffId }, said: { issuer: iss, subject: sub } });
        return true;
      }
      const [theirs] = (await tx.query('select 1 from staff_identity where iss = $1 and sub = $2 and staff_id = $3', [iss, sub, staffId])) as unknown[];
      return theirs !== undefined;
    });
  }

  /** How many were taken away. */
  async disconnect(staffId: string, by: Actor): Promise<number> {
    return this.source.transaction(async (tx) => {
      const [, count] = (await tx.query('delete from staff_identity where staff_id = $1', [staffId])) as [unknown[], number];
      if (count > 0) {
        await this.audit.record(tx, { ticketId: null, event: 'sign_on_disconnected', by, detail: { staff: staffId, identities: count } });
      }
      return count;
    });
  }
}
