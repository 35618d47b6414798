import { ALLOWED, refuse, type Verdict } from '../core/policy/verdict';
import { PARTS } from '../core/decision/canned-part';
import type { Analysis, Finding } from '../core/rules/analysis';
import { View } from '../platform/http/view';
import type { Ticket } from '../tickets/ticket.entity';
import { mainItem, rawLines, type Item } from './evidence.view';
import { changesSince, timelineView } from './history.view';
import { readingView, recordView } from './reading.view';
import { authView } from './auth.view';
import type { Decision } from './decision.entity';
import type { TicketPage } from './ticket.query';
import { ticketView, type TicketViewInput } from './ticket.view';

const now = new Date('2026-11-20T13:00:00Z');
const HEADERS = [
  'Received: from mail.shop.example (static-47.pool.example [203.0.113.47])', '\tby mx2.empfang.example with ESMTPS id 1; Fri, 20 Nov 2026 08:38:52 +0000',
  'Authentication-Results: mx2.empfang.example; spf=pass smtp.mailfrom=shop.example; dmarc=fail', 'Received: from web ([10.0.0.1]) by mail.shop.example; Fri, 20 Nov 2026 08:38:50 +0000',
  'Subject: =?utf-8?Q?BEST=C3=84TIGT=E2=80=8B?=', 'Message-ID: <one@shop.example>',
].join('\r\n');
const item = (type: string, text: string, id = type): Item => ({ id, type, text, bytes: null, name: null, size: text.length, receivedAt: now, channel: 'noc' });
const finding = (code: string | null, weight: number, lines: number[] = [], more: Partial<Finding> = {}): Finding => ({
  rule: 'a-rule', code, outcome: code === null ? 'unknown' : 'hit', strength: 'indicator', weighs: weight > 0 ? 'for' : weight < 0 ? 'against' : 'neutral', weight, trust: 'verified', says: `${code}. More.`,
  tells: `About ${code}`, evidence: lines.map((line) => ({ field: 'x', line, text: '' })), fix: null, cites: null, ...more,
});
const analysis = (more: Partial<Analysis> = {}): Analysis => ({
  catalogue: '1', assessment: 'mixed', confidence: 0.6, sum: 1, summary: 'Something.', message: { messageId: '<one@shop.example>', date: null, from: 'Shop <a@shop.example>', subject: null, returnPath: null },
  path: [
    { hop: 0, from: 'mail.shop.example', by: 'mx2.empfang.example', with: 'ESMTPS', ip: '203.0.113.47', at: '2026-11-20T08:38:52Z', delaySeconds: -368, trust: 'consistent', claimed: true, line: 1 },
    { hop: 1, from: 'web', by: 'mail.shop.example', with: null, ip: '10.0.0.1', at: null, delaySeconds: null, trust: 'claimed', claimed: false, line: 4 },
  ],
  findings: [finding('claim-message-id-match', 3, [6]), finding('subject-caps', -1, [5]), finding('sample-not-representative', -2), finding('subject-caps', -1, [5]), finding('spf-missing', 0), finding(null, 0)],
  requiredFixes: ['set_ptr'], facts: {} as never, ...more,
});
const ticket = (more: Partial<Ticket> = {}): Ticket => ({
  id: 't', ref: 'UB-7K3Q-92X4', claim: 'mistake', channel: 'noc', ip: '203.0.113.47', kind: 'spam', blockedAt: new Date('2026-11-20T08:41:07Z'), accountId: 'A-1', accountEmail: 'ops@shop.example', accountName: 'Shop',
  tier: 'premium', statement: 'Wanted mail.', rejection: null, missing: [], block: { ip: '203.0.113.47', kind: 'spam', blockedAt: '2026-11-20T08:41:07Z', detectionsTotal: 3, detections: [
    { messageId: 'one@SHOP.example', at: '2026-11-20T08:38:51Z', score: 11.2, rule: 'CT_INVOICE' }, { messageId: '<two@shop.example>', at: '2026-11-20T08:39:51Z', score: 9.1, rule: 'CT_INVOICE' },
  ] }, state: 'in_review', takenBy: 'me', version: 4, repeats: 0, secondPerson: [], assessment: 'mixed', confidence: 0.6, dueAt: new Date(+now + 1_500_000), createdAt: new Date(+now - 12_900_000), priority: 3,
  leaseUntil: new Date(+now + 600_000), decisionId: null, liftFailed: null, blockedAgainAt: null, deadlineAt: null, appealedAt: null, ...more,
} as Ticket);
const page = (more: Partial<TicketPage> = {}): TicketPage => ({
  ticket: ticket(), holder: 'Anna', items: [item('headers', HEADERS), item('queue_inspected', 'true')], analysis: analysis(), analysedAt: now, parts: { evidence: [], analysis: null, decision: null, fixes: [], lift: null },
  decisions: [], messages: [], audit: [], earlier: [], place: { before: 11, capped: false, previous: null, next: 'UB-1111-1111' }, rules: [], ...more,
});
const input = (more: Partial<TicketViewInput> = {}, pages: Partial<TicketPage> = {}): TicketViewInput => {
  const shown = page(pages);
  return {
    page: shown, main: mainItem(shown.items, shown.ticket.block, shown.analysis?.message.messageId ?? null), body: null, reader: { id: 'me', mayDecide: true, whyNot: null, approval: null }, draft: null, problems: [],
    changed: null, second: [], parts: PARTS, promised: null, beside: null, settings: { undoSeconds: 20, watchHours: 72 }, now, ...more,
  };
};
const decision = (more: Partial<Decision> = {}): Decision => ({
  id: 'd', ticketId: 't', outcome: 'lift', reasons: ['authorised_test'], statement: 'It was a test.', fixes: [], liftWhenVerified: false, wakeAt: null, filterAdjustment: null, state: 'awaiting_approval', byId: 'other',
  byName: 'Milan', decidedAt: now, undoUntil: now, ticketVersion: 3, analysisId: null, secondPerson: ['hack'], secondBy: null, secondName: null, secondAt: null, secondStatement: null, agreed: null, ...more,
});

