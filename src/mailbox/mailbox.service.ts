import { Injectable } from '@nestjs/common';
import { hash, randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { Sweep } from '../outbox/sweep';
import type { SessionFacts } from '../core/evidence/session-facts';
import { Clock } from '../platform/clock';
import { Transactions } from '../platform/database/transactions';
import { InvalidInput, NotFound, TooLarge } from '../platform/http/errors';
import type { Door, InboundMail, InboundState, Understood } from './inbound-mail.entity';
import { GatherMails, storeMails, type MailRow } from './store-mails';

export const MAIL_LIMIT = 25 * 1024 * 1024;

/** A mail as a door hands it over. */
export interface Delivered {
  door: Door;
  raw: Buffer;
  envelopeFrom?: string | null;
  recipient?: string | null;
  peerIp?: string | null;
  helo?: string | null;
  /** bytes of the whole mail, of which `raw` is the header alone: it passed the limit where it lies and cannot be taken */
  tooLarge?: number;
  session?: SessionFacts | null;
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
  private readonly gather: GatherMails;

  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly sweep: Sweep,
  ) {
    this.gather = new GatherMails(source, (work) => sweep.ring(work));
  }

  /**
   * Stores a mail before anything is read of it, with the order to read it. Returns after the commit: only then may a door say yes.
   * @param also what the door keeps in the same transaction, knowing the mail's id
   * @throws TooLarge above 25 MB, InvalidInput when it is empty
   */
  async store(mail: Delivered, also?: (tx: EntityManager, id: string) => Promise<void>): Promise<{ id: string; state: InboundState }> {
    if (mail.raw.length === 0) {
      throw new InvalidInput([{ field: 'body', code: 'empty', message: 'Send the whole mail, header and body, as message/rfc822.' }]);
    }
    if (mail.raw.length > MAIL_LIMIT) {
      throw new TooLarge('A mail may have at most 25 MB.');
    }
    const row: MailRow = {
      id: randomUUID(), door: mail.door, sha256: hash('sha256', mail.raw, 'hex'), raw: mail.raw, size: mail.tooLarge ?? mail.raw.length,
      envelopeFrom: plain(mail.envelopeFrom), recipient: plain(mail.recipient), peerIp: mail.peerIp ?? null, helo: plain(mail.helo), session: mail.session ?? null, receivedAt: this.clock.now(),
    };
    if (also) {
      const work = await this.transactions.run(async (tx) => {
        const orders = await storeMails(tx, [row]);
        if (mail.tooLarge) {
          await this.settle(row.id, { state: 'quarantined', reason: 'too_large' }, tx);
        }
        await also(tx, row.id);
        return orders;
      });
      this.sweep.ring(work);
    } else {
      await this.gather.store(row);
    }
    return { id: row.id, state: 'stored' };
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
      `select id, door, sha256, raw, size, envelope_from as "envelopeFrom", recipient, host(peer_ip) as "peerIp", helo, session, state, reason, ticket_id as "ticketId",
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
