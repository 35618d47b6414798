import type { EntityManager } from 'typeorm';
import type { SentBefore } from './mail-rows';
import type { Letter } from './plain-mails';
import { AUTO_SUBMITTED, type MailTemplate } from './mail-templates';

/** Acknowledgements to one address, whatever came from it (RFC 3834 §2): two machines that answer each other fall silent. */
const ACKS = { hour: 1, day: 3 };
/** Answers "which one?" to one contact a day. */
const QUESTIONS_A_DAY = 5;
/** What machines write about one ticket a day. */
const A_TICKET_A_DAY = 30;
/** The fixed text to senders who could not be proven, all together: more is somebody who writes in the names of others (T30). */
const STRANGERS_AN_HOUR = 100;
/** Acknowledgements of mail. What a form or the control panel began is acknowledged where it began, too. */
const ACKNOWLEDGES: MailTemplate[] = ['received', 'appeal-received', 'not-verified'];

/** The mails before this one that count towards its limit. */
export function countedWith({ template, answersMail }: Letter): MailTemplate[] {
  return template === 'mail-question' || template === 'not-verified' ? [template] : ACKNOWLEDGES.includes(template) && answersMail ? ACKNOWLEDGES : [];
}

/**
 * The name of the lock under which such a mail is counted and kept, or null. What goes to somebody who may never have written to us must not pass its limit because a hundred forged mails
 * are read at the same moment (T30). For what a proven customer caused that is not worth a transaction of its own.
 */
export function oneAtATime({ template, to }: Letter): string | null {
  return template === 'not-verified' ? 'mail not-verified' : template === 'mail-question' ? `mail question ${to.toLowerCase()}` : null;
}

/** Why a mail must not go out; null when it may. What is not sent is kept, and says so. */
export async function heldBack(runner: Pick<EntityManager, 'query'>, { template }: Letter, { stop, hour, day, about }: SentBefore, ticketId: string | null): Promise<string | null> {
  // A sign-in link was asked for by whoever reads that mailbox a moment ago; everything else waits until the stop is lifted.
  if (stop !== null && template !== 'sign-in-link') {
    return `Mail to this address is stopped since one came back: ${stop}`;
  }
  if (template === 'mail-question') {
    return day >= QUESTIONS_A_DAY ? `This address was asked ${QUESTIONS_A_DAY} times today.` : null;
  }
  if (template === 'not-verified') {
    if (day > 0) {
      return 'This address was already answered today.';
    }
    return (await strangers(runner)) >= STRANGERS_AN_HOUR ? `More than ${STRANGERS_AN_HOUR} senders could not be proven within the hour: no more of them are answered.` : null;
  }
  if (hour >= ACKS.hour || day >= ACKS.day) {
    return `This address was already answered ${hour >= ACKS.hour ? 'within the hour' : `${ACKS.day} times today`}.`;
  }
  return ticketId && AUTO_SUBMITTED[template] !== null && about >= A_TICKET_A_DAY ? `${A_TICKET_A_DAY} automatic mails about this ticket went out today.` : null;
}

async function strangers(runner: Pick<EntityManager, 'query'>): Promise<number> {
  const [row] = (await runner.query(
    `select count(*)::int as n from (select template, state from mail_delivery where created_at > now() - interval '1 hour') m where template = 'not-verified' and state <> 'suppressed'`,
  )) as { n: number }[];
  return row?.n ?? 0;
}
