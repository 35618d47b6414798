import type { Finding } from '../rules/analysis';
import { FIXES } from './catalogue';
import { isVerifiedBySample, verifyBySample, type FixSample } from './verify-by-sample';

const finding = (code: string, outcome: Finding['outcome'], fix: string | null = null): Finding =>
  ({ rule: 'r', code, outcome, strength: 'note', weighs: 'neutral', weight: 0, trust: 'verified', says: `${code}.`, tells: '', evidence: [], fix, cites: null });
const sample = (findings: Finding[], more: Partial<FixSample> = {}): FixSample => ({
  peerIp: '203.0.113.5', isFromTheAddress: true, ip: '203.0.113.5', domain: 'shop.example', ...more,
  analysis: { findings, message: { messageId: null, date: null, from: 'Shop <news@mail.shop.example>', subject: null, returnPath: null } },
});

describe('what a test message shows of a fix', () => {
  it.each([
    ['sign_dkim', 'dkim-body-proven', 'verified'], ['sign_dkim', 'dkim-headers-proven', 'failed'], ['repair_dkim', 'dkim-body-proven', 'verified'], ['align_dmarc', 'spf-authorised', 'verified'],
    ['align_dmarc', 'dmarc-published', 'failed'], ['use_authenticated_submission', 'submission-authenticated', 'verified'], ['use_authenticated_submission', 'trace-local-injection', 'failed'],
    ['add_unsubscribe', 'unsub-one-click-ok', 'verified'], ['add_unsubscribe', 'spf-authorised', 'failed'], ['honest_headers', 'spf-authorised', 'verified'], ['clean_content', 'spf-authorised', 'verified'],
  ])('%s with %s: %s', (code, seen, state) => {
    expect(verifyBySample(code, sample([finding(seen, 'pass')])).state).toBe(state);
  });

  it('says what speaks against it, in the words of the finding', () => {
    expect(verifyBySample('clean_content', sample([finding('subject-caps', 'hit', 'clean_content')]))).toEqual({ state: 'failed', says: 'subject-caps.' });
    expect(verifyBySample('sign_dkim', sample([finding('dkim-body-proven', 'pass'), finding('dkim-not-aligned', 'hit', 'align_dmarc')])).state).toBe('failed');
    expect(verifyBySample('align_dmarc', sample([finding('spf-authorised', 'pass'), finding('spf-not-aligned', 'hit', 'align_dmarc')])).state).toBe('failed');
  });

  it.each([
    [{ isFromTheAddress: false, peerIp: '198.51.100.1' }, 'came from 198.51.100.1'], [{ isFromTheAddress: false, peerIp: null }, 'another mail server'], [{ domain: 'elsewhere.example' }, 'about mail of elsewhere.example'],
  ])('decides nothing for %j', (more, words) => {
    const verdict = verifyBySample('sign_dkim', sample([finding('dkim-body-proven', 'pass')], more));
    expect(verdict.state).toBe('unknown');
    expect(verdict.says).toContain(words);
  });

  it('knows what to look for, for every fix of the catalogue that a sample can show', () => {
    for (const { code } of FIXES.filter((fix) => isVerifiedBySample(fix.code))) {
      expect(verifyBySample(code, sample([])).says).not.toBe('A test message cannot show this.');
    }
  });
});
