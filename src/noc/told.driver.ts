import type { DataSource } from 'typeorm';
import type { Account } from '../core/ticket/block';
import type { Transactions } from '../platform/database/transactions';
import type { BlockService } from './block.service';
import { NocDriver, type HeldAddress, type NocAccount, type NocAnswer, type NocFailure, type Told } from './noc.driver';

interface HolderRow {
  ip: string;
  accountId: string;
  email: string | null;
  name: string | null;
}

/**
 * Who holds an address and how an account is reached, from what the NOC told us: rejected unblocks, launches and the import.
 * For control panels that cannot be asked. The only writer of `address_holder`.
 */
export abstract class ToldDriver extends NocDriver {
  constructor(
    protected readonly source: DataSource,
    protected readonly mirror: BlockService,
    protected readonly transactions: Transactions,
  ) {
    super();
  }

  /** What we were told last; before that, whose tickets were judged: then another control panel said that it was theirs. */
  async holder(ip: string): Promise<NocAnswer<HeldAddress>> {
    const [row] = (await this.source.query(
      `select $1 as ip, "accountId" from (
         select account_id as "accountId", 1 as rank, told_at as at from address_holder where ip = $1::inet
         union all select account_id, 2, created_at from ticket where ip = $1::inet and decision_id is not null and closed_reason is distinct from 'not_owner') known
       order by rank, at desc limit 1`,
      [ip],
    )) as { ip: string; accountId: string | null }[];
    return row?.accountId ? { ok: true, value: { ip: row.ip, accountId: row.accountId } } : nothingTold('of this address');
  }

  async account(id: string): Promise<NocAnswer<NocAccount>> {
    const rows = await this.accounts('account_id = $1', id);
    const [newest] = rows;
    return newest ? { ok: true, value: { ...newest, emails: [...new Set(rows.map((row) => row.email))] } } : nothingTold('of this account');
  }

  async accountsByEmail(email: string): Promise<NocAnswer<Account[]>> {
    const rows = await this.accounts('lower(email) = lower($1)', email.trim());
    return { ok: true, value: rows.filter((row, i) => rows.findIndex(({ id }) => id === row.id) === i) };
  }

  /** The newest word counts; what staff say never overrules the NOC. A block that came with it goes into the mirror. */
  override told({ by, account, ip, block }: Told): Promise<void> {
    return this.transactions.run(async (tx) => {
      await tx.query(
        `insert into address_holder as h (ip, account_id, email, name, told_by) values ($1, $2, $3, $4, $5)
         on conflict (ip) do update set account_id = $2, told_by = $5, told_at = now(),
           email = case when h.account_id = $2 then coalesce($3, h.email) else $3 end, name = case when h.account_id = $2 then coalesce($4, h.name) else $4 end
         where $5 <> 'staff'`,
        [ip, account.id, account.email ?? null, account.name ?? null, by],
      );
      if (block) {
        await this.mirror.keep(tx, block);
      }
    });
  }

  private async accounts(where: string, value: string): Promise<(Account & { email: string })[]> {
    const rows = (await this.source.query(
      `select account_id as "accountId", email, name from address_holder where ${where} and email is not null order by told_at desc limit 100`,
      [value],
    )) as HolderRow[];
    return rows.flatMap(({ accountId, email, name }) => (email ? [{ id: accountId, email, ...(name ? { name } : {}) }] : []));
  }
}

const nothingTold = (what: string): NocFailure => ({ ok: false, error: 'not_found', detail: `the NOC never told us ${what}` });
