import type { Block } from '../../src/core/ticket/block';
import type { TicketJson } from '../../src/tickets/ticket.view';
import type { Someone } from './customer';
import type { Desk } from './desk';
import { journey } from './journey';

const REPAIRED = { remediation: 'Cause: the mailbox lettre@ had been broken into.\n\nDone: new password on Tuesday at 09:10, 212 messages deleted from the queue.', queueInspected: true };
const FIXES = [
  { code: 'repair_spf', when: 'before_lift' }, { code: 'match_ptr', when: 'before_lift', note: 'The name still leads to your old server.' }, { code: 'secure_account', when: 'before_lift' },
  { code: 'honest_headers', when: 'before_lift' }, { code: 'publish_dmarc', when: 'after_lift' }, { code: 'warm_up', when: 'advice' },
];

/**
 * A ticket of one account in every state that a customer can see (product, "What the customer sees"). What takes a person or time is made
 * as it is made in life where that is quick; the rest is set in the rows.
 * @param who a customer of the simulator with addresses in `ips`, of which each sixth or so gets a block of its own
 */
export async function ticketsInEveryState(desk: Desk, who: Someone): Promise<Record<string, { ref: string; block: Block }>> {
  const the = journey(desk);
  const set = (ref: string, what: string): Promise<unknown> => desk.database.query(`update ticket set ${what} where ref = $1`, [ref]);
  let last = 20;
  const made: Record<string, { ref: string; block: Block }> = {};
  const open = async (name: string, evidence: object | null, claim: 'mistake' | 'fixed' = 'mistake', kind: 'spam' | 'hack' = 'spam'): Promise<TicketJson> => {
    const block = await the.blocked(`192.0.2.${200 + (last += 1) - 20}`, who.id, kind);
    const headers = `Received: from mail.shop.example (mail.shop.example [${block.ip}])\r\n\tby mx.empfang.example (Postfix) with ESMTPS id 4XyZ11; ${new Date(block.blockedAt).toUTCString().replace('GMT', '+0000')}\r\nFrom: Shop <a@shop.example>\r\nSubject: Order 17\r\nDate: ${new Date(block.blockedAt).toUTCString().replace('GMT', '+0000')}\r\nMessage-ID: <a@shop.example>\r\n`;
    const ticket = await the.handOver(block, who.id, claim, evidence ?? { headers, explanation: 'Confirmations of orders, to people who ordered.', queueInspected: true });
    made[name] = { ref: ticket.ref, block };
    return ticket;
  };
  const decided = async (name: string, decision: object, kind: 'spam' | 'hack' = 'spam'): Promise<string> => {
    const { ref } = await open(name, kind === 'hack' ? { explanation: 'Our monitoring asks port 22 of our own servers every minute.', logs: 'Nov 27 09:10:11 web1 check_ssh: OK' } : null, 'mistake', kind);
    const answer = await the.decide(await the.take(ref), { reasons: ['spf_fail'], statement: 'The mail looks wanted. SPF and the name of the address did not move with your server.', ...decision });
    expect([answer.status, answer.body]).toEqual([201, expect.anything()]);
    return ref;
  };

  await open('we need something', {}, 'fixed');
  await open('we need something, hack', {}, 'fixed', 'hack');
  for (const [name, state] of [['received', 'received'], ['being analysed', 'analysing'], ['waiting for review', 'queued'], ['under review', 'in_review'], ['second review', 'second_review'], ['on hold', 'on_hold']] as const) {
    const { ref } = await open(name, name === 'waiting for review' ? null : REPAIRED, name === 'waiting for review' ? 'mistake' : 'fixed');
    await the.until(ref, 'queued');
    await set(ref, `state = '${state}', deadline_at = now() + interval '2 hours', lease_until = now() + interval '2 hours'`);
  }
  const asked = await decided('a question', { outcome: 'request_information', reasons: ['evidence_missing'], statement: 'Which list did these readers join, and when?\n\nA line of the sign-up’s log is enough.' });
  const fixes = await decided('fixes needed', { outcome: 'require_fixes', requiredFixes: FIXES });
  const checked = await decided('fixes checked', { outcome: 'require_fixes', requiredFixes: FIXES });
  const reported = await decided('fixes reported', { outcome: 'require_fixes', requiredFixes: FIXES.slice(0, 1) });
  const upheld = await decided('not lifted', { outcome: 'uphold', reasons: ['purchased_or_cold_list', 'no_unsubscribe'] });
  const appealed = await decided('not lifted, appealed before', { outcome: 'uphold', reasons: ['purchased_or_cold_list'] });
  const lifted = await decided('lifted', { outcome: 'lift', reasons: ['transactional_burst'] });
  const again = await decided('blocked again', { outcome: 'lift', reasons: ['transactional_burst'] });
  await Promise.all([the.until(lifted, 'lifted'), the.until(again, 'lifted')]);
  await the.noc.post('/faults', { call: 'lift', mode: 'too_early', seconds: 1800, times: 50 });
  const lifting = await decided('lifting', { outcome: 'lift', reasons: ['transactional_burst'] });
  for (const [ref, state] of [[asked, 'awaiting_evidence'], [fixes, 'awaiting_fixes'], [checked, 'awaiting_fixes'], [reported, 'awaiting_fixes'], [upheld, 'upheld'], [appealed, 'upheld'], [lifting, 'lifting']] as const) {
    await the.until(ref, state);
  }
  await desk.database.query(`update required_fix f set state = s.state, checked_at = now(), says = s.says, statement = s.statement from (values
      ('repair_spf', 'verified', 'good. shop.example now names the address.', null), ('match_ptr', 'failed', 'still static-45.pool.provider.example. A change can take up to 60 minutes to show.', null),
      ('secure_account', 'reported', null, 'New password, second factor, all sessions ended.'), ('honest_headers', 'accepted', null, 'A test message came.')) s(code, state, says, statement), ticket t
    where t.id = f.ticket_id and t.ref = $1 and s.code = f.code`, [checked]);
  await desk.database.query(`update required_fix f set state = 'reported' from ticket t where t.id = f.ticket_id and t.ref = $1`, [reported]);
  await set(appealed, 'appealed_at = now()');
  await set(again, 'blocked_again_at = now()');
  await the.noc.call('DELETE', '/faults');
  for (const reason of ['withdrawn', 'expired', 'duplicate', 'not_owner', 'block_already_gone']) {
    const { ref } = await open(`closed, ${reason}`, REPAIRED, 'fixed');
    await the.until(ref, 'queued');
    await set(ref, `state = 'closed', closed_reason = '${reason}', deadline_at = null`);
  }
  return made;
}
