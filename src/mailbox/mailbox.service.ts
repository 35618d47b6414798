import { Injectable } from '@nestjs/common';
import { hash } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { Sweep } from '../outbox/sweep';
import type { SessionFacts } from '../core/evidence/session-facts';
import { Clock } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import { InvalidInput, NotFound, TooLarge } from '../platform/http/errors';
import { newId } from '../platform/uuid';
import type { Door, InboundMail, InboundState, Understood } from './inbound-mail.entity';
import { GatherLoads, GatherSettles, SETTLE, settleRow, type LoadedMail } from './mail-rows';
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
  private readonly loads: GatherLoads;
  private readonly settles: GatherSettles;

  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly sweep: Sweep,
  ) {
    this.gather = new GatherMails(source, (work) => sweep.ring(work));
    this.loads = new GatherLoads(source);
    this.settles = new GatherSettles(source);
  }

  /**
   * Stores a mail before anything is read of it, with the order to read it. Returns after the commit: only then may a door say yes.
   * @param also what the door keeps in the same transaction, knowing the mail's id
   * @throws TooLarge above 25 MB, InvalidInput when it is empty
   */
  async store(mail: Delivered, also?: AlsoKept<string>): Promise<{ id: string; state: InboundState }> {
    if (mail.raw.length === 0) {
      throw new InvalidInput([{ field: 'body', code: 'empty', message: 'Send the whole mail, header and body, as message/rfc822.' }]);
    }
    if (mail.raw.length > MAIL_LIMIT) {
      throw new TooLarge('A mail may have at most 25 MB.');
    }
    crashPoint('mailbox.before-store');
    const row: MailRow = {
      id: newId(), door: mail.door, sha256: hash('sha256', mail.raw, 'hex'), raw: mail.raw, size: mail.tooLarge ?? mail.raw.length,
      envelopeFrom: plain(mail.envelopeFrom), recipient: plain(mail.recipient), peerIp: mail.peerIp ?? null, helo: plain(mail.helo), session: mail.session ?? null, receivedAt: this.clock.now(),
    };
    if (also) {
      const work = await this.transactions.run(async (tx) => {
        const orders = await storeMails(tx, [row]);
        if (mail.tooLarge) {
          await this.settle({ id: row.id, messageId: null, fromAddress: null, subject: null }, { state: 'quarantined', reason: 'too_large' }, tx);
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
  async find(id: string, tx: EntityManager = this.source.manager): Promise<MailSummary> {
    const [mail] = (await tx.query(`select ${MAIL_COLUMNS} from inbound_mail m left join ticket t on t.id = m.ticket_id where m.id = $1`, [id])) as MailSummary[];
    if (!mail) {
      throw new NotFound('There is no such mail.');
    }
    return mail;
  }

  /** The mail with its bytes, or null, for as long as `use` takes: of the large ones one at a time is in memory. */
  loaded<T>(id: string, use: (mail: LoadedMail | null) => Promise<T>): Promise<T> {
    return this.loads.loaded(id, use);
  }

  /** The mail with its bytes, or null. */
  load(id: string): Promise<LoadedMail | null> {
    return this.loads.whole(id);
  }

  /** What the header says of itself, for lists and threads, while its end is not known. */
  async describe({ id, messageId, fromAddress, subject }: Pick<InboundMail, 'id' | 'messageId' | 'fromAddress' | 'subject'>): Promise<void> {
    await this.source.query(`update inbound_mail set message_id = $2, from_address = $3, subject = $4 where id = $1 and state = 'stored'`, [id, messageId, fromAddress?.slice(0, 320) ?? null, subject]);
  }

  /** Ends the reading of a mail; one that has ended already is left as it is. Without a transaction it shares the statement of others. */
  async settle(mail: Pick<InboundMail, 'id' | 'messageId' | 'fromAddress' | 'subject'>, ending: Ending, tx?: EntityManager): Promise<void> {
    const { id, messageId, fromAddress, subject } = mail;
    const settled = { id, messageId, fromAddress, subject, ...ending };
    await (tx ? tx.query(SETTLE, [JSON.stringify([settleRow(settled)]), [id]]) : this.settles.ask(settled));
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
