import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../audit/audit.service';
import { NocService } from '../noc/noc.service';
import { Clock } from '../platform/clock';
import { Transactions } from '../platform/database/transactions';
import { Conflict, Unavailable } from '../platform/http/errors';
import type { Customer } from './customer';

/** SQL: whether the contact whose address is `email` (a parameter such as $2) is shown the ticket `t` of their account. */
export const shownTo = (email: string): string =>
  `(lower(t.account_email) = lower(${email}) or not exists (select from account_sharing s where s.account_id = t.account_id and lower(s.main_email) <> lower(${email})))`;

/** Whether the contacts of an account see one another's tickets: yes, unless its main contact says otherwise. The only writer of account_sharing. */
@Injectable()
export class AccountSharing {
  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
    private readonly noc: NocService,
  ) {}

  async isShared({ account }: Customer): Promise<boolean> {
    const rows = (await this.source.query('select 1 from account_sharing where account_id = $1', [account.id])) as unknown[];
    return rows.length === 0;
  }

  /** @throws Conflict for anybody but the contact whom the NOC names first, Unavailable while it cannot be asked */
  async change({ account, actor }: Customer, shared: boolean): Promise<void> {
    const known = await this.noc.account(account.id);
    if (!known.ok) {
      throw new Unavailable('Our control panel does not answer at the moment, so we cannot see who speaks for your account. Please try again in a minute.', 60);
    }
    if (known.value?.email.toLowerCase() !== account.email.toLowerCase()) {
      throw new Conflict('Only the main contact of your account can change who sees its tickets. Ask them, or change the main contact in your control panel.');
    }
    await this.transactions.run(async (tx) => {
      await (shared
        ? tx.query('delete from account_sharing where account_id = $1', [account.id])
        : tx.query('insert into account_sharing (account_id, main_email, changed_at) values ($1, $2, $3) on conflict (account_id) do update set main_email = excluded.main_email, changed_at = excluded.changed_at', [account.id, account.email, this.clock.now()]));
      await this.audit.record(tx, { ticketId: null, event: shared ? 'tickets_shared' : 'tickets_kept_apart', by: actor, detail: { account: account.id } });
    });
  }
}
