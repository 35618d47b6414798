import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { classifyMail } from '../core/evidence/classify-mail';
import type { Mail } from '../core/evidence/mail';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { OutboxService } from '../outbox/outbox.service';
import { CONFIG, type Config } from '../platform/config/config';
import { crashPoint } from '../platform/crash-points';
import { Transactions } from '../platform/database/transactions';
import { Confirmations } from './confirmations.service';
import type { InboundMail } from './inbound-mail.entity';
import { MailBounces } from './mail-bounces';
import { MailClaims, type Later, type Outcome } from './mail-claims';
import { MailQuestions } from './mail-questions';
import { MailReader } from './mail-reader';
import { MailReplies, type Thread } from './mail-replies';
import type { LoadedMail } from './mail-rows';
import { MailboxService } from './mailbox.service';
import { SenderProofs, type SenderProof } from './sender-proof';
import { Unreadable } from './unreadable';

const AGAIN_SECONDS = [2, 5, 15, 60, 300];

/** Reads a stored mail and brings it to its one end. */
@Injectable()
export class ReadMailHandler {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly mailbox: MailboxService,
    private readonly reader: MailReader,
    private readonly claims: MailClaims,
    private readonly questions: MailQuestions,
    private readonly replies: MailReplies,
    private readonly bounces: MailBounces,
    private readonly proofs: SenderProofs,
    private readonly confirmations: Confirmations,
    private readonly transactions: Transactions,
    private readonly outbox: OutboxService,
  ) {}

  @Handles('read-mail')
  read(job: OutboxMessage): Promise<HandlerResult> {
    return this.mailbox.loaded(job.refId ?? '', (row) => this.readRow(job, row));
  }

  private async readRow(job: OutboxMessage, row: LoadedMail | null): Promise<HandlerResult> {
    if (row?.state !== 'stored') {
      return 'skipped';
    }
    const ending = await this.end(Object.assign(row, { firstReading: job.attempts === 1 && row.handledBy === null }));
    if ('later' in ending) {
      await this.mailbox.describe(row);
      return { retryInMs: 1000 * (AGAIN_SECONDS[job.attempts - 1] ?? 300), why: ending.later };
    }
    const what = ending.tell ? 'not-verified' : ending.understood?.question ? 'mail-question' : null;
    if (what === null && (ending.asks ?? []).length === 0 && ending.reason !== 'test_message') {
      crashPoint('mailbox.before-settle');
      await this.mailbox.settle(row, ending);
    } else {
      await this.settleWithWork(row, ending, what);
    }
    crashPoint('mailbox.settled');
    return 'done';
  }

  /** The end of a mail that somebody has to hear of, with the order to tell them. */
  private async settleWithWork(row: InboundMail, ending: Outcome, what: 'not-verified' | 'mail-question' | null): Promise<void> {
    const asked = await this.confirmations.prepare(ending.asks ?? []);
    await this.transactions.run(async (tx) => {
      await this.mailbox.settle(row, ending, tx);
      if (ending.reason === 'test_message') {
        await this.outbox.add(tx, [{ job: 'check-test-message', ticketId: null, refId: row.id }]);
      }
      await this.confirmations.keep(tx, row.id, asked);
      if (what) {
        await this.outbox.add(tx, [{ job: 'mail-customer', ticketId: null, refId: row.id, what }]);
      }
      crashPoint('mailbox.before-settle');
    });
  }

  private async end(row: LoadedMail): Promise<Outcome | Later> {
    if (row.handledBy === null && row.cameBefore) {
      return { state: 'duplicate', reason: 'same_bytes', ticketId: row.earlierTicketId };
    }
    const mail = await this.reader.read(row.raw);
    if (mail instanceof Unreadable) {
      return { state: 'quarantined', reason: mail.reason };
    }
    // Written down with the end of the mail, or as soon as its end has to wait.
    Object.assign(row, { messageId: mail.messageId, fromAddress: mail.from[0] ?? null, subject: mail.subject });
    return this.route(row, mail);
  }

  /** Machines first: neither a bounce nor an automatic answer is ever a claim, whatever address it was sent to. */
  private async route(row: InboundMail, mail: Mail): Promise<Outcome | Later> {
    const thread = await this.replies.thread(row, mail);
    if (thread !== null && thread !== 'dead' && 'test' in thread) {
      return { state: 'automatic', reason: 'test_message', ticketId: thread.test.ticketId };
    }
    // A person of the desk looked at it and said: read it as a letter.
    const kind = row.handledBy === null ? (classifyMail(mail, row.envelopeFrom, this.ownAddresses()) ?? (await this.ourOwn(mail))) : null;
    const bounced = thread !== null && thread !== 'dead' && 'bounced' in thread;
    if (kind?.state === 'bounce' || (bounced && kind?.state !== 'automatic')) {
      return this.bounces.take(row, mail, bounced ? thread.bounced : null, kind?.reason ?? 'looks_like_a_bounce');
    }
    const proof = kind && kind.reason !== 'report' ? 'unproven' : await this.proofs.of(row, mail);
    // A complaint report (RFC 5965) that a known contact sends on is a claim; every other machine is left alone.
    if (kind && !(kind.reason === 'report' && proof !== 'unproven' && thread === null && mail.attachments.some((part) => part.type === 'message/feedback-report'))) {
      return { ...kind, ticketId: ticketOf(thread) };
    }
    if (thread === 'dead') {
      return { state: 'quarantined', reason: 'dead_address' };
    }
    const outcome = await this.letter(row, mail, thread, proof);
    return kind && !('later' in outcome) && outcome.state !== 'ticket' ? kind : outcome;
  }

  private async letter(row: InboundMail, mail: Mail, thread: Exclude<Thread, 'dead'>, proof: SenderProof): Promise<Outcome | Later> {
    const taken = thread && 'ticket' in thread ? await this.replies.take(row, mail, thread, proof) : null;
    const outcome = taken ?? (thread && 'question' in thread ? await this.questions.answer(row, mail, thread.question, proof) : await this.claims.read(row, mail, proof));
    if ('later' in outcome || outcome.state !== 'pending' || row.handledBy !== null || !(await this.tooMany(row.id, mail))) {
      return outcome;
    }
    return { ...outcome, state: 'quarantined', reason: 'over_limit', tell: false, asks: [], understood: outcome.understood ? { ...outcome.understood, question: null } : null };
  }

  /** Whoever sends more than this an hour that opens nothing is answered and passed on no more: each mail is kept, and says so. */
  private async tooMany(id: string, mail: Mail): Promise<boolean> {
    const [row] = (await this.source.query(
      `select count(*)::int as n from (select 1 from inbound_mail where lower(from_address) = lower($1) and received_at > now() - interval '1 hour' and id <> $3 limit $2) m`,
      [mail.from[0] ?? '', this.config.MAIL_PER_SENDER, id],
    )) as { n: number }[];
    return (row?.n ?? 0) >= this.config.MAIL_PER_SENDER;
  }

  /** A mail of ours that comes back as it went out, whatever its sender says now (RFC 3834 §2). */
  private async ourOwn(mail: Mail): Promise<{ state: 'automatic'; reason: string } | null> {
    const [row] = mail.messageId?.toLowerCase().endsWith(`@${this.config.MAIL_DOMAIN.toLowerCase()}`)
      ? ((await this.source.query('select 1 from mail_delivery where message_id = $1', [mail.messageId])) as unknown[])
      : [];
    return row ? { state: 'automatic', reason: 'own_mail' } : null;
  }

  private ownAddresses(): string[] {
    const from = /<([^>]+)>/.exec(this.config.MAIL_FROM)?.[1] ?? this.config.MAIL_FROM;
    return [from.trim().toLowerCase(), `unblock@${this.config.MAIL_DOMAIN.toLowerCase()}`];
  }
}

const ticketOf = (thread: Thread): string | null =>
  thread === null || thread === 'dead' ? null : 'ticket' in thread && thread.sure ? thread.ticket.id : 'bounced' in thread ? (thread.bounced?.ticketId ?? null) : null;
