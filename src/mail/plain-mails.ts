import type { DataSource } from 'typeorm';
import { signInToken } from '../auth/sign-in-token';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import type { Config } from '../platform/config/config';
import { plainMail, type MailTemplate } from './models';

/** A mail before it is written. */
export interface Letter {
  template: MailTemplate;
  to: string;
  replyTo: string | null;
  references: string[];
  /** why it must not go out */
  suppressed: string | null;
  model: object;
}

/** A mail that is about no ticket, by the row that asks for it. None of them holds a word that anybody submitted. */
export async function plainMailOf(template: MailTemplate, row: OutboxMessage, config: Config, source: DataSource): Promise<Letter | null> {
  switch (template) {
    case 'sign-in-link':
      return signInLink(row, config, source);
    case 'not-verified':
      return notVerified(row, config, source);
    default:
      return null;
  }
}

/** The secret of the link stands in no table and in no job: it is made again from the row's id. */
async function signInLink(row: OutboxMessage, config: Config, source: DataSource): Promise<Letter | null> {
  const { token, hash } = signInToken(config.SECRET, row.refId ?? '');
  const [link] = (await source.query('select email, extract(epoch from expires_at - created_at) / 60 as minutes from sign_in_link where hash = $1 and used_at is null and expires_at > now()', [hash])) as {
    email: string; minutes: string;
  }[];
  return link
    ? {
        template: 'sign-in-link', to: link.email, replyTo: null, references: [], suppressed: null,
        model: plainMail('sign-in-link', { url: `${config.PUBLIC_URL}/sign-in/${token}`, minutes: Math.round(Number(link.minutes)) }),
      }
    : null;
}

/** The only thing that an unverified sender is told, once a day per address whatever comes from it (RFC 3834 §2). */
async function notVerified(row: OutboxMessage, config: Config, source: DataSource): Promise<Letter | null> {
  const [mail] = (await source.query('select from_address as "from", message_id as id from inbound_mail where id = $1', [row.refId])) as { from: string | null; id: string | null }[];
  if (!mail?.from) {
    return null;
  }
  const told = (await source.query(
    `select 1 from mail_delivery where template = 'not-verified' and lower(recipient) = lower($1) and state <> 'suppressed' and created_at > now() - interval '1 day' limit 1`, [mail.from],
  )) as unknown[];
  return {
    template: 'not-verified', to: mail.from, replyTo: null, references: mail.id ? [mail.id] : [],
    suppressed: told.length > 0 ? 'This address was already answered today.' : null, model: plainMail('not-verified', { url: `${config.PUBLIC_URL}/sign-in` }),
  };
}
