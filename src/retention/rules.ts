import type { Config } from '../platform/config/config';

export type Span = 'KEEP_FILES_DAYS' | 'KEEP_RAW_MAIL_DAYS' | 'KEEP_TICKET_MONTHS' | 'KEEP_LOG_DAYS';

/** One thing that has an end. `sql` lets a batch go and gives back one row with `n`, how many it was; $1 is the span of the setting, $2 the size of a batch. */
export interface Rule {
  name: string;
  setting: Span;
  sql: string;
}

const OVER = `state in ('lifted','upheld','closed')`;
const days = 'now() - make_interval(days => $1)';
const months = 'now() - make_interval(months => $1)';
/** Tickets whose stage is due; those at which somebody is right now wait for the next round. */
const due = (mark: string, before: string): string =>
  `select id from ticket where ${OVER} and state_since < ${before} and (${mark} is null or ${mark} < state_since) order by state_since limit $2 for update skip locked`;
/** Rows without an index of their own age: small tables, or such whose oldest rows stand in front (docs/scale.md tells from when on they are partitions). */
const old = (table: string, where: string): string => `with gone as (delete from ${table} where ctid = any(array(select ctid from ${table} where ${where} limit $2)) returning 1) select count(*)::int as n from gone`;

/** Files, then raw mail, then what is only there to work with. The order is that of the children before their parents. */
export const RULES: readonly Rule[] = [
  {
    name: 'files of customers', setting: 'KEEP_FILES_DAYS',
    sql: `with t as materialized (${due('files_gone_at', days)}),
      e as (update evidence_item set bytes = null, name = null, gone_at = now() where ticket_id in (select id from t) and bytes is not null returning 1),
      d as (update ticket set files_gone_at = now() where id in (select id from t) returning 1)
      select (select count(*) from d)::int as n, (select count(*) from e) as rows`,
  },
  {
    name: 'raw mail of tickets', setting: 'KEEP_RAW_MAIL_DAYS',
    sql: `with t as materialized (${due('raw_gone_at', days)}),
      i as (update inbound_mail set raw = '', gone_at = now() where ticket_id in (select id from t) and gone_at is null returning 1),
      o as (update mail_delivery set raw = '', gone_at = now() where ticket_id in (select id from t) and gone_at is null returning 1),
      d as (update ticket set raw_gone_at = now() where id in (select id from t) returning 1)
      select (select count(*) from d)::int as n, (select count(*) from i) as came, (select count(*) from o) as went`,
  },
  {
    name: 'mail without a ticket', setting: 'KEEP_RAW_MAIL_DAYS',
    sql: `with m as materialized (select id from inbound_mail where ticket_id is null and state not in ('stored','pending') and received_at < ${days} order by received_at limit $2),
      c as (delete from mail_confirmation where inbound_id in (select id from m) returning 1), x as (delete from test_message where id in (select id from m) returning 1),
      gone as (delete from inbound_mail where id in (select id from m) returning 1) select count(*)::int as n, (select count(*) from c) as c, (select count(*) from x) as x from gone`,
  },
  {
    name: 'mails out without a ticket', setting: 'KEEP_RAW_MAIL_DAYS',
    sql: `with m as materialized (select id from mail_delivery where ticket_id is null and created_at < ${days} and state not in ('pending','sending') order by created_at limit $2),
      s as (update mail_stop set delivery_id = null where delivery_id in (select id from m) returning 1),
      gone as (delete from mail_delivery where id in (select id from m) returning 1) select count(*)::int as n, (select count(*) from s) as s from gone`,
  },
  { name: 'blocks that ended', setting: 'KEEP_TICKET_MONTHS', sql: old('block', `state = 'unblocked' and ended_at < ${months}`) },
  { name: 'work that is done', setting: 'KEEP_LOG_DAYS', sql: old('outbox_message', `state = 'done' and settled_at < ${days}`) },
  {
    name: 'webhooks that were told', setting: 'KEEP_LOG_DAYS',
    sql: `with m as materialized (select id from webhook_delivery where state <> 'pending' and settled_at < ${days} order by created_at limit $2),
      a as (delete from webhook_attempt where delivery_id in (select id from m) returning 1),
      gone as (delete from webhook_delivery where id in (select id from m) returning 1) select count(*)::int as n, (select count(*) from a) as a from gone`,
  },
  { name: 'answers to repeated requests', setting: 'KEEP_LOG_DAYS', sql: old('idempotency_key', `created_at < ${days}`) },
  { name: 'sessions', setting: 'KEEP_LOG_DAYS', sql: old('session', `expires_at < ${days}`) },
  { name: 'sign-in links', setting: 'KEEP_LOG_DAYS', sql: old('sign_in_link', `expires_at < ${days}`) },
  { name: 'used tokens', setting: 'KEEP_LOG_DAYS', sql: old('used_token', `expires_at < ${days}`) },
  { name: 'status links', setting: 'KEEP_LOG_DAYS', sql: old('status_link', `expires_at < ${days}`) },
  { name: 'links for administrators', setting: 'KEEP_LOG_DAYS', sql: old('evidence_link', `expires_at < ${days}`) },
  {
    name: 'test messages', setting: 'KEEP_LOG_DAYS',
    sql: `with m as materialized (select id from test_address where expires_at < ${days} limit $2), x as (delete from test_message where address_id in (select id from m) returning 1),
      gone as (delete from test_address where id in (select id from m) returning 1) select count(*)::int as n, (select count(*) from x) as x from gone`,
  },
];

/** The tickets whose turn it is to be forgotten as persons; done by forgetTickets, since it is many steps. */
export const FORGOTTEN = due('forgotten_at', months);

export const spanOf = (config: Config, rule: Rule): number => config[rule.setting];
