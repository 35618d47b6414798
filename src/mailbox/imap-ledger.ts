import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** Holding a mailbox is renewed three times before it would end. */
export const LEASE_SECONDS = 30;
/** A hole in the UIDs that is wider was made by the server, not by people who take mails away. */
const HOLE = 10_000;

export type DeliveryState = 'stored' | 'filed' | 'taken' | 'vanished' | 'empty';

/** What is known of mailboxes that are fetched, mail by mail. The only writer of imap_mailbox and imap_delivery. */
@Injectable()
export class ImapLedger {
  constructor(private readonly source: DataSource) {}

  /** Takes or renews the right to fetch. @returns false while another process has it */
  async hold(name: string, holder: string): Promise<boolean> {
    const rows = (await this.source.query(
      `insert into imap_mailbox (name, holder, lease_until) values ($1, $2, clock_timestamp() + make_interval(secs => ${LEASE_SECONDS}))
       on conflict (name) do update set holder = $2, lease_until = excluded.lease_until
         where imap_mailbox.holder = $2 or imap_mailbox.lease_until is null or imap_mailbox.lease_until < clock_timestamp() returning name`,
      [name, holder],
    )) as unknown[];
    return rows.length > 0;
  }

  /** Lets the next process begin at once. */
  async release(name: string, holder: string): Promise<void> {
    await this.source.query('update imap_mailbox set holder = null, lease_until = null where name = $1 and holder = $2', [name, holder]);
  }

  /** Notes that a visit failed; the figures of the desk show it. */
  async failed(name: string, why: string): Promise<void> {
    await this.source.query('update imap_mailbox set error = $2 where name = $1', [name, why.slice(0, 500)]);
  }

  /** Which of these UIDs nobody has accounted for. */
  async unknown(name: string, validity: string, uids: number[]): Promise<number[]> {
    const rows = (await this.source.query(
      `select u.uid from unnest($3::bigint[]) as u(uid) where not exists (select from imap_delivery d where d.mailbox = $1 and d.uid_validity = $2 and d.uid = u.uid) order by 1`,
      [name, validity, uids],
    )) as { uid: string }[];
    return rows.map((row) => Number(row.uid));
  }

  /** Accounts for one delivery, with its mail when there is one, in the transaction that stores it. @throws 23505 when it was accounted for */
  async note(tx: EntityManager, name: string, validity: string, uid: number, state: DeliveryState, mailId: string | null = null): Promise<void> {
    await tx.query('insert into imap_delivery (mailbox, uid_validity, uid, state, mail_id) values ($1, $2, $3, $4, $5)', [name, validity, uid, state, mailId]);
  }

  /** The same for what has no mail: nothing is left to do about it. */
  async noteEmpty(name: string, validity: string, uid: number, state: 'vanished' | 'empty'): Promise<void> {
    await this.source.query('insert into imap_delivery (mailbox, uid_validity, uid, state) values ($1, $2, $3, $4) on conflict do nothing', [name, validity, uid, state]);
  }

  /** Stored here and not yet put away there, oldest first. */
  async unfiled(name: string, validity: string): Promise<number[]> {
    const rows = (await this.source.query(`select uid from imap_delivery where mailbox = $1 and uid_validity = $2 and state = 'stored' order by uid`, [name, validity])) as { uid: string }[];
    return rows.map((row) => Number(row.uid));
  }

  async settle(name: string, validity: string, uids: number[], state: 'filed' | 'taken'): Promise<void> {
    if (uids.length > 0) {
      await this.source.query(`update imap_delivery set state = $4, at = now() where mailbox = $1 and uid_validity = $2 and uid = any($3) and state = 'stored'`, [name, validity, uids, state]);
    }
  }

  /**
   * Ends a visit: every UID below `next` is accounted for. Those that were given out since the last visit and that nobody saw are noted as
   * vanished. A UIDVALIDITY other than before is a new mailbox of which nothing is known.
   * @returns how many have vanished
   */
  async visited(name: string, validity: string, next: number): Promise<number> {
    const [rows] = (await this.source.query(
      `with before as (select uid_next from imap_mailbox where name = $1 and uid_validity = $2),
         lost as (insert into imap_delivery (mailbox, uid_validity, uid, state)
           select $1, $2, u, 'vanished' from before, generate_series(greatest(before.uid_next, $3::bigint - ${HOLE}), $3::bigint - 1) as u
           on conflict do nothing returning uid)
       update imap_mailbox set uid_validity = $2, uid_next = $3, visited_at = now(), error = null where name = $1 returning (select count(*)::int from lost) as lost`,
      [name, validity, next],
    )) as [{ lost: number }[], number];
    return rows[0]?.lost ?? 0;
  }
}
