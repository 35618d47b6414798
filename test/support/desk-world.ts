import type { Desk } from './desk';
import type { journey } from './journey';
import { waitFor } from './wait-for';

export const STATEMENT = 'These were order confirmations that their readers had asked for.';

export type DeskWorld = ReturnType<typeof deskWorld>;

/** Fills a desk for those who look at its pages. */
export function deskWorld(desk: Desk, the: ReturnType<typeof journey>) {
  // Beyond the addresses of the simulator’s first world: none of these was blocked before.
  let last = 210;
  const waiting = async (kind: 'spam' | 'hack' = 'spam', complete = true): Promise<string> => {
    const block = await the.blocked(`198.51.100.${++last}`, '20418', kind);
    const { ref } = await the.handOver(block, '20418', 'mistake', !complete ? {} : kind === 'hack'
      ? { explanation: 'This is the nightly backup to our own server, as it has been for years.', logs: 'sshd[9]: Accepted publickey for backup' }
      : { headers: `Received: from mail.shop.example ([${block.ip}]) by mx.empfang.example; Tue, 24 Nov 2026 01:00:00 +0000\r\nFrom: a@shop.example\r\nSubject: Order 17\r\nMessage-ID: <a@shop.example>\r\n`, explanation: 'Order confirmations.' });
    await the.until(ref, complete ? 'queued' : 'awaiting_evidence');
    return ref;
  };
  const decided = async (ref: string, decision: Record<string, unknown>): Promise<string> => {
    const { status, body } = await the.decide(await the.take(ref), { statement: STATEMENT, ...decision });
    expect([status, body]).toEqual([201, body]);
    return ref;
  };

  /** One ticket in every state, a mail that waits, an incident, a view, a note of the shift. */
  const world = async () => {
    const [queued, mine, other, hack, lifted, upheld, hold, fixes, asked, failed, linked] = await Promise.all([waiting(), waiting(), waiting(), waiting('hack'), waiting(), waiting(), waiting(), waiting(), waiting(), waiting(), waiting()]);
    const missing = await waiting('spam', false);
    await Promise.all([
      the.take(mine), the.take(other, 'reviewer2'), decided(hack, { outcome: 'lift', reasons: ['monitoring_tool'] }), decided(lifted, { outcome: 'lift', reasons: ['vendor_rule_error'], filterAdjustment: { rule: 'SECRET_RULE', change: 'exception', scope: 'sender', sender: 'a@shop.example' } }),
      decided(upheld, { outcome: 'uphold', reasons: ['headers_do_not_match'] }), decided(hold, { outcome: 'hold', reasons: ['evidence_missing'], wakeAt: new Date(Date.now() + 86_400_000).toISOString() }),
      decided(fixes, { outcome: 'require_fixes', reasons: ['ptr_missing_or_mismatch'], requiredFixes: [{ code: 'set_ptr', when: 'before_lift' }, { code: 'publish_dmarc', when: 'advice' }] }),
      decided(asked, { outcome: 'request_information', reasons: ['evidence_missing'] }),
    ]);
    await desk.call('POST', `/api/v1/tickets/${queued}/escalation`, { why: 'How careful do we have to be?' }, 'reviewer1');
    await desk.database.query(`update ticket set lift_failed = 'The control panel did not answer.', blocked_again_at = now() where ref = $1`, [failed]);
    await desk.call('POST', '/api/v1/inbound-mail', Buffer.from('From: two@a.example, three@b.example\r\nTo: unblock@desk.example\r\nSubject: Please unblock 198.51.100.9\r\nMessage-ID: <q@a.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<link rel=stylesheet href="http://watch.example/a.css"><img src="http://watch.example/x.png"><p style="background:url(http://watch.example/b.png)">It was a mistake.</p>\r\n'), 'admin');
    const { body: incident } = await desk.call<{ id: string }>('POST', '/api/v1/incidents', { trait: 'rule', value: 'SECRET_RULE', title: 'The rule is too greedy' }, 'lead');
    await desk.call('POST', `/api/v1/incidents/${incident.id}/tickets`, { refs: [linked, failed] }, 'lead');
    await desk.call('POST', '/api/v1/handover', { text: 'Two tickets wait for their logs.', version: 0 }, 'reviewer1');
    await desk.call('POST', '/api/v1/review/views', { name: 'Against, premium', query: { tier: 'premium', assessment: 'against' }, shared: true }, 'lead');
    await the.until(lifted, 'lifted');
    const mail = await waitFor('the mail to wait', async () => (await desk.call<{ items: { id: string }[] }>('GET', '/api/v1/inbound-mail?state=quarantined', undefined, 'admin')).body.items[0]?.id ?? null);
    return { queued, mine, other, hack, lifted, upheld, hold, fixes, asked, failed, missing, incident: incident.id, mail };
  };

  return { waiting, world };
}
