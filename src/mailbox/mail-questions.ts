import { Injectable } from '@nestjs/common';
import type { Actor } from '../audit/actor';
import type { Mail } from '../core/evidence/mail';
import type { MailClaim } from '../core/evidence/mail-claim';
import { ownWords } from '../core/evidence/own-words';
import { MessagesService } from '../evidence/messages.service';
import { Transactions } from '../platform/database/transactions';
import type { InboundMail, Question } from './inbound-mail.entity';
import { MailClaims, type Later, type Outcome } from './mail-claims';
import { MailReader } from './mail-reader';
import { MailboxService } from './mailbox.service';
import type { SenderProof } from './sender-proof';
import { Unreadable } from './unreadable';

/** "2", "the second one", "no. 2" in an answer of few words. */
const ORDINALS: [RegExp, number][] = [
  [/\b(?:first|erste[rsn]?|premi[eè]re?|primer[oa]?)\b/i, 1], [/\b(?:second|zweite[rsn]?|deuxi[eè]me|segund[oa])\b/i, 2], [/\b(?:third|dritte[rsn]?|troisi[eè]me|tercer[oa]?)\b/i, 3],
];
const SHORT = 200;

/** Puts an answer to "which one?" together with the mail that left it open. */
@Injectable()
export class MailQuestions {
  constructor(
    private readonly mailbox: MailboxService,
    private readonly reader: MailReader,
    private readonly claims: MailClaims,
    private readonly messages: MessagesService,
    private readonly transactions: Transactions,
  ) {}

  /** @param askedId the mail that we asked about. Somebody else's answer, or one that comes too late, speaks for itself */
  async answer(row: InboundMail, mail: Mail, askedId: string, proof: SenderProof): Promise<Outcome | Later> {
    const asked = await this.mailbox.load(askedId);
    const question = asked?.understood?.question;
    const first = asked && question && ['pending', 'quarantined'].includes(asked.state) ? await this.reader.read(asked.raw) : null;
    const same = first && !(first instanceof Unreadable) && mail.from.length === 1 && first.from[0]?.toLowerCase() === mail.from[0]?.toLowerCase();
    if (!asked || !question || !same || proof === 'unproven') {
      return this.claims.read(row, mail, proof);
    }
    const claim = together(this.claims.claimOf(first), this.claims.claimOf({ ...mail, text: ownWords(mail.text) }), question, ownWords(mail.text));
    const outcome = await this.claims.decide(asked, claim, proof);
    if ('later' in outcome || outcome.state !== 'ticket' || !outcome.ticketId) {
      return outcome;
    }
    const { ticketId } = outcome;
    const by: Actor = { kind: 'customer', id: null, name: mail.from[0] ?? '' };
    await this.transactions.run(async (tx) => {
      if (await this.mailbox.goOn(tx, asked.id, { state: 'ticket', reason: 'answered', ticketId })) {
        await this.messages.add(ticketId, by, mail.text.trim() || '(no text)', { channel: 'mail', whole: true }, tx);
      }
      await this.mailbox.settle(row, { state: 'reply', reason: null, ticketId }, tx);
    });
    return { state: 'reply', reason: null, ticketId };
  }
}

/** The claim of both mails; where they differ, the answer counts. */
function together(first: MailClaim, answer: MailClaim, question: Question, words: string): MailClaim {
  const chosen = question.blocks[numberIn(words, question.blocks.length) - 1];
  const at = chosen && new Date(chosen.blockedAt);
  return {
    ...first,
    ips: chosen ? [chosen.ip] : answer.ips.length > 0 ? answer.ips : first.ips,
    kind: chosen?.kind ?? answer.kind ?? first.kind,
    claim: first.claim ?? answer.claim,
    blockTime: at && chosen ? { from: new Date(at.getTime() - 1000), to: new Date(at.getTime() + 1000), exact: true, text: chosen.blockedAt } : (answer.blockTime ?? first.blockTime),
    evidence: { ...answer.evidence, ...first.evidence, ...(answer.evidence.headers && !first.evidence.headers ? { headers: answer.evidence.headers } : {}) },
  };
}

/** Which line of our list a short answer names; 0 for none. */
function numberIn(words: string, lines: number): number {
  const text = words.trim();
  if (lines === 0 || text.length > SHORT) {
    return 0;
  }
  const digit = Number(/(?:^|\s|#|\()(\d{1,2})(?=$|\s*$|[).,!:]?(?:\s|$))/.exec(text)?.[1] ?? 0);
  const named = digit > 0 ? digit : (ORDINALS.find(([pattern]) => pattern.test(text))?.[1] ?? 0);
  return named <= lines ? named : 0;
}
