import type { Finding } from '../rules/analysis';
import { shownChecks, shownFindings } from './customer-analysis';

const finding = (over: Partial<Finding>): Finding => ({
  rule: 'a-rule', code: 'a-code', outcome: 'hit', strength: 'indicator', weighs: 'neutral', weight: 0, trust: 'claimed', says: 'It says.', tells: 'SECRET 17 points',
  evidence: [], fix: null, cites: null, ...over,
});

describe('what a customer sees of an analysis', () => {
  it('hides internal findings, weights, notes for reviewers and the filter’s record', () => {
    const shown = JSON.stringify(shownFindings({
      findings: [
        finding({ code: 'claim-headers-altered', says: 'You altered it.', internal: true }),
        finding({ code: 'spf-missing', weighs: 'against', weight: -41, evidence: [{ field: 'filter record', line: null, text: 'other customer' }, { field: 'Received', line: 2, text: 'from x' }] }),
        finding({ code: null, outcome: 'not_applicable', says: 'No statement.' }),
        finding({ code: 'broken', outcome: 'error', says: 'A rule broke.' }),
      ],
    }));
    expect(shown).not.toMatch(/altered|SECRET|-41|other customer|No statement|broke/);
    expect(shown).toContain('"where":"line 2"');
    expect(shown).toContain('Received: from x');
  });

  it('leaves out who received a message', () => {
    const quotes = [{ field: 'Received', line: 2, text: 'from a by b for <anna.b+c@example.net>; Fri' }, { field: 'Delivered-To', line: 1, text: 'anna@example.net' }];
    const [shown] = shownFindings({ findings: [finding({ code: 'a', evidence: quotes })] }).cannotTell;
    expect(shown?.quotes.map((quote) => quote.text)).toEqual(['Received: from a by b for <…@example.net>; Fri', 'Delivered-To: …@example.net']);
  });

  it('sorts by what each speaks for and puts trust in words', () => {
    const { speaksForYou, raisesDoubt, cannotTell } = shownFindings({
      findings: [finding({ code: 'a', outcome: 'pass', weighs: 'for', trust: 'verified' }), finding({ code: 'trace-parsed', outcome: 'pass' }), finding({ code: 'b', fix: 'publish_spf', trust: 'contradicted' }), finding({ code: 'c' })],
    });
    expect(speaksForYou.map((f) => [f.code, f.trust])).toEqual([['a', 'Checked by us']]);
    expect(raisesDoubt.map((f) => [f.code, f.trust])).toEqual([['b', 'Differs from our record']]);
    expect(cannotTell.map((f) => [f.code, f.trust])).toEqual([['trace-parsed', 'Only the headers say so'], ['c', 'Only the headers say so']]);
  });

  it('keeps what only the claim is about away from what receivers see', () => {
    const { raisesDoubt, wantsMore } = shownFindings({
      findings: [finding({ code: 'sample-not-representative', weighs: 'against' }), finding({ code: 'claim-ip-not-in-chain', weighs: 'against' }), finding({ code: 'spf-missing', fix: 'publish_spf' })],
    });
    expect([raisesDoubt.map((f) => f.code), wantsMore.map((f) => f.code)]).toEqual([['spf-missing'], ['sample-not-representative', 'claim-ip-not-in-chain']]);
  });

  it('shows the four checks always, and never takes "unknown" for "missing"', () => {
    const checks = shownChecks({
      findings: [
        finding({ code: 'spf-authorised', outcome: 'pass' }),
        finding({ code: 'dkim-missing', weighs: 'against' }),
        finding({ code: 'dkim-headers-proven', outcome: 'pass' }),
        finding({ code: null, rule: 'dmarc-is-published', outcome: 'unknown' }),
      ],
    });
    expect(checks.map((check) => [check.name, check.sign, check.word])).toEqual([
      ['SPF', 'good', 'good'], ['DKIM', 'bad', 'not signed'], ['DMARC', 'unknown', 'cannot tell'], ['PTR', 'unknown', 'cannot tell'],
    ]);
  });
});
