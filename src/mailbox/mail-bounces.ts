import { Injectable } from '@nestjs/common';
import { SYSTEM } from '../audit/actor';
import type { Mail } from '../core/evidence/mail';
import { readBounce } from '../core/evidence/read-bounce';
import { MessagesService } from '../evidence/messages.service';
import { OutboxService } from '../outbox/outbox.service';
import { Transactions } from '../platform/database/transactions';
import type { InboundMail, Understood } from './inbound-mail.entity';
import type { SentMail } from './mail-replies';
import { MailboxService, type Ending } from './mailbox.service';

/** What a person reads on the ticket. */
const SAYS = { hard: 'came back for good', soft: 'is late, or could not be delivered for now', unclear: 'was answered by a mail server' } as const;

/** Ties a report to the mail of ours that it is about. Only the address that we made for that mail does so: what a report says of itself ties nothing. */
@Injectable()
export class MailBounces {
  constructor(
    private readonly messages: MessagesService,
    private readonly outbox: OutboxService,
    private readonly transactions: Transactions,
    private readonly mailbox: MailboxService,
  ) {}

  /** Tells staff on the ticket; a failure for good stops mail to that address. Moves no ticket, and nobody is answered. */
  async take(row: InboundMail, mail: Mail, sent: SentMail | null, reason: string): Promise<Ending> {
    const { verdict, status, says } = readBounce(mail);
    const understood: Understood | null = sent && {
      ips: [], kind: null, claim: null, blockTime: null, evidence: [], references: [], sender: mail.from[0] ?? '', bounce: { deliveryId: sent.id, hard: verdict === 'hard', status, says },
    };
    const ending: Ending = { state: 'bounce', reason: sent && verdict !== 'hard' ? (verdict === 'soft' ? 'not_for_good' : reason) : reason, ticketId: sent?.ticketId ?? null, understood };
    await this.transactions.run(async (tx) => {
      if (sent?.ticketId) {
        await this.messages.add(sent.ticketId, SYSTEM, `A mail to ${sent.recipient} ${SAYS[verdict]}${says ? `: ${says}` : '.'}`, { channel: 'mail', internal: true }, tx);
      }
      if (sent && verdict === 'hard') {
        await this.outbox.add(tx, [{ job: 'note-bounce', ticketId: sent.ticketId, refId: row.id }]);
      }
      await this.mailbox.settle(row, ending, tx);
    });
    return ending;
  }
}