describe('the raw headers', () => {
  const main = mainItem([item('headers', HEADERS)], ticket().block, null);
  const lines = rawLines(main?.message ?? null, analysis().findings, '203.0.113.47');

  it('are cut inside of a word that no column holds', () => {
    const message = mainItem([item('headers', `Subject: a few words, none of them long, and yet a line of some length\nDKIM-Signature: v=1;\n b=${'aB3/'.repeat(18)}`)], ticket().block, null)?.message ?? null;
    expect(rawLines(message, [], '203.0.113.47').map((line) => line.long)).toEqual([false, false, true]);
    const names = mainItem([item('headers', 'Authentication-Results: mx.example;\n spf=pass smtp.mailfrom=orders@a-rather-long-name.of-a.brand.example')], ticket().block, null)?.message ?? null;
    expect(rawLines(names, [], '203.0.113.47').map((line) => line.long)).toEqual([false, false]);
  });

  it('keep their own lines, with every line of a field marked where a finding rests on one', () => {
    expect(lines.map((line) => [line.n, line.field, line.rests])).toEqual([[1, 1, false], [2, 1, false], [3, 3, false], [4, 4, false], [5, 5, true], [6, 6, true]]);
  });

  it('show the claimed address, and what encoded words hide', () => {
    expect(lines[0]?.segments).toContainEqual({ kind: 'address', text: '203.0.113.47' });
    expect(lines[4]?.reads).toEqual([{ kind: 'text', text: 'BESTÄTIGT' }, expect.objectContaining({ kind: 'mark', text: 'U+200B' })]);
  });

  it('are those of the message that the analysis read', () => {
    const items = [item('headers', HEADERS, 'first'), item('headers', HEADERS.replace('one@', 'two@'), 'second')];
    expect(mainItem(items, ticket().block, '<one@shop.example>')?.item.id).toBe('first');
    expect(mainItem(items, ticket().block, '<two@SHOP.example>')?.item.id).toBe('second');
    expect(mainItem([item('logs', 'x')], ticket().block, null)).toBeNull();
  });
});

