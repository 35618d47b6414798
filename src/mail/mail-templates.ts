import type { State } from '../core/ticket/states';

/** Mails about a ticket. Each has templates/mail/<name>.{subject,text,html}.hbs. */
export const TICKET_MAILS = [
  'received', 'evidence-needed', 'information-requested', 'fixes-required', 'lifting', 'lifted', 'not-lifted',
  'blocked-again', 'lift-delayed', 'lift-failed', 'closed', 'reminder', 'delayed', 'appeal-received', 'message',
] as const;
export type TicketMail = (typeof TICKET_MAILS)[number];
/** Mails without a ticket: a sign-in link, the only thing that an unverified sender is told, "was it you?" and "which one is it?", and what leads hear of missed promises. */
export const PLAIN_MAILS = ['sign-in-link', 'not-verified', 'confirm-claim', 'mail-question', 'promises-missed'] as const;
export type PlainMail = (typeof PLAIN_MAILS)[number];
export type MailTemplate = TicketMail | PlainMail;

export type Tone = 'good' | 'warn' | 'bad' | 'unknown';

/** How a mail about a ticket looks: the state in its head (null: about no state), the colour, and what a list of mails shows after the subject. */
export const LOOK: Record<TicketMail, { state: State | null; tone: Tone; preheader: string }> = {
  received: { state: 'received', tone: 'unknown', preheader: 'A person decides. Here is what happens next, and when.' },
  'evidence-needed': { state: 'awaiting_evidence', tone: 'warn', preheader: 'What is missing, and how to supply it.' },
  'information-requested': { state: 'awaiting_evidence', tone: 'warn', preheader: 'A reviewer has a question. Your answer brings the ticket back at once.' },
  'fixes-required': { state: 'awaiting_fixes', tone: 'warn', preheader: 'What to change, how to do it, and what happens then.' },
  lifting: { state: 'lifting', tone: 'good', preheader: 'It is decided. We write again when our network has confirmed it.' },
  lifted: { state: 'lifted', tone: 'good', preheader: 'Confirmed by our network. A few short steps keep the address open.' },
  'not-lifted': { state: 'upheld', tone: 'bad', preheader: 'Why, what lifts the block, and how to appeal.' },
  'blocked-again': { state: 'lifted', tone: 'bad', preheader: 'The cause is probably still there. What to do now.' },
  'lift-delayed': { state: 'lifting', tone: 'warn', preheader: 'It is decided. It takes a little longer, and you need do nothing.' },
  'lift-failed': { state: 'lifting', tone: 'warn', preheader: 'It is decided. A person looks after it, and you need do nothing.' },
  closed: { state: 'closed', tone: 'unknown', preheader: 'Why, and what you can still do.' },
  reminder: { state: 'awaiting_evidence', tone: 'warn', preheader: 'What is still open, and until when.' },
  delayed: { state: 'queued', tone: 'warn', preheader: 'Your claim keeps its place, and you need do nothing.' },
  'appeal-received': { state: 'queued', tone: 'unknown', preheader: 'Somebody who had no part in the first decision looks at it.' },
  message: { state: null, tone: 'unknown', preheader: 'Answer on the ticket or by mail.' },
};

/** `auto-replied` answers something that arrived, `auto-generated` is a notice (RFC 3834 §5); null: a person wrote it. */
export const AUTO_SUBMITTED: Record<MailTemplate, 'auto-replied' | 'auto-generated' | null> = {
  received: 'auto-replied', 'appeal-received': 'auto-replied', 'not-verified': 'auto-replied', message: null,
  'evidence-needed': 'auto-generated', 'information-requested': 'auto-generated', 'fixes-required': 'auto-generated', lifting: 'auto-generated',
  lifted: 'auto-generated', 'not-lifted': 'auto-generated', 'blocked-again': 'auto-generated', 'lift-delayed': 'auto-generated',
  'confirm-claim': 'auto-generated', 'mail-question': 'auto-replied', 'lift-failed': 'auto-generated', closed: 'auto-generated', reminder: 'auto-generated', delayed: 'auto-generated', 'promises-missed': 'auto-generated', 'sign-in-link': 'auto-generated',
};
