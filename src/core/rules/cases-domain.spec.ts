import { check, codes, dns, facts, headers, IP, read } from '../../../test/fixtures/cases';
import { DOMAIN_CASES } from '../../../test/fixtures/cases-domain';

describe('names and policies in DNS', () => {
  it.each(DOMAIN_CASES.map((each) => [each.id, each.what, each] as const))('%s: %s', (_id, _what, each) => check(each));

  it('takes a look-up that failed, or was not made, for unknown and never for missing', () => {
    const missing = /-missing$|^fcrdns|^spf-|^dmarc-|^ptr-/;
    const failed = facts({ dns: dns({ failed: [`ptr ${IP}`, 'txt shop.example', 'txt _dmarc.shop.example', 'txt _dmarc.example'] }) });
    for (const given of [facts({ dns: null }), failed, facts({ dns: dns({ asked: [] }) })]) {
      expect(codes(read(headers(), given)).filter((code) => missing.test(code) && code !== 'dkim-missing')).toEqual([]);
      expect(read(headers(), given).findings.filter((finding) => finding.outcome === 'unknown').map((finding) => finding.rule)).toEqual(
        expect.arrayContaining(['address-has-a-name', 'spf-covers-the-address', 'dmarc-is-published']),
      );
    }
  });

  it('lists what the domain lacks, whatever the verdict (rule 5)', () => {
    const analysis = read(headers(), facts({ dns: dns() }));
    expect(analysis.requiredFixes).toEqual(expect.arrayContaining(['set_ptr', 'publish_spf', 'sign_dkim', 'publish_dmarc']));
  });
});
