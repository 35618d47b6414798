import { Injectable } from '@nestjs/common';
import { createHash, randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { OutboxService } from '../outbox/outbox.service';
import { Clock } from '../platform/clock';
import { Transactions } from '../platform/database/transactions';
import { InvalidInput, NotFound, TooLarge } from '../platform/http/errors';
import type { Door, InboundMail, InboundState, Understood } from './inbound-mail.entity';

export const MAIL_LIMIT = 25 * 1024 * 1024;

/** A mail as a door hands it over. */
export interface Delivered {
  door: Door;
  raw: Buffer;
  envelopeFrom?: string | null;
  recipient?: string | null;
  peerIp?: string | null;
  helo?: string | null;
}

/** How a mail ended. */
export interface Ending {
  state: Exclude<InboundState, 'stored'>;
  reason?: string | null;
  ticketId?: string | null;
  understood?: Understood | null;
}

/** What the API and the quarantine show of a mail. */
export interface MailSummary {
  id: string;
  state: InboundState;
  reason: string | null;
  /** reference of its ticket */
  ticket: string | null;
  door: Door;
  from: string | null;
  subject: string | null;
  messageId: string | null;
  size: number;
  receivedAt: Date;
}

const COLUMNS = `m.id, m.state, m.reason, t.ref as ticket, m.door, m.from_address as "from", m.subject, m.message_id as "messageId", m.size, m.received_at as "receivedAt"`;
const PAGE_AT_MOST = 200;

/** Every mail that came in, and the one state in which it ended. The only writer of inbound_mail. */
@Injectable()
export class MailboxService {
  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly outbox: OutboxService,
  ) {}

  /**
   * Stores a mail before anything is read of it, with the order to read it. Returns after the commit: only then may a door say yes.
   * @throws TooLarge above 25 MB, InvalidInput when it is empty
   */
  async store(mail: Delivered): Promise<{ id: string; state: InboundState }> {
    if (mail.raw.length === 0) {
      throw new InvalidInput([{ field: 'body', code: 'empty', message: 'Send the whole mail, header and body, as message/rfc822.' }]);
    }
    if (mail.raw.length > MAIL_LIMIT) {
      throw new TooLarge('A mail may have at most 25 MB.');
    }
    const id = randomUUID();
    await this.transactions.run(async (tx) => {
      await tx.query(
        `insert into inbound_mail (id, door, sha256, raw, size, envelope_from, recipient, peer_ip, helo, state, received_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'stored', $10)`,
        [id, mail.door, createHash('sha256').update(mail.raw).digest('hex'), mail.raw, mail.raw.length, plain(mail.envelopeFrom), plain(mail.recipient), mail.peerIp ?? null, plain(mail.helo), this.clock.now()],
      );
      await this.outbox.add(tx, [{ job: 'read-mail', ticketId: null, refId: id }]);
    });
    return { id, state: 'stored' };
  }

  /** @throws NotFound */
  async find(id: string): Promise<MailSummary> {
    const [mail] = (await this.source.query(`select ${COLUMNS} from inbound_mail m left join ticket t on t.id = m.ticket_id where m.id = $1`, [id])) as MailSummary[];
    if (!mail) {
      throw new NotFound('There is no such mail.');
    }
    return mail;
  }

  /** Newest first, by key. @param after id of the last mail of the page before */
  async list({ states, after, limit = 50 }: { states?: readonly InboundState[]; after?: string; limit?: number }): Promise<{ items: MailSummary[]; next: string | null }> {
    const size = Math.min(limit, PAGE_AT_MOST);
    const rows = (await this.source.query(
      `select ${COLUMNS} from inbound_mail m left join ticket t on t.id = m.ticket_id
       where ($1::text[] is null or m.state = any($1)) and ($2::uuid is null or (m.received_at, m.id) < (select received_at, id from inbound_mail where id = $2))
       order by m.received_at desc, m.id desc limit $3`,
      [states ?? null, after ?? null, size + 1],
    )) as MailSummary[];
    return { items: rows.slice(0, size), next: rows.length > size ? (rows[size - 1]?.id ?? null) : null };
  }

  /** The mail with its bytes, or null. */
  async load(id: string): Promise<InboundMail | null> {
    const [mail] = (await this.source.query(
      `select id, door, sha256, raw, size, envelope_from as "envelopeFrom", recipient, host(peer_ip) as "peerIp", helo, state, reason, ticket_id as "ticketId",
         message_id as "messageId", from_address as "fromAddress", subject, understood, received_at as "receivedAt", settled_at as "settledAt" from inbound_mail where id = $1`,
      [id],
    )) as InboundMail[];
    return mail ?? null;
  }

  /** The same bytes, delivered before: its ticket, or null for each part that is not there. By arrival, so that two at once agree. */
  async earlier(mail: InboundMail): Promise<{ ticketId: string | null } | null> {
    const [row] = (await this.source.query(
      `select ticket_id as "ticketId" from inbound_mail where sha256 = $1 and (received_at, id) < (select received_at, id from inbound_mail where id = $2) order by received_at, id limit 1`,
      [mail.sha256, mail.id],
    )) as { ticketId: string | null }[];
    return row ?? null;
  }

  /** What the header says of itself, for lists and threads. */
  async describe(id: string, what: { messageId: string | null; from: string | null; subject: string }): Promise<void> {
    await this.source.query(`update inbound_mail set message_id = $2, from_address = $3, subject = $4 where id = $1 and state = 'stored'`, [id, what.messageId, what.from?.slice(0, 320) ?? null, what.subject]);
  }

  /** Ends the reading of a mail; one that has ended already is left as it is. */
  async settle(id: string, ending: Ending, tx: EntityManager = this.source.manager): Promise<void> {
    await tx.query(`update inbound_mail set state = $2, reason = $3, ticket_id = $4, understood = $5, settled_at = now() where id = $1 and state = 'stored'`, [
      id, ending.state, ending.reason ?? null, ending.ticketId ?? null, ending.understood ? JSON.stringify(ending.understood) : null,
    ]);
  }
}

const plain = (text: string | null | undefined): string | null => text?.replace(/\u0000|\p{Surrogate}/gu, '\uFFFD').slice(0, 2000) ?? null;
