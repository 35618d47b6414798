import { AT, check, codes, facts, headers, ID, IP, read, type Case } from '../../../test/fixtures/cases';
import { readMessage } from '../headers/read-message';
import { analyse } from './analyse';

const hop = (from: string, ip: string, by: string, at = 'Fri, 20 Nov 2026 03:12:33 +0100'): string => `from ${from} (${from} [${ip}]) by ${by} (Postfix) with ESMTPS id 4F2A7; ${at}`;
const others = (count: number) => Array.from({ length: count }, (_, i) => ({ messageId: `<other-${i}@elsewhere.example>`, at: AT, subject: `Kind ${String.fromCharCode(97 + i)}`, mailFrom: `x@brand${i}.example` }));
const qmail = '(qmail 4711 invoked by uid 1008); 20 Nov 2026 02:12:31 -0000';
const dsn = [
  'From: MAILER-DAEMON@mx1.example.net', 'Subject: Undelivered Mail Returned to Sender', 'Message-ID: <bounce@mx1.example.net>', 'Date: Fri, 20 Nov 2026 03:13:00 +0100', 'MIME-Version: 1.0',
  'Content-Type: multipart/report; report-type=delivery-status; boundary="b"', '', '--b', 'Content-Type: text/plain', '', 'It failed.', '', '--b', 'Content-Type: message/delivery-status', '',
  'Reporting-MTA: dns; mx1.example.net', '', '--b', 'Content-Type: text/rfc822-headers', '', headers(), '', '--b--', '',
].join('\r\n');

const CASES: Case[] = [
  { id: 'H001', what: 'Message-ID of the alert, same minute, address in the recipient\'s hop', text: headers(), expected: ['claim-message-id-match', 'claim-ip-in-chain'], forbidden: ['claim-headers-altered'] },
  { id: 'H002', what: 'Message-ID not in the alert', text: headers({ 'Message-ID': '<else@shop.example>' }), expected: ['claim-message-id-not-in-alert'], forbidden: ['claim-message-id-match'] },
  { id: 'H003', what: 'domain in capitals, no brackets, blanks', text: headers({ 'Message-ID': '  20261120021231.8C41D2007F@SHOP.Example ' }), expected: ['claim-message-id-match'], forbidden: ['claim-message-id-not-in-alert'] },
  {
    id: 'H004', what: 'three days before the block',
    text: headers({ 'Message-ID': '<a@shop.example>', Date: 'Tue, 17 Nov 2026 03:12:31 +0100', Received: hop('mail.shop.example', IP, 'mx1.example.net', 'Tue, 17 Nov 2026 03:12:33 +0100'), 'Received#2': null }),
    expected: ['claim-time-outside-window'],
  },
  { id: 'H004b', what: 'the Message-ID fits, the time does not', text: headers({ Received: hop('mail.shop.example', IP, 'mx1.example.net', 'Tue, 17 Nov 2026 03:12:33 +0100') }), expected: ['claim-time-outside-window'] },
  {
    id: 'H005', what: 'the same instant in two zones', text: headers({ Date: 'Thu, 19 Nov 2026 21:12:31 -0500', Received: hop('mail.shop.example', IP, 'mx1.example.net', 'Fri, 20 Nov 2026 02:12:33 +0000') }),
    expected: ['claim-message-id-match'], forbidden: ['claim-time-outside-window', 'date-future', 'date-stale'],
  },
  { id: 'H006', what: 'another subject than recorded', text: headers(), facts: facts({ block: { detections: [{ messageId: ID, at: AT, subject: 'CHEAP PILLS' }] } }), expected: ['claim-headers-altered'] },
  { id: 'H006b', what: 'the recorded subject, encoded and cut', text: headers({ Subject: '=?utf-8?Q?Your_order_40817_is_on_its_way?=' }), facts: facts({ block: { detections: [{ messageId: ID, at: AT, subject: 'Your order 40817 is on…' }] } }), expected: ['claim-message-id-match'], forbidden: ['claim-headers-altered'] },
  { id: 'H007', what: 'address in no Received', text: headers({ Received: hop('mail.other.example', '198.51.100.7', 'mx1.example.net'), 'Received#2': null }), expected: ['claim-ip-not-in-chain'], forbidden: ['claim-ip-in-chain'] },
  {
    id: 'H008', what: 'address only below the recipient\'s hop',
    text: headers({ Received: hop('mail.other.example', '198.51.100.7', 'mx1.example.net'), 'Received#2': hop('mail.shop.example', IP, 'mail.other.example') }),
    expected: ['claim-ip-only-in-untrusted-hop'], forbidden: ['claim-ip-in-chain'],
  },
  {
    id: 'H009', what: 'IPv6 written in full with its tag', facts: facts({ claim: { ip: '2001:db8::25', kind: 'spam' } }),
    text: headers({ Received: 'from mail.shop.example (mail.shop.example [IPv6:2001:0db8:0000:0000:0000:0000:0000:0025]) by mx1.example.net (Postfix) with ESMTPS id 4F; Fri, 20 Nov 2026 03:12:33 +0100' }), expected: ['claim-ip-in-chain'],
  },
  { id: 'H010', what: 'no Received at all', text: headers({ Received: null, 'Received#2': null, 'Return-Path': null }), expected: ['provenance-sender-copy'], forbidden: ['claim-ip-not-in-chain'] },
  { id: 'H010b', what: 'only the own submission', text: headers({ Received: null, 'Return-Path': null }), expected: ['provenance-sender-copy', 'submission-authenticated'], forbidden: ['claim-ip-not-in-chain'] },
  ...[ID, `<${ID}>`, `Message-ID: <${ID}>`, ` Message-Id :  <${ID}> `, `Our Message-ID is <${ID}>`].map((text): Case => ({
    id: 'H011', what: `only a Message-ID: ${text}`, text, expected: ['input-message-id-only', 'claim-message-id-match'], forbidden: ['dkim-missing', 'spf-missing', 'unsub-missing', 'hdr-missing-required', 'dmarc-missing', 'provenance-sender-copy', 'message-id-malformed'],
  })),
  ...[ID, `< ${ID} >`].map((id): Case => ({ id: 'H003b', what: `copied without its brackets: ${id}`, text: headers({ 'Message-ID': id }), expected: ['claim-message-id-match'], forbidden: ['message-id-malformed'] })),
  { id: 'H012', what: 'a body line that reads like a header', text: `${headers()}\r\n\r\nX-Spam-Flag: YES\r\n`, expected: ['input-body-present'], forbidden: ['filter-header-spam', 'body-not-assessed'] },
  { id: 'H013', what: 'a bounce with the original headers', text: dsn, expected: ['input-dsn-embedded', 'claim-message-id-match'] },
  { id: 'H014', what: 'qmail, a comment only', text: headers({ 'Received#2': qmail }), expected: ['trace-local-injection'], forbidden: ['hop-unparseable'] },
  { id: 'H015', what: 'Postfix by userid', text: headers({ 'Received#2': 'by mail.shop.example (Postfix, from userid 33) id 8C41D2007F; Fri, 20 Nov 2026 03:12:31 +0100 (CET)' }), expected: ['trace-local-injection', 'submission-local-uid'] },
  { id: 'H089', what: 'headers only', text: headers(), expected: ['body-not-assessed'], forbidden: ['content-link-heavy', 'content-script'] },
  {
    id: 'H092', what: '5,000 messages in the first hour', text: headers(), facts: facts({ block: { detections: [{ messageId: ID, at: AT }], traffic: { messagesLastHour: 5000, messagesLast30Days: 0 } } }),
    expected: ['volume-no-warmup'],
  },
  { id: 'H092b', what: 'the hour is part of the month', text: headers(), facts: facts({ block: { traffic: { messagesLastHour: 5000, messagesLast30Days: 5000 } } }), expected: ['volume-no-warmup'] },
  { id: 'H092c', what: 'a usual hour', text: headers(), facts: facts({ block: { traffic: { messagesLastHour: 412, messagesLast30Days: 9800 } } }), expected: [], forbidden: ['volume-no-warmup', 'mixed-sender-identities'] },
  { id: 'H093', what: 'twelve From organisations in a day', text: headers(), facts: facts({ block: { traffic: { fromOrganisationsLastDay: 12 } } }), expected: ['mixed-sender-identities'] },
  { id: 'H094', what: 'one of ten kinds', text: headers(), facts: facts({ block: { detections: [{ messageId: ID, at: AT }, ...others(9)] } }), expected: ['claim-message-id-match', 'sample-not-representative'] },
  { id: 'H094b', what: 'only ids are recorded', text: headers(), facts: facts({ block: { detections: [{ messageId: ID, at: AT }, ...others(9).map(({ messageId, at }) => ({ messageId, at }))] } }), expected: ['sample-not-representative'] },
  {
    id: 'H094c', what: 'ten of one kind', text: headers(), expected: ['claim-message-id-match'], forbidden: ['sample-not-representative'],
    facts: facts({ block: { detections: [{ messageId: ID, at: AT, subject: 'Your order 40817 is on its way' }, ...others(9).map((seen, i) => ({ ...seen, mailFrom: undefined, subject: `Your order 4081${i} is on its way` }))] } }),
  },
];

