import { facts, GOOD_DNS, headers, ID, AT, IP, read, txt } from '../../../test/fixtures/cases';
import type { Finding } from './analysis';
import { assess, COMPROMISE_CODES } from './assess';
import { evaluate } from './evaluate';
import { Reading } from './reading';
import type { Rule } from './rule';
import { readMessage } from '../headers/read-message';

const finding = (code: string, weight: number, trust: Finding['trust'] = 'verified'): Finding => ({
  rule: 'a-rule', code, outcome: 'hit', strength: 'note', weighs: weight > 0 ? 'for' : weight < 0 ? 'against' : 'neutral', weight, trust, says: '', tells: '', evidence: [], fix: null, cites: null,
});
const MATCH = finding('claim-message-id-match', 3);

describe('verdict rules', () => {
  it('1: nothing better than insufficient evidence without the record or a proof', () => {
    expect(assess([finding('claim-ip-in-chain', 1, 'consistent'), finding('ar-trusted', 1, 'consistent')]).assessment).toBe('insufficient_evidence');
    expect(assess([]).assessment).toBe('insufficient_evidence');
    expect(assess([]).confidence).toBe(0);
  });

  it('1: a proof alone gives mixed at most, the record may give a false positive', () => {
    expect(assess([finding('dkim-headers-proven', 2), finding('arc-seal-proven', 1), finding('x', 9)]).assessment).toBe('mixed');
    expect(assess([MATCH]).assessment).toBe('likely_false_positive');
    expect(assess([finding('claim-message-id-match', 0, 'claimed')]).assessment).toBe('insufficient_evidence');
  });

  it.each(COMPROMISE_CODES)('2: %s is never a false positive', (code) => {
    expect(assess([MATCH, finding('y', 20), finding(code, -4, 'claimed')]).assessment).not.toBe('likely_false_positive');
  });

  it('3: neither is evidence that contradicts the record; the customer is not accused', () => {
    const altered = read(headers(), facts({ block: { detections: [{ messageId: ID, at: AT, subject: 'CHEAP PILLS' }] } }));
    expect(altered.assessment).not.toBe('likely_false_positive');
    expect(altered.findings.find((each) => each.code === 'claim-headers-altered')).toMatchObject({ internal: true, trust: 'contradicted' });
    expect(altered.summary).not.toMatch(/differ|alter/i);
  });

  it('4: nothing is said of a text that was not supplied', () => {
    const found = read(headers()).findings;
    expect(found.some((each) => each.code === 'body-not-assessed')).toBe(true);
    expect(found.find((each) => each.rule === 'text-is-plain')?.outcome).toBe('not_applicable');
  });

  it('5: lists every fix the domain lacks although the filter erred', () => {
    const lacking = read(headers(), facts({ dns: { ptr: {}, a: {}, aaaa: {}, mx: {}, txt: {} } }));
    expect(lacking.assessment).toBe('likely_false_positive');
    expect(lacking.requiredFixes).toEqual(['set_ptr', 'publish_spf', 'sign_dkim', 'publish_dmarc', 'monitor_abuse_address']);
    const half = read(headers(), facts({ dns: txt({ '_dmarc.shop.example': [], 'shop.example': [`v=spf1 ip4:${IP} -all`] }) }));
    expect(half.requiredFixes).toEqual(['sign_dkim', 'publish_dmarc']);
  });

  it('6: says the same of the same, byte for byte, also from its own stored facts', () => {
    const first = read(headers());
    expect(JSON.stringify(read(headers()))).toBe(JSON.stringify(first));
    expect(JSON.stringify(read(headers(), JSON.parse(JSON.stringify(first.facts))))).toBe(JSON.stringify(first));
  });

  it('9: a pass of SPF or DMARC adds nothing', () => {
    const passing = read(headers(), facts({ block: null, dns: GOOD_DNS }));
    expect(passing.findings.filter((each) => /^(spf-authorised|dmarc-published|ptr-confirmed)$/.test(each.code ?? '')).map((each) => each.weight)).toEqual([0, 0, 0]);
    expect(passing.assessment).toBe('insufficient_evidence');
  });

  it('10: every finding that weighs quotes a line, a name or the record', () => {
    const analysis = read(headers({ Subject: 'BUY NOW, ONLY TODAY!!', Precedence: 'bulk', 'Message-ID': '<x@shop.example>' }), facts({ dns: { ptr: {}, a: {}, aaaa: {}, mx: {}, txt: {} } }));
    expect(analysis.findings.filter((each) => each.weight !== 0).length).toBeGreaterThan(3);
    const bare = analysis.findings.filter((each) => each.weight !== 0 && each.evidence.length === 0).map((each) => each.code);
    expect(bare).toEqual([]);
  });

  it('shows a sum that is the sum of what it shows', () => {
    const analysis = read(headers());
    expect(analysis.sum).toBe(analysis.findings.reduce((sum, each) => sum + each.weight, 0));
    expect(analysis.confidence).toBeGreaterThan(0.5);
  });
});

describe('evaluate', () => {
  it('lets one broken rule hide no other', () => {
    const base: Omit<Rule, 'id' | 'check'> = { asks: 'Well?', cites: null, strength: 'note', kinds: ['spam'], appliesTo: () => true };
    const rules: Rule[] = [
      { ...base, id: 'broken', check: () => { throw new Error('out of order'); } },
      { ...base, id: 'working', check: () => [{ code: 'auto-reply', says: { field: 'X', value: 'y' } }] },
      { ...base, id: 'unsure', check: () => 'unknown' },
      { ...base, id: 'elsewhere', appliesTo: () => false, check: () => [] },
      { ...base, id: 'content', check: () => [] },
    ];
    const [message, given] = [readMessage(headers()), facts()];
    const found = evaluate(rules, { message, facts: given, reading: new Reading(message, given) });
    expect(found.map(({ rule, outcome, code }) => [rule, outcome, code])).toEqual([
      ['broken', 'error', null], ['working', 'hit', 'auto-reply'], ['unsure', 'unknown', null], ['elsewhere', 'not_applicable', null], ['content', 'pass', null],
    ]);
    expect(found[0]?.tells).toContain('out of order');
  });

  it('speaks of the cause, not of a mistake, where the customer claims a repair', () => {
    const logs = `${'Nov 20 02:10:01 web01 sshd[8]: Failed password for root from 198.51.100.9 port 4711 ssh2\n'.repeat(6)}Nov 20 02:11:01 web01 sshd[8]: Accepted password for root from 198.51.100.9 port 4711 ssh2`;
    const of = (claim: 'mistake' | 'fixed'): string => read('', facts({ claim: { ip: IP, kind: 'hack', blockedAt: '2026-11-20T02:14:00Z' }, block: null, said: { claim, logs } })).summary;
    expect(of('fixed')).toMatch(/cause/);
    expect(of('fixed')).not.toMatch(/mistake/);
    expect(of('mistake')).toMatch(/mistake/);
  });
});
