import { valuesOf, type Mail } from './mail';

export interface Classified {
  state: 'bounce' | 'automatic';
  reason: string;
}

/** A mail that has gone through more hands is going round in circles. */
const HOPS_AT_MOST = 30;

/**
 * Bounces and mail that a machine sent: neither is a claim, and neither is ever answered (RFC 3834 §2). Null for everything else.
 * @param envelopeFrom null when unknown, '' for the null sender
 */
export function classifyMail(mail: Mail, envelopeFrom: string | null, ownAddresses: readonly string[]): Classified | null {
  return bounce(mail, envelopeFrom) ?? automatic(mail, envelopeFrom, ownAddresses);
}

const FROM_A_MACHINE = /^(?:mailer-daemon|post[._-]?master|mail-daemon|mailerdaemon|mail\.delivery\.system)(?:@|$)/i;
const FAILED =
  /\b(?:undeliver\w*|delivery (?:status notification|failure|failed|has failed)|failure (?:notice|delivery)|error sending your mail|returned mail|mail delivery (?:failed|subsystem|failure|system)|delivery (?:report|notification|problem)|could not be delivered|non remis|unzustellbar|nicht zugestellt|returned to sender|message not delivered|nondeliverable|mail system error|echec de (?:la )?remise|no entregado|warning: could not send|delivery delayed|delayed mail)/i;

/** What the text of a bounce says where its subject says nothing. */
const SAYS_SO = /\b(?:final-recipient:|diagnostic-code:|(?:user|recipient|mailbox|address) unknown|unknown user|could not be (?:sent|delivered)|5\d\d[ -]5\.\d\.\d|permanent (?:fatal )?(?:delivery )?errors?|undeliverable)/i;

function bounce(mail: Mail, envelopeFrom: string | null): Classified | null {
  const type = valuesOf(mail, 'content-type').join(' ').toLowerCase();
  if (type.includes('multipart/report') && (type.includes('delivery-status') || !type.includes('report-type'))) {
    return { state: 'bounce', reason: 'delivery_report' };
  }
  if (mail.attachments.some((part) => part.type === 'message/delivery-status' || part.type === 'message/global-delivery-status')) {
    return { state: 'bounce', reason: 'delivery_report' };
  }
  if (valuesOf(mail, 'x-failed-recipients').length > 0) {
    return { state: 'bounce', reason: 'failed_recipients' };
  }
  const nobody = envelopeFrom === '' || valuesOf(mail, 'return-path').some((path) => /^\s*<\s*>\s*$/.test(path)) || mail.from.some((address) => FROM_A_MACHINE.test(address));
  const plain = mail.subject.normalize('NFKD').replace(/\p{M}/gu, '');
  return nobody && (FAILED.test(plain) || SAYS_SO.test(mail.text.slice(0, 4000))) ? { state: 'bounce', reason: 'looks_like_a_bounce' } : null;
}

function automatic(mail: Mail, envelopeFrom: string | null, ownAddresses: readonly string[]): Classified | null {
  const is = (reason: string): Classified => ({ state: 'automatic', reason });
  const has = (...names: string[]): boolean => mail.headers.some((header) => names.includes(header.name));
  const submitted = valuesOf(mail, 'auto-submitted')[0]?.split(/[;(]/, 1)[0]?.trim().toLowerCase();
  if (submitted !== undefined && submitted !== 'no') {
    return is('auto_submitted');
  }
  if (valuesOf(mail, 'precedence').some((value) => /^\s*(?:bulk|list|junk|auto_reply)\b/i.test(value))) {
    return is('precedence');
  }
  if (mail.headers.some((header) => header.name.startsWith('list-') || header.name === 'mailing-list')) {
    return is('mailing_list');
  }
  if (valuesOf(mail, 'content-type').some((value) => value.toLowerCase().includes('multipart/report'))) {
    return is('report');
  }
  if (has('x-autoreply', 'x-autorespond', 'x-autoresponder', 'x-auto-reply-from', 'x-mail-autoreply') || valuesOf(mail, 'x-auto-response-suppress').some((value) => /\ball\b/i.test(value))) {
    return is('autoresponder');
  }
  if (has('x-loop') || mail.from.some((address) => ownAddresses.includes(address.toLowerCase()))) {
    return is('own_mail');
  }
  if (valuesOf(mail, 'received').length > HOPS_AT_MOST) {
    return is('too_many_hops');
  }
  return envelopeFrom === '' || mail.from.some((address) => FROM_A_MACHINE.test(address)) ? is('null_sender') : null;
}