describe('what the machine read', () => {
  const reading = readingView(analysis(), ticket().block, '203.0.113.47', [], now);

  it('sums its weights, what speaks for the claim first, then what weighs most against it', () => {
    expect(reading.weights?.map((weight) => [weight.label, weight.text, weight.x, weight.width])).toEqual([
      ['claim-message-id-match', '+3', 50, 36], ['sample-not-representative', '−2', 26, 24], ['subject-caps', '−1', 38, 12], ['subject-caps', '−1', 38, 12],
    ]);
    expect(reading.sum).toMatchObject({ label: 'Sum, 3 for and 4 against', text: '+1' });
  });

  it('groups findings, links each to its lines, and never repeats an id', () => {
    expect(reading.groups?.map((group) => [group.title, group.findings.map((f) => [f.id, f.href])])).toEqual([
      ['For the claim', [['f-claim-message-id-match', '#L6']]],
      ['Against the claim', [['f-subject-caps', '#L5'], ['f-sample-not-representative', '#auth'], ['f-subject-caps-2', '#L5']]],
      ['Only informs, weighs nothing', [['f-spf-missing', '#auth']]],
    ]);
    expect(reading.unknown).toHaveLength(1);
  });

  it('draws the edge where only the sender speaks, and says a clock that runs ahead', () => {
    expect(reading.path?.map((hop) => [hop.host, hop.ours, hop.said, hop.edge, hop.delay, hop.skew])).toEqual([
      ['mx2.empfang.example', true, false, false, '6 m ahead', true], ['mail.shop.example', false, true, true, null, false],
    ]);
  });

  it('says what of the alert is explained, however the ids are written', () => {
    expect(recordView(ticket().block, ['<TWO@shop.example>'], '<one@shop.example>')).toMatchObject({ explained: 1, total: 3, boxes: [{ explained: true }, { explained: false }, { explained: false }], rules: ['CT_INVOICE'] });
    expect(recordView({ ip: '::1', kind: 'hack', blockedAt: '' }, [], null)).toMatchObject({ known: false, total: 0, boxes: [] });
  });

  it('shows what cannot be seen in the words of the customer', () => {
    const { claim } = ticketView(input({}, { ticket: ticket({ statement: 'live \u202eevil' }) }));
    expect(claim.statement).toMatchObject([{ kind: 'text', text: 'live ' }, { kind: 'mark', text: 'U+202E' }, { kind: 'text', text: 'evil' }]);
  });

  it('sets what the headers say beside what is found now', () => {
    const rows = authView(mainItem([item('headers', HEADERS)], ticket().block, null)?.message ?? null, analysis());
    expect(rows.map((row) => [row.method, row.then.word, row.now.word, row.saidBy, row.changed])).toEqual([
      ['SPF', 'pass', 'no record', 'mx2.empfang.example; our look-up', true], ['DKIM', 'not said', 'cannot tell', '–', false],
      ['DMARC', 'fail', 'cannot tell', 'mx2.empfang.example', false], ['PTR', 'not said', 'cannot tell', '–', false],
    ]);
  });
});

describe('the decision panel', () => {
  it('is there for who has the ticket and for nobody else', () => {
    expect(ticketView(input()).decide).not.toBeNull();
    expect(ticketView(input({ reader: { id: 'other', mayDecide: true, whyNot: null, approval: null } })).decide).toBeNull();
    expect(ticketView(input({ reader: { id: 'me', mayDecide: false, whyNot: 'yours', approval: null } })).decide).toBeNull();
  });

  it('ticks what the analysis asks for and decides nothing by itself', () => {
    const { decide } = ticketView(input());
    expect(decide?.shownFixes.map((fix) => [fix.code, fix.checked])).toEqual([['set_ptr', true]]);
    expect(decide?.outcomes.some((outcome) => outcome.checked)).toBe(false);
    expect(decide?.letter).toBeNull();
    expect(decide?.adjustment).toMatchObject({ filter: 'the spam filter', rules: [{ value: 'CT_INVOICE' }], scopes: [{ value: 'sender', label: 'only a@shop.example', selected: true }, { value: 'domain' }, { value: 'rule' }] });
  });

  it('keeps everything that was typed when something is missing', () => {
    const draft = { version: 4, outcome: 'uphold' as const, reason: ['spf_fail', 'transactional_burst'], fix: ['publish_spf'], when: { publish_spf: 'advice' as const }, statement: 'It was [what].', liftWhenVerified: true, adjust: 'report' };
    const { decide } = ticketView(input({ draft, problems: [{ field: 'reasons', code: 'missing', message: 'x' }] }));
    expect(decide).toMatchObject({ statement: 'It was [what].', liftWhenVerified: true, gaps: { count: 1, list: '[what]' }, adjustment: { changes: [{ checked: false }, { checked: false }, { value: 'report', checked: true }, { checked: false }] }, problems: [{ message: 'Choose at least one reason.', href: '#reasons' }] });
    expect(decide?.reasons.flatMap((group) => group.reasons).filter((reason) => reason.checked).map((reason) => reason.code)).toEqual(['transactional_burst', 'spf_fail']);
    expect(decide?.shownFixes.find((fix) => fix.code === 'publish_spf')?.whens.find((when) => when.selected)?.value).toBe('advice');
    expect(decide?.letter).toMatchObject({ to: 'ops@shop.example' });
  });

  it('asks the second person, but never the first', () => {
    const waiting = { ticket: ticket({ state: 'second_review', takenBy: null, decisionId: 'd' }), holder: null, decisions: [decision()] };
    const reader = (id: string, approval: Verdict) => ({ reader: { id, mayDecide: true, whyNot: null, approval } });
    expect(ticketView(input(reader('me', ALLOWED), waiting)).approve).toMatchObject({ may: true, why: 'it is a hack block', undo: null });
    expect(ticketView(input(reader('me', refuse('decided_before', 'You upheld it.')), waiting)).approve).toMatchObject({ may: false, whyNotYou: 'You upheld it.', undo: null });
    expect(ticketView(input(reader('other', refuse('same_person', 'You decided this.')), waiting)).approve).toMatchObject({ may: false, whyNotYou: 'It is your own decision: somebody else has to agree.', undo: '/desk/decisions/d/undo' });
  });
});

