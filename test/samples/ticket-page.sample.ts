import { fixContext, fixWords } from '../../src/core/fixes/fix-words';
import type { Analysis, Finding } from '../../src/core/rules/analysis';
import type { PageInput } from '../../src/status/ticket-page.view';
import type { TicketPageData } from '../../src/status/ticket-page.data';
import type { FixPart, TicketParts } from '../../src/tickets/ticket.query';
import type { Ticket } from '../../src/tickets/ticket.entity';

const at = (time: string): Date => new Date(`2026-11-20T${time}Z`);

export const sampleFinding = (over: Partial<Finding>): Finding => ({
  rule: 'a-rule', code: 'a-code', outcome: 'hit', strength: 'indicator', weighs: 'neutral', weight: 0, trust: 'verified', says: 'It says.', tells: 'INSIDE: tells', evidence: [], fix: null,
  cites: null, ...over,
});

export const sampleAnalysis = (over: Partial<Analysis> = {}): Analysis => ({
  catalogue: '2026-11-20', assessment: 'mixed', confidence: 0.71, sum: 4, summary: 'INSIDE: summary',
  message: { messageId: '<20261120021231.8C41D2007F@shop.example>', date: '2026-11-20T02:12:31Z', from: 'orders@shop.example', subject: 'Your order 40817 is on its way', returnPath: null },
  path: [
    { hop: 0, from: 'mail.shop.example', by: 'mx1.example.net', with: 'ESMTPS', ip: '203.0.113.45', at: '2026-11-20T02:12:33Z', delaySeconds: 2, trust: 'consistent', claimed: true, line: 2 },
    { hop: 1, from: 'web01', by: 'mail.shop.example', with: 'ESMTPSA', ip: '10.0.4.11', at: '2026-11-20T02:12:31Z', delaySeconds: null, trust: 'claimed', claimed: false, line: 5 },
  ],
  findings: [
    sampleFinding({ code: 'claim-message-id-match', outcome: 'pass', weighs: 'for', weight: 3, says: 'This is one of the messages that led to the block.', evidence: [{ field: 'Message-ID', line: 10, text: '<20261120021231.8C41D2007F@shop.example>' }, { field: 'filter record', line: null, text: 'INSIDE: record' }] }),
    sampleFinding({ code: 'claim-ip-in-chain', outcome: 'pass', weighs: 'for', weight: 1, trust: 'consistent', says: 'Your address is where the receiving server saw it.', evidence: [{ field: 'Received', line: 2, text: 'from mail.shop.example (static-45.pool.provider.example [203.0.113.45])' }] }),
    sampleFinding({ code: 'dkim-headers-proven', outcome: 'pass', weighs: 'for', weight: 2, says: 'The signature of shop.example fits these lines.', evidence: [{ field: 'DKIM-Signature', line: 8, text: 'v=1; a=rsa-sha256; c=relaxed/relaxed; d=shop.example; s=m1;' }] }),
    sampleFinding({ code: 'spf-ip-not-authorised', weighs: 'against', weight: -1, says: 'The SPF record of shop.example does not name 203.0.113.45.', fix: 'repair_spf', evidence: [{ field: 'shop.example TXT', line: null, text: 'v=spf1 ip4:203.0.113.12 -all' }] }),
    sampleFinding({ code: 'ptr-generic', weighs: 'against', weight: -1, says: 'The address has the general name of its range, static-45.pool.provider.example.', fix: 'match_ptr', evidence: [{ field: '45.113.0.203.in-addr.arpa PTR', line: null, text: 'static-45.pool.provider.example' }] }),
    sampleFinding({ code: 'dmarc-missing', weighs: 'neutral', says: 'shop.example has no DMARC record: receivers do not know what to do with mail that only pretends to come from it.', fix: 'publish_dmarc' }),
    sampleFinding({ code: 'submission-authenticated', trust: 'claimed', says: 'Your server wrote that the sender signed in.', evidence: [{ field: 'Received', line: 6, text: 'by mail.shop.example (Postfix) with ESMTPSA id 8C41D2007F' }] }),
    sampleFinding({ code: 'body-not-assessed', strength: 'note', says: 'You sent headers only: nothing is said about the text.' }),
    sampleFinding({ code: 'claim-headers-altered', weighs: 'against', weight: -4, says: 'INSIDE: altered', internal: true }),
  ],
  requiredFixes: ['match_ptr', 'repair_spf', 'publish_dmarc'],
  facts: { now: '2026-11-20T08:47:15Z', claim: { ip: '203.0.113.45' }, block: null, dns: { ptr: {}, a: {}, aaaa: {}, mx: {}, txt: { 'shop.example': ['v=spf1 ip4:203.0.113.12 -all'] } }, trusted: { authservIds: [], hosts: [], networks: [] } },
  ...over,
});

