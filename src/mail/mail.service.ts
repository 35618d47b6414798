import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DataSource, type EntityManager } from 'typeorm';
import { AddressTokens } from '../auth/address-tokens.service';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { crashPoint } from '../platform/crash-points';
import { ROOT } from '../platform/root';
import { TicketsService } from '../tickets/tickets.service';
import { compose, oneAddress, type Signer } from './compose';
import { Courier } from './courier';
import { isStillTrue } from './is-still-true';
import { MailDelivery, type DeliveryState } from './mail-delivery.entity';
import { MailFactsReader } from './mail-facts';
import { GatherGrounds } from './mail-grounds';
import { countedWith, heldBack, oneAtATime } from './mail-limits';
import { SYSTEM } from '../audit/actor';
import { MessagesService } from '../evidence/messages.service';
import { GatherDeliveries, GatherSentBefore, keepMails, sentBefore, type Made, type SentBefore } from './mail-rows';
import { ticketMail } from './models';
import { AUTO_SUBMITTED, TICKET_MAILS, type MailTemplate, type TicketMail } from './mail-templates';
import { plainMailOf, type Letter } from './plain-mails';
import { mailRenderer, type RenderMail } from './render';
import { SentLedger } from './sent-ledger';

const DAY = 86_400_000;
/** So long a customer may answer to the ticket's address. */
const ANSWER_DAYS = 180;
/** A ticket that a mail opened is there a moment before the mail names it; its acknowledgement must answer that mail. */
const MAIL_KNOWN_MS = 30_000;
/** The first mails, so that a customer sees what we read out of theirs. */
const PLAYS_BACK: TicketMail[] = ['received', 'evidence-needed'];

type Kept = Pick<MailDelivery, 'id' | 'state'>;
type Runner = Pick<EntityManager, 'query'>;

