import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Identity } from './identity-provider.service';

/** Which member of staff an identity of the issuer is: by issuer and subject, never by an address. An identity is one person's; a person may have several. */
@Injectable()
export class StaffIdentities {
  constructor(private readonly source: DataSource) {}

  /** The id of the member, or null: nobody's, or of somebody who was disabled. */
  async staffOf({ iss, sub }: Identity): Promise<string | null> {
    const [row] = (await this.source.query('select m.id from staff_identity i join staff_member m on m.id = i.staff_id and m.disabled_at is null where i.iss = $1 and i.sub = $2', [iss, sub])) as { id: string }[];
    return row?.id ?? null;
  }

  /** False when it is somebody else's already. */
  async connect(staffId: string, { iss, sub }: Identity): Promise<boolean> {
    const rows = (await this.source.query(
      'insert into staff_identity (iss, sub, staff_id) values ($1, $2, $3) on conflict (iss, sub) do update set staff_id = staff_identity.staff_id where staff_identity.staff_id = excluded.staff_id returning sub', [iss, sub, staffId],
    )) as unknown[];
    return rows.length === 1;
  }

  /** How many were taken away. */
  async disconnect(staffId: string): Promise<number> {
    const [, count] = (await this.source.query('delete from staff_identity where staff_id = $1', [staffId])) as [unknown[], number];
    return count;
  }
}
