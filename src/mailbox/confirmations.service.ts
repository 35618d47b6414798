import { Inject, Injectable } from '@nestjs/common';
import { createHash, randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import { confirmationToken } from '../auth/sign-in-token';
import type { NocAccount } from '../noc/noc.driver';
import { OutboxService } from '../outbox/outbox.service';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import type { Understood } from './inbound-mail.entity';
import { SafeContacts } from './safe-contacts';

/** The account that holds addresses which a mail names, and whether one of them is blocked now. */
export interface Asked {
  account: NocAccount;
  addresses: string[];
  blocked: boolean;
  /** its own contact wrote the mail */
  proven: boolean;
}

export interface Confirmation {
  id: string;
  inboundId: string;
  accountId: string;
  addresses: string[];
  sentTo: string | null;
  expiresAt: Date;
  answer: 'confirmed' | 'refused' | null;
  /** of the mail */
  state: string;
  sender: string | null;
  understood: Understood | null;
  receivedAt: Date;
  /** reference of the ticket that came of it */
  ticket: string | null;
}

type New = Asked & { id: string; sentTo: string | null; withheld: string | null };

const DAYS = 3;
/** Links to one account, whoever writes in its name: nobody is flooded through us. */
const LINKS = { strangers: { hour: 1, day: 3 }, proven: { hour: 3, day: 10 } };
const SQL = `select c.id, c.inbound_id as "inboundId", c.account_id as "accountId", c.addresses, c.sent_to as "sentTo", c.expires_at as "expiresAt", c.answer,
  m.state, m.from_address as sender, m.understood, m.received_at as "receivedAt", t.ref as ticket
  from mail_confirmation c join inbound_mail m on m.id = c.inbound_id left join ticket t on t.id = m.ticket_id`;

/** Who is asked to confirm a claim that came by mail, and what they answered. The only writer of mail_confirmation. */
@Injectable()
export class Confirmations {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'SECRET' | 'DNS_SERVERS'>,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly contacts: SafeContacts,
    private readonly outbox: OutboxService,
    private readonly audit: AuditService,
  ) {}

  /** Finds for each account a contact whose mailbox is not on the blocked host. Asks the network: call it outside of any transaction. */
  async prepare(asked: readonly Asked[]): Promise<New[]> {
    const found: New[] = [];
    for (const each of asked) {
      const known = [...new Set([each.account.email, ...each.account.emails].map((email) => email.trim()).filter(Boolean))];
      const sentTo = each.blocked ? await this.contacts.choose(known, each.addresses) : null;
      found.push({ ...each, id: randomUUID(), sentTo, withheld: sentTo ? null : each.blocked ? 'no_safe_contact' : 'not_blocked' });
    }
    return found;
  }

  /** Writes down who is asked, with the order to send the links; an account that was asked enough is not written to. */
  async keep(tx: EntityManager, inboundId: string, asked: readonly New[]): Promise<void> {
    const now = this.clock.now();
    for (const each of asked) {
      await tx.query('select pg_advisory_xact_lock(hashtext($1))', [`confirm mail ${each.account.id}`]);
      const withheld = each.withheld ?? ((await this.asksTooOften(tx, each, now)) ? 'asked_enough' : null);
      const [made] = (await tx.query(
        `insert into mail_confirmation (id, inbound_id, account_id, addresses, sent_to, withheld, token_hash, created_at, expires_at, proven)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict (inbound_id, account_id) do nothing returning id`,
        [each.id, inboundId, each.account.id, each.addresses, withheld ? null : each.sentTo, withheld, withheld ? null : confirmationToken(this.config.SECRET, each.id).hash, now, new Date(now.getTime() + DAYS * 86_400_000), each.proven],
      )) as unknown[];
      if (made && !withheld) {
        await this.outbox.add(tx, [{ job: 'mail-customer', ticketId: null, refId: each.id, what: 'confirm-claim' }]);
      }
    }
  }

  /** What a link is about; null for one that is not ours. Looking uses nothing up. */
  async byToken(token: string): Promise<Confirmation | null> {
    return (await this.rows('where c.token_hash = $1', [createHash('sha256').update(token.slice(0, 200)).digest('hex')]))[0] ?? null;
  }

  /** The question to one account about one mail. */
  async of(inboundId: string, accountId: string): Promise<Confirmation | null> {
    return (await this.rows('where c.inbound_id = $1 and c.account_id = $2', [inboundId, accountId]))[0] ?? null;
  }

  /** Mails that wait for an account, newest first. */
  waiting(accountId: string): Promise<Confirmation[]> {
    return this.rows(`where c.account_id = $1 and c.answer is null and m.state = 'pending' order by c.created_at desc limit 50`, [accountId]);
  }

  /** Uses a question up, once, with its line in the audit. False when somebody was faster. */
  async answer(tx: EntityManager, confirmation: Confirmation, answer: 'confirmed' | 'refused', by: Actor, ticketId: string | null): Promise<boolean> {
    const [rows] = (await tx.query('update mail_confirmation set answer = $2, answered_at = $3, answered_by = $4 where id = $1 and answer is null returning id', [
      confirmation.id, answer, this.clock.now(), `${by.kind} ${by.id ?? ''}`.trim(),
    ])) as [unknown[], number];
    if (rows.length === 1) {
      await this.audit.record(tx, { ticketId, event: `mail_${answer}`, by, detail: { mail: confirmation.inboundId, account: confirmation.accountId } });
    }
    return rows.length === 1;
  }

  private async asksTooOften(tx: EntityManager, { account, proven }: Asked, now: Date): Promise<boolean> {
    const [sent] = (await tx.query(
      `select count(*) filter (where created_at > $2::timestamptz - interval '1 hour')::int as hour, count(*)::int as day
       from mail_confirmation where account_id = $1 and proven = $3 and sent_to is not null and created_at > $2::timestamptz - interval '1 day'`,
      [account.id, now, proven],
    )) as { hour: number; day: number }[];
    const { hour, day } = proven ? LINKS.proven : LINKS.strangers;
    return (sent?.hour ?? 0) >= hour || (sent?.day ?? 0) >= day;
  }

  private rows(where: string, values: unknown[]): Promise<Confirmation[]> {
    return this.source.query(`${SQL} ${where}`, values) as Promise<Confirmation[]>;
  }
}
