import type { DnsFacts } from '../rules/analysis';
import { Dns } from '../rules/dns/dns';
import { FIXES } from './catalogue';
import { FIX_CODES } from './fix';
import { isVerifiedByDns, verifyFix, type FixSubject } from './verify-fix';

const IP = '203.0.113.45';
const subject: FixSubject = { ip: IP, domain: 'shop.example', envelope: null, greeting: 'mail.shop.example', keys: ['m1._domainkey.shop.example'] };
const dns = (over: Partial<DnsFacts>): Dns => new Dns({ ptr: {}, a: {}, aaaa: {}, mx: {}, txt: {}, ...over });
const named = { ptr: { [IP]: ['mail.shop.example'] }, a: { 'mail.shop.example': [IP] } };

const CASES: [code: string, state: string, over: Partial<DnsFacts>, what: string][] = [
  ['set_ptr', 'verified', named, 'named and leading back'],
  ['set_ptr', 'failed', {}, 'no name'],
  ['set_ptr', 'failed', { ...named, a: { 'mail.shop.example': ['192.0.2.1'] } }, 'leads elsewhere'],
  ['set_ptr', 'failed', { ptr: { [IP]: ['static-45.pool.example'] }, a: { 'static-45.pool.example': [IP] } }, 'name of the range'],
  ['set_ptr', 'unknown', { failed: [`ptr ${IP}`] }, 'no answer'],
  ['match_ptr', 'verified', named, 'greets with it'],
  ['match_ptr', 'failed', { ptr: { [IP]: ['mx.shop.example'] }, a: { 'mx.shop.example': [IP] } }, 'greets otherwise'],
  ['publish_spf', 'verified', { txt: { 'shop.example': [`v=spf1 ip4:${IP} -all`] } }, 'names it'],
  ['repair_spf', 'failed', { txt: { 'shop.example': ['v=spf1 ip4:192.0.2.1 -all'] } }, 'names another'],
  ['repair_spf', 'failed', { txt: { 'shop.example': [`v=spf1 ip4:${IP} +all`] } }, 'allows everybody'],
  ['repair_spf', 'failed', { txt: { 'shop.example': [`v=spf1 ip4:${IP} -all`, 'v=spf1 -all'] } }, 'two records'],
  ['repair_spf', 'unknown', { failed: ['txt shop.example'] }, 'no answer'],
  ['publish_dmarc', 'verified', { txt: { '_dmarc.shop.example': ['v=DMARC1; p=none'] } }, 'published'],
  ['publish_dmarc', 'failed', {}, 'not yet'],
  ['repair_dkim', 'failed', {}, 'no key'],
  ['repair_dkim', 'unknown', { txt: { 'm1._domainkey.shop.example': ['v=DKIM1; p=AAAA'] } }, 'a key alone shows no signature'],
  ['monitor_abuse_address', 'failed', {}, 'no MX'],
  ['secure_account', 'unknown', {}, 'DNS cannot tell'],
];

describe('verifyFix', () => {
  it.each(CASES)('%s is %s', (code, state, over) => {
    const verdict = verifyFix(code, dns(over), subject);
    expect(verdict.state).toBe(state);
    expect(verdict.says).toMatch(/\.$/);
  });

  it('collects what it would have to know', () => {
    const empty = dns({ asked: [] });
    expect(verifyFix('set_ptr', empty, subject).state).toBe('unknown');
    expect([...empty.wanted]).toEqual([`ptr ${IP}`]);
  });
});

describe('the catalogue of fixes', () => {
  it('has every code once, each with steps, and questions where a statement shows it', () => {
    expect(FIXES.map((fix) => fix.code)).toEqual([...FIX_CODES]);
    for (const fix of FIXES) {
      expect(fix.steps.length).toBeGreaterThan(0);
      expect(fix.questions.length > 0).toBe(fix.verification.includes('statement') || fix.verification.includes('log'));
    }
  });

  it('asks before the lift only for what can be shown without sending', () => {
    expect(FIXES.filter((fix) => fix.when === 'before_lift' && fix.verification.includes('sample'))).toEqual([]);
    expect(FIXES.filter((fix) => isVerifiedByDns(fix.code)).map((fix) => fix.code)).toEqual(
      expect.arrayContaining(['set_ptr', 'match_ptr', 'publish_spf', 'repair_spf', 'publish_dmarc']),
    );
  });
});
