import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { COMMAND_LINE, SYSTEM } from '../audit/actor';
import type { AuditService } from '../audit/audit.service';
import { forgetTickets } from './forget-tickets';

export interface Erased {
  tickets: number;
  /** addresses whose mails went too */
  emails: string[];
  mails: number;
}

/** What stands about a person beside their tickets, with what it is found by: the account, their addresses in lower case, the addresses (IP) they hold. */
const BESIDE: readonly { by: ('account' | 'emails' | 'ips')[]; sql: string }[] = [
  { by: ['account', 'emails'], sql: 'delete from session where account_id = $1 or lower(email) = any($2)' },
  { by: ['account', 'emails'], sql: 'delete from sign_in_link where account_id = $1 or lower(email) = any($2)' },
  { by: ['account', 'emails'], sql: 'delete from mail_confirmation where account_id = $1 or lower(sent_to) = any($2)' },
  { by: ['account', 'emails'], sql: 'delete from account_sharing where account_id = $1 or lower(main_email) = any($2)' },
  { by: ['emails'], sql: 'delete from mail_stop where address = any($1)' },
  { by: ['account'], sql: 'delete from test_message where address_id in (select id from test_address where account_id = $1)' },
  { by: ['account'], sql: 'delete from test_address where account_id = $1' },
  { by: ['account'], sql: `delete from idempotency_key where answer->'account'->>'id' = $1` },
  // Block events carry the address in their answer, and some control panels in their key.
  { by: ['ips'], sql: 'delete from idempotency_key where exists (select from unnest($1::text[]) ip where strpos(key, ip) > 0 or strpos(answer::text, ip) > 0)' },
  { by: ['account', 'emails'], sql: 'delete from address_holder where account_id = $1 or lower(email) = any($2)' },
  { by: ['emails'], sql: 'delete from mail_delivery where lower(recipient) = any($1)' },
  { by: ['ips'], sql: `delete from block where ip = any($1::inet[]) and state = 'unblocked'` },
  { by: ['ips'], sql: `update block set body = jsonb_build_object('ip', host(ip), 'kind', kind, 'blockedAt', body->'blockedAt', 'state', state) where ip = any($1::inet[])` },
];

/** References of an account's tickets that are not over: somebody still works for that person. */
export async function openTickets(tx: EntityManager, account: string): Promise<string[]> {
  const rows = (await tx.query(`select ref from ticket where account_id = $1 and state not in ('lifted','upheld','closed') order by ref`, [account])) as { ref: string }[];
  return rows.map(({ ref }) => ref);
}

/**
 * Erases a person: their tickets are forgotten as by age, but at once and beyond counting; with them goes all that carries their name or address.
 * The audit keeps who decided what and when about which ticket, and says that an account was erased, not which.
 * @param also addresses of theirs that no ticket names
 */
export async function eraseAccount(tx: EntityManager, audit: AuditService, account: string, also: string[], why: string): Promise<Erased> {
  const tickets = (await tx.query('select id, lower(account_email) as email, host(ip) as ip from ticket where account_id = $1 for update', [account])) as { id: string; email: string; ip: string }[];
  const held = (await tx.query('select lower(email) as email, host(ip) as ip from address_holder where account_id = $1', [account])) as { email: string | null; ip: string }[];
  const emails = [...new Set([...tickets, ...held].map(({ email }) => email).concat(also.map((email) => email.toLowerCase())).filter((email) => email !== null && email !== ''))] as string[];
  const ips = [...new Set([...tickets, ...held].map(({ ip }) => ip))];
  const ids = tickets.map(({ id }) => id);
  await forgetTickets(tx, ids, randomBytes(32).toString('hex'), { atOnce: true });
  const mails = (await tx.query('select id from inbound_mail where lower(from_address) = any($1) or lower(envelope_from) = any($1)', [emails])) as { id: string }[];
  const mailIds = mails.map(({ id }) => id);
  await tx.query('delete from mail_confirmation where inbound_id = any($1)', [mailIds]);
  await tx.query('delete from test_message where id = any($1)', [mailIds]);
  await tx.query('delete from inbound_mail where id = any($1)', [mailIds]);
  await tx.query('update mail_stop set delivery_id = null where delivery_id in (select id from mail_delivery where lower(recipient) = any($1))', [emails]);
  const found = { account, emails, ips };
  for (const { by, sql } of BESIDE) {
    await tx.query(sql, by.map((what) => found[what]));
  }
  await audit.recordAll(tx, [
    ...ids.map((ticketId) => ({ ticketId, event: 'ticket_forgotten', by: SYSTEM, detail: { erased: true } })),
    { ticketId: null, event: 'account_erased', by: COMMAND_LINE, detail: { tickets: ids.length }, said: { why } },
  ]);
  return { tickets: ids.length, emails, mails: mailIds.length };
}
