import { Inject, Injectable, Logger } from '@nestjs/common';
import { createHash, randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { NocService } from '../noc/noc.service';
import { OutboxService } from '../outbox/outbox.service';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions } from '../platform/database/transactions';
import { Anomalies } from './anomalies.service';
import type { CustomerAccount } from './principal';
import { signInToken } from './sign-in-token';

/** ASVS 6.6.3: ten minutes, once, bound to the browser that asked. */
export const LINK_MINUTES = 10;
const MAILS_AN_HOUR = 3;
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Sign-in for customers by a link sent to an address that the NOC knows. */
@Injectable()
export class SignInLinks {
  private readonly log = new Logger('Security');

  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'SECRET'>,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly outbox: OutboxService,
    private readonly noc: NocService,
    private readonly anomalies: Anomalies,
  ) {}

  /**
   * Has a link sent if the NOC knows the address. Nothing tells the caller which: they do not wait for it, and it never throws.
   * @param browser the secret that the asking browser keeps as a cookie
   */
  async request(email: string, browser: string): Promise<void> {
    try {
      const accounts = await this.noc.accountsByEmail(email);
      const account = accounts.ok ? accounts.value[0] : undefined;
      if (!account) {
        if (accounts.ok) {
          this.anomalies.note('strangers');
        }
        this.log.log(accounts.ok ? 'A sign-in link was asked for with an address that nobody has.' : `A sign-in link was asked for, and the NOC did not answer: ${accounts.error}`);
        return;
      }
      const id = randomUUID();
      const now = this.clock.now();
      await this.transactions.run(async (tx) => {
        // One at a time per address, so that the limit holds for a hundred requests at once (T06).
        await tx.query('select pg_advisory_xact_lock(hashtext($1))', [`sign-in ${email.toLowerCase()}`]);
        const [sent] = (await tx.query(`select count(*)::int as n from sign_in_link where lower(email) = lower($1) and created_at > $2::timestamptz - interval '1 hour'`, [email, now])) as { n: number }[];
        if ((sent?.n ?? 0) >= MAILS_AN_HOUR) {
          return;
        }
        await tx.query('insert into sign_in_link (hash, email, account_id, bound_to, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)', [
          signInToken(this.config.SECRET, id).hash, email, account.id, sha256(browser), now, new Date(now.getTime() + LINK_MINUTES * 60_000),
        ]);
        await this.outbox.add(tx, [{ job: 'mail-customer', ticketId: null, refId: id, what: 'sign-in-link' }]);
      });
    } catch (error) {
      this.log.error(`A sign-in link could not be sent: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /**
   * Uses a link up. All accounts of its address, or null when the link is over, was used, or belongs to another browser.
   * @throws nothing for a NOC that does not answer: then only the account that the link was made for
   */
  async consume(token: string, browser: string): Promise<CustomerAccount[] | null> {
    const rows = (await this.source.query(
      'update sign_in_link set used_at = $3 where hash = $1 and bound_to = $2 and used_at is null and expires_at > $3 returning email, account_id as "accountId"',
      [sha256(token), sha256(browser), this.clock.now()],
    )) as [{ email: string; accountId: string }[], number];
    const [link] = rows[0];
    if (!link) {
      return null;
    }
    const known = await this.noc.accountsByEmail(link.email);
    const accounts = known.ok ? known.value.map((account) => ({ id: account.id, email: link.email, name: account.name ?? null })) : [];
    return accounts.length > 0 ? accounts : [{ id: link.accountId, email: link.email, name: null }];
  }
}