describe('the claim beside the record', () => {
  it.each([ID, `Message-ID: <${ID}>`, `Message-ID: <${ID}>\nX-Note: ours`, `Message-ID: <${ID}>\nSubject: Your order`, `From: orders@shop.example\nMessage-ID: <${ID}>`])('gives an id that may come from our own list no weight: %s', (text) => {
    const analysis = read(text);
    expect(analysis.findings.find(({ code }) => code === 'claim-message-id-match')).toMatchObject({ weight: 0, trust: 'claimed' });
    expect(analysis.assessment).not.toBe('likely_false_positive');
  });

  it('does not speak of a Message-ID where nothing at all was supplied', () => {
    const nothing = { ...readMessage(''), supplied: 'message_id' as const };
    expect(codes(analyse(nothing, facts()))).not.toContain('input-message-id-only');
    expect(codes(analyse(nothing, facts({ claim: { ip: IP, kind: 'spam', messageId: ID } })))).toContain('input-message-id-only');
  });

  it('names the kinds that are not explained, and shows no empty brackets when the record names none', () => {
    const tells = (detections: { messageId: string; at: string; subject?: string }[]) =>
      read(headers(), facts({ block: { detections, detectionsTotal: 10 } })).findings.find(({ code }) => code === 'sample-not-representative')?.tells;
    expect(tells([{ messageId: ID, at: AT }, ...others(3)])).toMatch(/or unknown \(.+\)\.$/);
    expect(tells(Array(3).fill({ messageId: ID, at: AT }))).toMatch(/7 are of another kind or unknown\.$/);
  });

  it.each(CASES.map((each) => [each.id, each.what, each] as const))('%s: %s', (_id, _what, each) => check(each));
});
