import { REASONS, reasonsInWords } from './reasons';
import { statementOfReasons, whatHappened, type StatementInput } from './statement';

const input: StatementInput = {
  ip: '203.0.113.45', kind: 'spam', claim: 'mistake', blockedAt: '2026-11-20T02:14:08Z', detections: [{ at: '2026-11-20T02:09:00Z' }, { at: '2026-11-20T02:14:00Z' }], detectionsTotal: 10,
  outcome: 'uphold', reasons: ['open_relay'], statement: 'It relays.', liftWhenVerified: false, analysed: true, canAppeal: true, fixesBefore: 0,
};
const titles = (over: Partial<StatementInput>): string[] => statementOfReasons({ ...input, ...over }).map((part) => part.title);

describe('the statement of reasons', () => {
  it.each(['lift', 'require_fixes', 'uphold', 'request_information', 'hold'] as const)('of %s says what happened, what a person thinks, the rule, the machine’s part and what comes next', (outcome) => {
    expect(titles({ outcome })).toEqual(expect.arrayContaining(['What happened', 'The rule', 'Was a machine involved?']));
    expect(titles({ outcome }).length).toBeGreaterThanOrEqual(5);
  });
  it('names the way to object after "not lifted", and says when it was used', () => {
    const disagree = (canAppeal: boolean): string | undefined => statementOfReasons({ ...input, canAppeal }).find((part) => part.title === 'If you disagree')?.text;
    expect(disagree(true)).toContain('appeal once');
    expect(disagree(false)).not.toContain('appeal once');
  });
  it.each([
    [{}, 'Between 20 Nov, 02:09 and 02:14 UTC our filter saw 10 suspicious messages from 203.0.113.45.'],
    [{ detections: [{ at: '2026-11-20T02:09:00Z' }], detectionsTotal: null }, 'At 20 Nov, 02:09 UTC our filter saw 1 suspicious message from 203.0.113.45.'],
    [{ detections: [{ at: '2026-11-19T23:59:00Z' }, { at: '2026-11-20T02:14:00Z' }] }, 'Between 19 Nov, 23:59 and 20 Nov, 02:14 UTC our filter saw 10 suspicious messages from 203.0.113.45.'],
    [{ kind: 'hack' as const, detections: [], detectionsTotal: null }, 'Our filter saw traffic that looks like an attack from 203.0.113.45 and blocked it on 20 Nov 2026, 02:14 UTC.'],
    [{ detections: [{ at: 'nonsense' }], detectionsTotal: 3 }, 'Our filter saw 3 suspicious messages from 203.0.113.45 and blocked it on 20 Nov 2026, 02:14 UTC.'],
  ])('tells the facts of %j', (over, text) => expect(whatHappened({ ...input, ...over })).toBe(text));
});

describe('reasons', () => {
  it('never says to a customer that evidence was forged', () => {
    expect(Object.entries(REASONS).filter(([, reason]) => /forg|fake|lie/i.test(reason.says))).toEqual([]);
    expect(reasonsInWords(['evidence_forged', 'headers_do_not_match', 'unknown_code'])).toHaveLength(1);
  });
});