const fix = (over: Partial<FixPart>): FixPart => ({ code: 'match_ptr', when: 'before_lift', state: 'open', says: null, checkedAt: null, note: null, statement: null, ...over });

/** A ticket of the shop that moved its server, waiting for two fixes; every part can be replaced. */
export function sampleTicketPage(ticket: Partial<Ticket> = {}, parts: Partial<TicketParts> = {}, data: Partial<TicketPageData> = {}, input: Partial<PageInput> = {}): PageInput {
  const analysis = parts.analysis === undefined ? sampleAnalysis() : parts.analysis;
  return {
    now: at('10:10:00'), watchHours: 72, expireDays: 7, fixDays: 30, wait: 'about 40 minutes', statusLink: null,
    fixTexts: ({ code }) => fixWords(code, fixContext('203.0.113.45', analysis)),
    ...input,
    data: {
      ticket: {
        id: '0', ref: 'UB-7K3Q-92X4', externalRef: null, claim: 'mistake', channel: 'form', ip: '203.0.113.45', kind: 'spam', blockedAt: at('02:14:08'), blockId: null, episode: 'e',
        block: {
          ip: '203.0.113.45', kind: 'spam', blockedAt: '2026-11-20T02:14:08Z', detectionsTotal: 10,
          detections: [{ at: '2026-11-20T02:09:00Z', rule: 'INSIDE: rule', score: 17.25, messageId: '<1@shop.example>', subject: 'Your order' }, { at: '2026-11-20T02:14:00Z', rule: 'INSIDE: rule' }],
        },
        accountId: '20418', accountEmail: 'ops@shop.example', accountName: 'Shop Example Ltd', tier: 'INSIDE: tier', language: null, rejection: null, statement: null, createdAt: at('08:47:12'),
        state: 'awaiting_fixes', closedReason: null, missing: [], queue: 'INSIDE: queue', priority: 51, secondPerson: [], repeats: 0, dueAt: null, wakeAt: null, takenBy: null, takenAt: null,
        leaseUntil: null, leaseNo: 0, version: 7, analysisId: null, assessment: 'mixed', confidence: 0.71, summary: 'INSIDE: summary', decisionId: 'd', liftFailed: null, blockedAgainAt: null,
        deadlineAt: at('13:31:40'), deadlineEvent: null, reminded: 0, appealedAt: null, firstDueAt: null, escalatedAt: null, escalatedWhy: null, duplicateOf: null, updatedAt: at('10:06:12'), stateSince: at('09:31:40'), ...ticket,
      },
      parts: {
        evidence: [], lift: null,
        decision: {
          id: 'd', outcome: 'require_fixes', reasons: ['spf_fail', 'ptr_missing_or_mismatch'], statement: 'The mail looks wanted. SPF and the name of the address did not move with your server.',
          by: 'INSIDE: Anna Keller', decidedAt: '2026-11-20T09:31:40Z', state: 'final', undoUntil: '2026-11-20T09:32:00Z', fixes: [], secondPerson: [], liftWhenVerified: true, wakeAt: null,
        },
        fixes: [
          fix({ code: 'match_ptr', state: 'failed', checkedAt: '2026-11-20T10:06:12Z', says: 'still static-45.pool.provider.example. A change can take up to 60 minutes to show.' }),
          fix({ code: 'repair_spf', state: 'verified', checkedAt: '2026-11-20T09:58:04Z', says: 'good. shop.example now names 203.0.113.45.' }),
          fix({ code: 'publish_dmarc', when: 'after_lift' }),
        ],
        ...parts, analysis,
      },
      reached: { received: at('08:47:12'), analysing: at('08:47:15'), decided: at('09:31:40') },
      asked: false, analysedAt: at('08:47:15'),
      messages: [
        { byKind: 'customer', text: 'Order confirmations of our shop, only to people who ordered. On 18 November we moved to a new server.', at: at('08:47:12'), channel: 'web' },
        { byKind: 'reviewer', text: 'Thank you, the move explains it. Two things in DNS still point to the old server. They are listed above.', at: at('09:31:40'), channel: 'web' },
        { byKind: 'customer', text: 'SPF is done. The PTR we set in your panel.', at: at('09:56:20'), channel: 'mail' },
      ],
      files: [], excused: [], queueInspected: true, explained: 1, ...data,
    },
  };
}