/** The voice of the desk: each mail is rendered once and kept; `HandOver` sends it. */
@Injectable()
export class MailService {
  private readonly render: RenderMail = mailRenderer(join(ROOT, 'templates'));
  private readonly grounds: GatherGrounds;
  private readonly deliveries: GatherDeliveries;
  private readonly sentBefore: GatherSentBefore;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly tickets: TicketsService,
    private readonly facts: MailFactsReader,
    private readonly tokens: AddressTokens,
    private readonly courier: Courier,
    private readonly messages: MessagesService,
    private readonly ledger: SentLedger,
  ) {
    this.grounds = new GatherGrounds(source);
    this.deliveries = new GatherDeliveries(source);
    this.sentBefore = new GatherSentBefore(source);
  }

  /**
   * The mail that an outbox row asks for: made at the first call, found again at every other. Null when it is no longer true, `too_early`
   * while what it answers is not known yet.
   */
  async prepare(row: OutboxMessage): Promise<Kept | 'too_early' | null> {
    const made = row.attempts > 1 ? await this.source.getRepository(MailDelivery).findOneBy({ outboxId: row.id }) : null;
    if (made) {
      return made;
    }
    const letter = row.ticketId ? await this.aboutTicket(row.what as TicketMail, row) : await plainMailOf(row.what as MailTemplate, row, { config: this.config, source: this.source, tokens: this.tokens, now: this.clock.now() });
    if (!letter || letter === 'too_early') {
      return letter;
    }
    const kept = await this.keep(letter, row);
    crashPoint('mail.kept');
    return kept ?? this.source.getRepository(MailDelivery).findOneByOrFail({ outboxId: row.id });
  }

  private async aboutTicket(template: TicketMail, row: OutboxMessage): Promise<Letter | 'too_early' | null> {
    const ticket = await this.tickets.find(row.ticketId ?? '');
    if (!TICKET_MAILS.includes(template) || !isStillTrue(template, ticket.state)) {
      return null;
    }
    const grounds = await this.grounds.ask({ ticket: ticket.id, decision: ticket.decisionId, first: ticket.channel === 'mail' && PLAYS_BACK.includes(template) });
    const references = grounds.ids.toReversed();
    if (ticket.channel === 'mail' && references.length === 0 && this.clock.now().getTime() - ticket.createdAt.getTime() < MAIL_KNOWN_MS) {
      return 'too_early';
    }
    return {
      template, to: ticket.accountEmail, replyTo: this.tokens.address('unblock', ticket.ref, this.inDays(ANSWER_DAYS)), references,
      answersMail: ticket.channel === 'mail', language: ticket.language, model: ticketMail(template, await this.facts.of(ticket, template, row.refId, grounds)),
    };
  }

  /** @returns the mail, or null when another worker has just kept it */
  private async keep(letter: Letter, row: OutboxMessage): Promise<Kept | null> {
    const id = randomUUID();
    const now = this.clock.now();
    const mail = this.render(letter.template, letter.model, letter.language);
    const to = oneAddress(letter.to);
    const raw = to
      ? await compose(mail, {
          id, domain: this.config.MAIL_DOMAIN, from: this.config.MAIL_FROM, to, replyTo: letter.replyTo, date: now, references: letter.references,
          autoSubmitted: AUTO_SUBMITTED[letter.template],
        }, this.signer())
      : Buffer.alloc(0);
    const asked = { to: letter.to, templates: countedWith(letter), ticketId: row.ticketId };
    const before = await this.sentBefore.ask(asked);
    const left = before.remembers ? await this.ledger.leftBefore(row.id, row.ticketId, letter.template) : null;
    const again = left ? `It left at ${left.toISOString()}, before the database was restored from a backup.` : null;
    const judge = async (runner: Runner, sent: SentBefore): Promise<Made> => {
      const held = again ?? (to ? await heldBack(runner, letter, sent, row.ticketId) : null);
      const [state, why]: [DeliveryState, string | null] = !to
        ? ['failed', 'The account has no usable e-mail address.']
        : held ? ['suppressed', held] : this.courier.canSend ? ['pending', null] : ['kept', 'No mail server is set (SMTP_URL).'];
      return {
        id, ticketId: row.ticketId, outboxId: row.id, template: letter.template, recipient: letter.to.slice(0, 320), subject: mail.subject, messageId: `${id}@${this.config.MAIL_DOMAIN}`, raw, state, lastAnswer: why, createdAt: now,
      };
    };
    const lock = oneAtATime(letter);
    // Two workers at once: the first one's mail is the mail.
    const kept = lock ? await this.source.transaction(async (tx) => {
      await tx.query('select pg_advisory_xact_lock(hashtext($1))', [lock]);
      const judged = await judge(tx, (await sentBefore(tx, [asked]))[0] ?? before);
      return (await keepMails(tx, [judged])).has(id) ? judged : null;
    }) : await judge(this.source, before).then(async (judged) => ((await this.deliveries.ask(judged)) ? judged : null));
    // What was not sent is seen where it is missed: the mail stays with the others, and the ticket says it.
    if (kept?.state === 'suppressed' && row.ticketId) {
      await this.messages.add(row.ticketId, SYSTEM, `Not sent to ${letter.to}: “${mail.subject}”. ${kept.lastAnswer ?? ''}`, { channel: 'mail', internal: true });
    }
    return kept;
  }

  /** The key of the settings; without a domain of its own it signs for the domain that the From line names. */
  private signer(): Signer | null {
    const { DKIM_KEY, DKIM_SELECTOR, DKIM_DOMAIN, MAIL_FROM, MAIL_DOMAIN } = this.config;
    const domain = DKIM_DOMAIN ?? /@([^\s@<>]+?)>?\s*$/.exec(MAIL_FROM)?.[1] ?? MAIL_DOMAIN;
    return DKIM_KEY && DKIM_SELECTOR ? { domain, selector: DKIM_SELECTOR, key: DKIM_KEY } : null;
  }

  private inDays(days: number): Date {
    return new Date(this.clock.now().getTime() + days * DAY);
  }
}
