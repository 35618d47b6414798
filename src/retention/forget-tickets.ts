import type { EntityManager } from 'typeorm';

/** The network that an address was of: enough to count by, too little to find anybody. */
const NETWORK = (ip: string): string => `case family(${ip}) when 4 then host(network(set_masklen(${ip}, 24))) else host(network(set_masklen(${ip}, 48))) end::inet`;
/** The same account gets the same word under the same salt, and nobody without the salt can tell which it was. */
const PSEUDONYM = `'gone-' || left(encode(sha256(convert_to($2 || account_id, 'UTF8')), 'hex'), 16)`;
const DETECTIONS = `(select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('at', d->'at', 'rule', d->'rule', 'score', d->'score')))
  from jsonb_array_elements(case jsonb_typeof(block->'detections') when 'array' then block->'detections' else '[]' end) d)`;
const GONE = '(deleted)';

/**
 * What names a customer or was written by or about one, table by table; $1 are tickets, $2 the salt. What the figures need stays: kind, times, rule,
 * outcome, reasons. Parents come after their children.
 */
const STEPS: readonly string[] = [
  'delete from evidence_item where ticket_id = any($1)',
  'delete from message where ticket_id = any($1)',
  'delete from analysis where ticket_id = any($1)',
  'delete from ticket_search where ticket_id = any($1)',
  'delete from ticket_trait where ticket_id = any($1)',
  'delete from decision_draft where ticket_id = any($1)',
  'delete from presence where ticket_id = any($1)',
  'delete from evidence_link where ticket_id = any($1)',
  'delete from mail_sent_before where ticket_id = any($1)',
  'update mail_stop set delivery_id = null where delivery_id in (select id from mail_delivery where ticket_id = any($1))',
  'delete from mail_delivery where ticket_id = any($1)',
  'delete from mail_confirmation where inbound_id in (select id from inbound_mail where ticket_id = any($1))',
  'delete from test_message where id in (select id from inbound_mail where ticket_id = any($1))',
  'delete from inbound_mail where ticket_id = any($1)',
  'update required_fix set note = null, says = null, statement = null where ticket_id = any($1)',
  `update filter_exception set sender = '${GONE}', ip = ${NETWORK('ip')}, noc_id = null, last_answer = null where ticket_id = any($1)`,
  `update filter_adjustment set sender = null, message_id = null, answer = null, note = null, change = '${GONE}' where ticket_id = any($1)`,
  `update decision set statement = '${GONE}', second_statement = null, fixes = (select coalesce(jsonb_agg(f - 'note'), '[]') from jsonb_array_elements(fixes) f),
     filter_adjustment = case when filter_adjustment is not null then jsonb_build_object('rule', filter_adjustment->'rule', 'scope', filter_adjustment->'scope') end where ticket_id = any($1)`,
  `update lift_task set ip = ${NETWORK('ip')}, because = null where id in (select id from lift where ticket_id = any($1))`,
  `update lift set account_id = ${PSEUDONYM}, ip = ${NETWORK('ip')}, block_id = null, episode = 'gone|' || id, last_answer = null where ticket_id = any($1)`,
  `update audit_entry set said = null, by_name = case when by_kind = 'customer' then null else by_name end where ticket_id = any($1) and (said is not null or (by_kind = 'customer' and by_name is not null))`,
  `update ticket set account_id = ${PSEUDONYM}, account_email = '', account_name = null, external_ref = null, statement = null, summary = null, lift_failed = null, escalated_why = null, block_id = null,
     analysis_id = null, language = null, episode = 'gone|' || id, ip = ${NETWORK('ip')}, rejection = case when rejection is not null then jsonb_build_object('reason', rejection->'reason') end,
     block = jsonb_strip_nulls(jsonb_build_object('ip', host(${NETWORK('ip')}), 'kind', kind, 'blockedAt', block->'blockedAt', 'detections', ${DETECTIONS}, 'detectionsTotal', block->'detectionsTotal')),
     files_gone_at = now(), raw_gone_at = now(), forgotten_at = now() where id = any($1)`,
];

/** What carries the same for some weeks only (KEEP_LOG_DAYS): for an erasure it goes at once. */
const SHORT_LIVED: readonly string[] = [
  'delete from outbox_message where ticket_id = any($1)',
  'delete from webhook_attempt where delivery_id in (select id from webhook_delivery where ticket_id = any($1))',
  'delete from webhook_delivery where ticket_id = any($1)',
  `delete from idempotency_key where ticket_id = any($1) or answer->>'ref' in (select ref from ticket where id = any($1))`,
  'delete from status_link where ticket_id = any($1)',
  'delete from test_message where address_id in (select id from test_address where ticket_id = any($1))',
  'delete from test_address where ticket_id = any($1)',
  'update incident_result set why = null where ticket_id = any($1)',
];

/**
 * Takes everything out of these tickets that names a customer; their course, decision and figures stay. They have to be over.
 * @param salt the retention's own for age, so that an account can still be counted; a random one for an erasure, so that it cannot
 */
export async function forgetTickets(tx: EntityManager, ids: string[], salt: string, how: { atOnce: boolean }): Promise<void> {
  for (const sql of [...(how.atOnce ? SHORT_LIVED : []), ...STEPS]) {
    await tx.query(sql, sql.includes('$2') ? [ids, salt] : [ids]);
  }
}