describe('the history', () => {
  const entry = (event: string, fromState: string | null, more: object = {}) => ({ id: '1', ticketId: 't', event, fromState, toState: 'x', byKind: 'system', byId: null, byName: null, detail: null, said: null, at: now, ...more });

  it('names what changed after a version, and only that', () => {
    const audit = [entry('opened', null), entry('analysed', 'analysing'), entry('taken', 'queued', { byKind: 'reviewer', byName: 'Milan' }), entry('fix_marked_done', null), entry('evidence_supplied', 'in_review', { detail: { items: ['headers'] } })];
    expect(changesSince(audit, 3)).toEqual(['Evidence supplied: headers']);
    expect(changesSince(audit, 2)).toEqual(['Taken by Milan', 'Evidence supplied: headers']);
    expect(changesSince(audit, 4)).toEqual([]);
  });

  it('puts events and notes in one line of time, and tells an unknown event by its name', () => {
    const notes = [{ id: 'm', ticketId: 't', internal: true, byKind: 'reviewer', byId: 'me', byName: 'Anna', text: 'Looks real.', channel: 'web', verified: true, at: new Date(+now - 1) }];
    const line = timelineView(new Date(0), 2, [entry('something_new', 'a')], notes, 'me');
    expect(line.map((one) => [one.head, one.text])).toEqual([[null, 'Blocked by the filter, 2 messages'], ['Internal note, you.', 'Looks real.'], [null, 'something new']]);
  });
});

describe('the page itself', () => {
  const hostile = '<img src=x onerror=alert(1)>"\'{{7*7}}';
  const view = new View();
  const context = { path: '/desk', me: null, csrf: 'c', theme: null, toggle: { theme: 'dark', href: '?theme=dark' }, zone: 'UTC', now, keysOff: false };

  it.each<[string, Partial<TicketViewInput>, Partial<TicketPage>]>([
    ['in my hands', {}, {}],
    ['not mine', { reader: { id: 'x', mayDecide: true, whyNot: null, approval: null } }, {}],
    ['not read', {}, { analysis: null, items: [] }],
    ['for a second person', {}, { ticket: ticket({ state: 'second_review', takenBy: null, decisionId: 'd' }), decisions: [decision({ statement: hostile })] }],
    ['full of tricks', { problems: [{ field: 'statement', code: 'x', message: hostile }], changed: { message: hostile, changes: [hostile] } }, {
      ticket: ticket({ accountName: hostile, statement: hostile, tier: hostile, rejection: { reason: 'error', message: hostile }, liftFailed: hostile }), holder: hostile,
      items: [item('headers', `Subject: ${hostile}\r\n${HEADERS}`), item('explanation', hostile), item('logs', hostile), item('cannot_supply', hostile), { ...item('file', hostile), name: hostile }],
      analysis: analysis({ summary: hostile, findings: [finding('subject-caps', -1, [1], { tells: hostile, says: hostile })] }),
      messages: [{ id: 'm', ticketId: 't', internal: false, byKind: 'customer', byId: null, byName: hostile, text: hostile, channel: 'web', verified: false, at: now }],
      rules: [{ rule: hostile, decided: 2, overturned: 1 }],
    }],
  ])('can be drawn: %s', (_, more, pages) => {
    const html = view.html('review/ticket', { ...ticketView(input(more, pages)), page: context });
    expect(html).toContain('UB-7K3Q-92X4');
    expect(html).not.toContain('<img');
    expect(html).not.toMatch(/\[object|undefined|NaN|>false</);
  });
});
