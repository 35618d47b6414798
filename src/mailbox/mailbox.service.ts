import { Injectable } from '@nestjs/common';
import { hash, randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { Sweep } from '../outbox/sweep';
import type { SessionFacts } from '../core/evidence/session-facts';
import { Clock } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
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

export const MAIL_COLUMNS = `m.id, m.state, m.reason, t.ref as ticket, m.door, m.from_address as "from", m.subject, m.message_id as "messageId", m.size, m.received_at as "receivedAt"`;

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
    crashPoint('mailbox.before-store');
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
    crashPoint('mailbox.stored');
    return { id: row.id, state: 'stored' };
  }

  /** @throws NotFound */
  async find(id: string): Promise<MailSummary> {
    const [mail] = (await this.source.query(`select ${MAIL_COLUMNS} from inbound_mail m left join ticket t on t.id = m.ticket_id where m.id = $1`, [id])) as MailSummary[];
    if (!mail) {
      throw new NotFound('There is no such mail.');
    }
    return mail;
  }

  /** The mail with its bytes, or null. */
  async load(id: string): Promise<InboundMail | null> {
    const [mail] = (await this.source.query(
      `select id, door, sha256, raw, size, envelope_from as "envelopeFrom", recipient, host(peer_ip) as "peerIp", helo, session, state, reason, ticket_id as "ticketId",
         message_id as "messageId", from_address as "fromAddress", subject, understood, received_at as "receivedAt", settled_at as "settledAt",
         handled_by as "handledBy", handled_note as "handledNote", handled_at as "handledAt" from inbound_mail where id = $1`,
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

  /**
   * Moves a mail on that had waited, because its account or the staff said so. False when it waits no more: nothing is done twice.
   * @param by who of the staff, and why; left out where the account itself spoke
   */
  async goOn(tx: EntityManager, id: string, ending: Ending, by: { name: string; note: string | null } | null = null): Promise<boolean> {
    const [rows] = (await tx.query(
      `update inbound_mail set state = $2, reason = $3, ticket_id = coalesce($4, ticket_id), settled_at = now(),
         handled_by = coalesce($5, handled_by), handled_note = coalesce($6, handled_note), handled_at = case when $5::text is null then handled_at else now() end
       where id = $1 and state in ('pending', 'quarantined') returning id`,
      [id, ending.state, ending.reason ?? null, ending.ticketId ?? null, by?.name ?? null, by?.note ?? null],
    )) as [unknown[], number];
    return rows.length === 1;
  }

  /** Lets a mail be read again from its bytes, because the staff said so; the order to read it is the caller's. False when it is being read or has become something. */
  async again(tx: EntityManager, id: string, by: { name: string; note: string | null }): Promise<boolean> {
    const [rows] = (await tx.query(
      `update inbound_mail set state = 'stored', handled_by = $2, handled_note = $3, handled_at = now() where id = $1 and state in ('pending', 'quarantined', 'automatic') returning id`,
      [id, by.name, by.note],
    )) as [unknown[], number];
    return rows.length === 1;
  }
}

const plain = (text: string | null | undefined): string | null => text?.replace(/\u0000|\p{Surrogate}/gu, '\uFFFD').slice(0, 2000) ?? null;
