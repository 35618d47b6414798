import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AddressTokens } from '../auth/address-tokens.service';
import type { State } from '../core/ticket/states';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { crashPoint } from '../platform/crash-points';
import { Courier, type Handed } from './courier';
import { isStillTrue } from './is-still-true';
import type { DeliveryState } from './mail-delivery.entity';
import { MailStops } from './mail-stops.service';
import { AUTO_SUBMITTED, TICKET_MAILS, type MailTemplate, type TicketMail } from './mail-templates';
import { SentLedger } from './sent-ledger';

const DAY = 86_400_000;
/** A mail server that does not take a mail for so long will not take it (RFC 5321 §4.5.4.1 asks for four to five days). */
const GIVE_UP_DAYS = 4;
const LEASE_SECONDS = 60;
/** A bounce is told to us within so many days. */
const BOUNCE_DAYS = 30;

/**
 * Takes a mail that is nobody's at the moment. What a ticket said first arrives first: one that was kept earlier and is on its way, or has never been
 * tried and was kept within a minute, goes before it. One that failed is not waited for.
 */
const TAKE = `with mine as (update mail_delivery m set state = 'sending', attempts = attempts + 1, lease_until = now() + make_interval(secs => $2)
    where id = $1 and (state = 'pending' or (state = 'sending' and lease_until < now()))
      and not exists (select from mail_delivery e where e.ticket_id = m.ticket_id and e.id <> m.id and (e.created_at, e.id) < (m.created_at, m.id)
        and case e.state when 'sending' then e.lease_until > now() when 'pending' then e.attempts = 0 and e.created_at > now() - interval '1 minute' else false end)
    returning id, template, recipient, raw, attempts, created_at as "createdAt", outbox_id as "outboxId", ticket_id as "ticketId")
  select mine.*, (select state from ticket where id = mine."ticketId") as "ticketState" from mine`;

interface Taken { template: MailTemplate; recipient: string; raw: Buffer; attempts: number; createdAt: Date; outboxId: string; ticketId: string | null; ticketState: State | null }

/** `attempts`: how often it was handed over, this time included. */
export type HandedOver = Handed & { attempts: number };

/** Hands kept mails to the mail server until they are taken or refused. */
@Injectable()
export class HandOver {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly tokens: AddressTokens,
    private readonly courier: Courier,
    private readonly stops: MailStops,
    private readonly ledger: SentLedger,
  ) {}

  /**
   * @returns what the mail server said; `taken` when it is settled, in another worker's hands, or behind an earlier mail of its ticket;
   * `untrue` when its ticket has moved on, so that it is not sent
   */
  async send(id: string): Promise<HandedOver | 'taken' | 'untrue'> {
    const handed = await this.courier.inTurn(() => this.take(id));
    return handed ?? { result: 'later', answer: 'The desk is being restarted.', attempts: 1 };
  }

  private async take(id: string): Promise<HandedOver | 'taken' | 'untrue'> {
    const [mail] = (await this.source.query(TAKE, [id, LEASE_SECONDS])) as Taken[];
    if (!mail) {
      return 'taken';
    }
    const { template, ticketState, attempts } = mail;
    if (ticketState && TICKET_MAILS.includes(template as TicketMail) && !isStillTrue(template as TicketMail, ticketState)) {
      await this.settle(id, 'suppressed', 'Its ticket had moved on before it was sent.');
      return 'untrue';
    }
    crashPoint('mail.before-send');
    const handed = await this.courier.hand(mail.raw, this.reversePath(id, template), mail.recipient);
    if (handed.result === 'sent') {
      await this.ledger.note({ outbox: mail.outboxId, ticket: mail.ticketId, template }, this.clock.now());
    }
    crashPoint('mail.sent');
    const tooLong = this.clock.now().getTime() - mail.createdAt.getTime() > GIVE_UP_DAYS * DAY;
    const state = handed.result === 'sent' ? 'sent' : handed.result === 'refused' || tooLong ? 'failed' : 'pending';
    await this.settle(id, state, handed.answer);
    if (handed.result === 'refused') {
      await this.stops.refused(id, mail.recipient, handed.answer);
    }
    crashPoint('mail.committed');
    return { ...handed, result: state === 'failed' ? 'refused' : handed.result, attempts };
  }

  private async settle(id: string, state: DeliveryState, answer: string): Promise<void> {
    await this.source.query(
      `update mail_delivery set state = $2, last_answer = left($3, 1000), lease_until = null, sent_at = case when $2 = 'sent' then now() end where id = $1 and state = 'sending'`,
      [id, state, answer],
    );
  }

  /** An answer to an automatic answer goes nowhere; the bounce of every other mail comes back to an address that names it (VERP). */
  private reversePath(id: string, template: MailTemplate): string {
    const until = new Date(this.clock.now().getTime() + BOUNCE_DAYS * DAY);
    return AUTO_SUBMITTED[template] === 'auto-replied' ? '' : this.tokens.address('bounce', id.replaceAll('-', ''), until);
  }
}
