import { Inject, Injectable } from '@nestjs/common';
import { classifyMail } from '../core/evidence/classify-mail';
import type { Mail } from '../core/evidence/mail';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { OutboxService } from '../outbox/outbox.service';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions } from '../platform/database/transactions';
import type { InboundMail } from './inbound-mail.entity';
import { MailClaims, type Later } from './mail-claims';
import { MailReader } from './mail-reader';
import { MailReplies } from './mail-replies';
import { MailboxService, type Ending } from './mailbox.service';
import { SenderProofs } from './sender-proof';
import { Unreadable } from './unreadable';

const AGAIN_SECONDS = [2, 5, 15, 60, 300];

/** Reads a stored mail and brings it to its one end. */
@Injectable()
export class ReadMailHandler {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly mailbox: MailboxService,
    private readonly reader: MailReader,
    private readonly claims: MailClaims,
    private readonly replies: MailReplies,
    private readonly proofs: SenderProofs,
    private readonly transactions: Transactions,
    private readonly outbox: OutboxService,
  ) {}

  @Handles('read-mail')
  async read(job: OutboxMessage): Promise<HandlerResult> {
    const row = await this.mailbox.load(job.refId ?? '');
    if (row?.state !== 'stored') {
      return 'skipped';
    }
    const ending = await this.end(row);
    if ('later' in ending) {
      return { retryAt: new Date(Date.now() + 1000 * (AGAIN_SECONDS[job.attempts - 1] ?? 300)), why: ending.later };
    }
    await this.transactions.run(async (tx) => {
      await this.mailbox.settle(row.id, ending, tx);
      if (ending.reason === 'test_message') {
        await this.outbox.add(tx, [{ job: 'check-test-message', ticketId: null, refId: row.id }]);
      }
      if (ending.tell) {
        await this.outbox.add(tx, [{ job: 'mail-customer', ticketId: null, refId: row.id, what: 'not-verified' }]);
      }
    });
    return 'done';
  }

  private async end(row: InboundMail): Promise<(Ending & { tell?: boolean }) | Later> {
    const earlier = await this.mailbox.earlier(row);
    if (earlier) {
      return { state: 'duplicate', reason: 'same_bytes', ticketId: earlier.ticketId };
    }
    const mail = await this.reader.read(row.raw);
    if (mail instanceof Unreadable) {
      return { state: 'quarantined', reason: mail.reason };
    }
    await this.mailbox.describe(row.id, { messageId: mail.messageId, from: mail.from[0] ?? null, subject: mail.subject });
    return this.route(row, mail);
  }

  /** Machines first: neither a bounce nor an automatic answer is ever a claim, whatever address it was sent to. */
  private async route(row: InboundMail, mail: Mail): Promise<(Ending & { tell?: boolean }) | Later> {
    const thread = await this.replies.thread(row, mail);
    if (thread !== null && thread !== 'dead' && 'test' in thread) {
      return { state: 'automatic', reason: 'test_message', ticketId: thread.test.ticketId };
    }
    const kind = classifyMail(mail, row.envelopeFrom, this.ownAddresses());
    const bounced = thread !== null && thread !== 'dead' && 'bounced' in thread;
    if (bounced || kind?.state === 'bounce') {
      return this.replies.bounced(row, mail, bounced ? thread.bounced : null, kind?.reason ?? 'looks_like_a_bounce');
    }
    if (kind) {
      return { ...kind, ticketId: thread !== null && thread !== 'dead' ? thread.ticket.id : null };
    }
    if (thread === 'dead') {
      return { state: 'quarantined', reason: 'dead_address' };
    }
    const proof = await this.proofs.of(row, mail);
    return thread ? this.replies.take(row, mail, thread.ticket, proof) : this.claims.read(row, mail, proof);
  }

  private ownAddresses(): string[] {
    const from = /<([^>]+)>/.exec(this.config.MAIL_FROM)?.[1] ?? this.config.MAIL_FROM;
    return [from.trim().toLowerCase(), `unblock@${this.config.MAIL_DOMAIN.toLowerCase()}`];
  }
}
