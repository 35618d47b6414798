import { decisionProblems, type Draft, type DraftContext } from './decision-problems';
import { REASONS_FOR } from './outcome';
import { unfilledGaps } from './unfilled-gaps';
import { REASONS } from '../texts/reasons';

const now = new Date('2026-11-20T12:00:00Z');
const context: DraftContext = { now, kind: 'spam', repeats: 0, findings: [], detectionsSince: 0 };
const draft = (change: Partial<Draft>): Draft => ({
  outcome: 'lift', reasons: ['transactional_burst'], statement: 'The mail was wanted: order confirmations.', requiredFixes: [], liftWhenVerified: false, wakeAt: null, ...change,
});
const fixes = (change: Partial<Draft> = {}): Draft =>
  draft({ outcome: 'require_fixes', reasons: ['ptr_missing_or_mismatch'], requiredFixes: [{ code: 'set_ptr', when: 'before_lift' }], ...change });
const codes = (d: Draft, c: Partial<DraftContext> = {}) => decisionProblems(d, { ...context, ...c }).map((p) => `${p.field}.${p.code}`);

describe('decisionProblems', () => {
  it.each<[string, Draft, Partial<DraftContext>, string[]]>([
    ['a lift with reason and statement', draft({}), {}, []],
    ['no reason', draft({ reasons: [] }), {}, ['reasons.missing']],
    ['a reason of another outcome', draft({ reasons: ['spf_fail'] }), {}, ['reasons.does_not_fit']],
    ['a reason that closes tickets', draft({ outcome: 'hold', reasons: ['expired'], wakeAt: new Date(+now + 3_600_000) }), {}, ['reasons.does_not_fit']],
    ['no statement', draft({ statement: '  ' }), {}, ['statement.missing']],
    ['a word as statement', draft({ statement: 'ok' }), {}, ['statement.too_short']],
    ['a gap left', draft({ statement: 'This was [what the mail was], sent by your server.' }), {}, ['statement.unfilled']],
    ['fixes without a fix', fixes({ requiredFixes: [] }), {}, ['requiredFixes.missing']],
    ['fixes with advice only', fixes({ requiredFixes: [{ code: 'set_ptr', when: 'advice' }] }), {}, ['requiredFixes.missing']],
    ['an unknown fix', fixes({ requiredFixes: [{ code: 'set_ptr', when: 'before_lift' }, { code: 'pray', when: 'advice' }] }), {}, ['requiredFixes.unknown_fix']],
    ['a fix twice', fixes({ requiredFixes: [{ code: 'set_ptr', when: 'before_lift' }, { code: 'set_ptr', when: 'advice' }] }), {}, ['requiredFixes.twice']],
    ['a lift that waits for a fix', draft({ requiredFixes: [{ code: 'set_ptr', when: 'before_lift' }] }), {}, ['requiredFixes.too_late']],
    ['a hold without a date', draft({ outcome: 'hold' }), {}, ['wakeAt.missing']],
    ['a hold into the past', draft({ outcome: 'hold', wakeAt: new Date(+now - 1) }), {}, ['wakeAt.out_of_range']],
    ['a lift with a date', draft({ wakeAt: new Date(+now + 1) }), {}, ['wakeAt.not_wanted']],
    ['lift when verified', fixes({ liftWhenVerified: true }), {}, []],
    ['… for a hack', fixes({ liftWhenVerified: true }), { kind: 'hack' }, ['liftWhenVerified.hack']],
    ['… for a repeat', fixes({ liftWhenVerified: true }), { repeats: 1 }, ['liftWhenVerified.repeats']],
    ['… with a compromise as reason', fixes({ liftWhenVerified: true, reasons: ['compromised_account'] }), {}, ['liftWhenVerified.compromise']],
    ['… with a relay found', fixes({ liftWhenVerified: true }), { findings: ['open-relay-suspect'] }, ['liftWhenVerified.compromise']],
    ['… with a fix that only a person can check', fixes({ liftWhenVerified: true, requiredFixes: [{ code: 'stop_mail', when: 'before_lift' }] }), {}, ['liftWhenVerified.not_verifiable']],
    ['… with detections since', fixes({ liftWhenVerified: true }), { detectionsSince: 2 }, ['liftWhenVerified.detections']],
    ['… with a lift', draft({ liftWhenVerified: true }), {}, ['liftWhenVerified.outcome']],
  ])('%s', (_, d, c, expected) => {
    expect(codes(d, c)).toEqual(expected);
  });

  it('knows every reason it offers', () => {
    expect(Object.values(REASONS_FOR).flat().filter((code) => !(code in REASONS))).toEqual([]);
  });
});

describe('unfilledGaps', () => {
  it.each([
    ['no gap at all', []],
    ['from [203.0.113.47] and [2001:db8::1] and [IPv6:2001:db8::1]', []],
    ['see [1] and [2]', []],
    ['that [what the mail was] and [what the mail was]', ['[what the mail was]']],
    ['[a] and [b c]', ['[a]', '[b c]']],
    ['[что это было] и [чем]', ['[что это было]', '[чем]']],
    ['[what it was,\nand why]', ['[what it was,\nand why]']],
    [`that [${'long '.repeat(60)}]`, [`[${'long '.repeat(60)}]`]],
    ['{address} was blocked on {blocked_on}, {address}', ['{address}', '{blocked_on}']],
    ['{nobody} and {{address}} and {Address}', []],
  ])('%s', (text, gaps) => {
    expect(unfilledGaps(text)).toEqual(gaps);
  });
  it('leaves out what is filled for each ticket', () => expect(unfilledGaps('{address}, {reference}, {kind}', ['address', 'reference'])).toEqual(['{kind}']));
  it('stays quick on hostile text', () => expect(unfilledGaps('['.repeat(10_000) + '{'.repeat(10_000))).toEqual([]));
});
