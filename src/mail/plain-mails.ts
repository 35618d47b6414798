import type { DataSource } from 'typeorm';
import { AddressTokens } from '../auth/address-tokens.service';
import { confirmationToken, signInToken } from '../auth/sign-in-token';
import { moment } from '../core/texts/moment';
import { understoodInWords, type UnderstoodClaim } from '../core/texts/understood';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import type { Config } from '../platform/config/config';
import { missedMail, type MissedLine } from './missed-mail';
import { plainMail } from './models';
import type { MailTemplate } from './mail-templates';

/** A mail before it is written. */
export interface Letter {
  template: MailTemplate;
  to: string;
  replyTo: string | null;
  references: string[];
  model: object;
  /** it answers a mail that arrived: then the limits of acknowledgements hold */
  answersMail: boolean;
  /** of the account, where it is known: an IETF language tag */
  language: string | null;
}

/** What making a letter may ask. */
export interface LetterTools {
  config: Pick<Config, 'SECRET' | 'PUBLIC_URL' | 'MAIL_DOMAIN'>;
  source: DataSource;
  tokens: AddressTokens;
  now: Date;
}

type Maker = (row: OutboxMessage, tools: LetterTools) => Promise<Letter | null>;
const QUESTION_DAYS = 14;
const DAY = 86_400_000;

const MAKERS: Partial<Record<MailTemplate, Maker>> = { 'sign-in-link': signInLink, 'not-verified': notVerified, 'confirm-claim': confirmClaim, 'mail-question': mailQuestion, 'promises-missed': promisesMissed };

/** A mail that is about no ticket, by the row that asks for it. None of them holds a word that anybody submitted. */
export async function plainMailOf(template: MailTemplate, row: OutboxMessage, tools: LetterTools): Promise<Letter | null> {
  return (await MAKERS[template]?.(row, tools)) ?? null;
}

/** The secret of the link stands in no table and in no job: it is made again from the row's id. */
async function signInLink(row: OutboxMessage, { config, source }: LetterTools): Promise<Letter | null> {
  const { token, hash } = signInToken(config.SECRET, row.refId ?? '');
  const [link] = (await source.query('select email, extract(epoch from expires_at - created_at) / 60 as minutes from sign_in_link where hash = $1 and used_at is null and expires_at > now()', [hash])) as {
    email: string; minutes: string;
  }[];
  return link
    ? {
        template: 'sign-in-link', to: link.email, replyTo: null, references: [], answersMail: false, language: null,
        model: plainMail('sign-in-link', { url: `${config.PUBLIC_URL}/sign-in/${token}`, minutes: Math.round(Number(link.minutes)) }),
      }
    : null;
}

/** The only thing that an unverified sender is told, once a day per address whatever comes from it (RFC 3834 §2). */
async function notVerified(row: OutboxMessage, { config, source }: LetterTools): Promise<Letter | null> {
  const [mail] = (await source.query('select from_address as "from", message_id as id from inbound_mail where id = $1', [row.refId])) as { from: string | null; id: string | null }[];
  return mail?.from
    ? {
        template: 'not-verified', to: mail.from, replyTo: null, references: mail.id ? [mail.id] : [], answersMail: true, language: null,
        model: plainMail('not-verified', { url: `${config.PUBLIC_URL}/sign-in?next=/mails` }),
      }
    : null;
}

/** Asks a contact of the account that holds an address whether a mail is theirs. Its sender is somebody unknown, so nothing of theirs stands in it. */
async function confirmClaim(row: OutboxMessage, { config, source, now }: LetterTools): Promise<Letter | null> {
  const [asked] = (await source.query(
    `select c.sent_to as "to", c.account_id as "accountId", c.addresses, c.expires_at as "expiresAt", m.received_at as "receivedAt", m.reason = 'confirm_hack' as attack
     from mail_confirmation c join inbound_mail m on m.id = c.inbound_id where c.id = $1 and c.answer is null and c.expires_at > $2`, [row.refId, now],
  )) as { to: string; accountId: string; addresses: string[]; expiresAt: Date; receivedAt: Date; attack: boolean }[];
  return asked
    ? {
        template: 'confirm-claim', to: asked.to, replyTo: null, references: [], answersMail: false, language: null,
        model: {
          ...plainMail('confirm-claim', { url: `${config.PUBLIC_URL}/confirm-mail/${confirmationToken(config.SECRET, row.refId ?? '').token}`, accountId: asked.accountId }),
          addresses: asked.addresses.join(', '), several: asked.addresses.length > 1, attack: asked.attack, receivedAt: moment(asked.receivedAt)?.text, until: moment(asked.expiresAt)?.text,
        },
      }
    : null;
}

interface Asking extends UnderstoodClaim {
  question?: { about: 'which_block' | 'no_address'; blocks: { ip: string; kind: string; blockedAt: string }[] } | null;
}

/** Plays back to a proven contact what we understood, and asks for what is open; answered by mail. */
async function mailQuestion(row: OutboxMessage, { config, source, tokens, now }: LetterTools): Promise<Letter | null> {
  const [mail] = (await source.query(
    `select from_address as "from", message_id as id, understood from inbound_mail where id = $1 and state in ('pending', 'quarantined')`, [row.refId],
  )) as { from: string | null; id: string | null; understood: Asking | null }[];
  const question = mail?.understood?.question;
  return mail?.from && mail.understood && question
    ? {
        template: 'mail-question', to: mail.from, replyTo: tokens.address('unblock', `m${(row.refId ?? '').replaceAll('-', '')}`, new Date(now.getTime() + QUESTION_DAYS * DAY)),
        references: mail.id ? [mail.id] : [], answersMail: true, language: null,
        model: {
          ...plainMail('mail-question', { url: `${config.PUBLIC_URL}/appeals/new` }), canReply: true, which: question.about === 'which_block', understood: understoodInWords(mail.understood),
          blocks: question.blocks.map((block, i) => ({ number: i + 1, ip: block.ip, kind: block.kind === 'spam' ? 'spam' : 'attack', blockedAt: moment(block.blockedAt)?.text })),
        },
      }
    : null;
}

/** What was missed since the leads last heard: the marks that bear the time at which this mail was asked for. */
async function promisesMissed(row: OutboxMessage, { config, source }: LetterTools): Promise<Letter | null> {
  const [lead] = (await source.query(`select email from staff_member where id = $1 and role = 'lead' and disabled_at is null`, [row.refId])) as { email: string }[];
  const lines = (await source.query(
    `select t.ref, host(t.ip) as ip, p.mark, p.due_at as due, s.name as holder from promise_mark p join ticket t on t.id = p.ticket_id left join staff_member s on s.id = t.taken_by
     where p.told_at = (select created_at from outbox_message where id = $1) and p.mark in ('missed','first_missed') order by p.due_at, t.ref`,
    [row.id],
  )) as MissedLine[];
  return lead && lines.length > 0 ? { template: 'promises-missed', to: lead.email, replyTo: null, references: [], answersMail: false, language: null, model: missedMail(lines, config.PUBLIC_URL) } : null;
}
