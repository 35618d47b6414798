import { Injectable } from '@nestjs/common';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { HandOver } from './hand-over.service';
import { MailService } from './mail.service';

const MINUTE = 60_000;
/** After each failed try, in minutes; the last one repeats until the mail is given up. */
const AGAIN_MINUTES = [0.25, 1, 5, 15, 60, 240];

/** Sends the mail that a transition asked for. */
@Injectable()
export class SendMailHandler {
  constructor(
    private readonly mail: MailService,
    private readonly handOver: HandOver,
  ) {}

  @Handles('mail-customer')
  async handle(row: OutboxMessage): Promise<HandlerResult> {
    const mail = await this.mail.prepare(row);
    if (mail === 'too_early') {
      return { retryInMs: 1000, why: 'The mail that it answers is still being read.' };
    }
    if (mail?.state !== 'pending' && mail?.state !== 'sending') {
      return mail ? 'done' : 'skipped';
    }
    const handed = await this.handOver.send(mail.id);
    if (handed === 'untrue') {
      return 'skipped';
    }
    if (handed === 'taken') {
      return { retryInMs: 1000, why: 'Another worker is sending it, or an earlier mail about its ticket.' };
    }
    const minutes = AGAIN_MINUTES[Math.min(handed.attempts, AGAIN_MINUTES.length) - 1] ?? 240;
    return handed.result === 'later' ? { retryInMs: minutes * MINUTE, why: handed.answer } : 'done';
  }
}
