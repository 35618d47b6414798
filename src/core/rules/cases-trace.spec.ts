import { AT, check, codes, facts, headers, ID, read } from '../../../test/fixtures/cases';
import { TRACE_CASES, known } from '../../../test/fixtures/cases-trace';

describe('the way, what receivers wrote, how it was handed in', () => {
  it.each(TRACE_CASES.map((each) => [each.id, each.what, each] as const))('%s: %s', (_id, _what, each) => check(each));

  it('H016, H017: takes no address from an id', () => {
    for (const each of TRACE_CASES.filter(({ id }) => id === 'H016' || id === 'H017')) {
      const addresses = read(each.text).path.map((hop) => hop.ip ?? '');
      expect(addresses).not.toEqual(expect.arrayContaining([expect.stringMatching(/^15\.20\.|^2026\.11\./)]));
    }
  });

  it('a forged field is for the reviewer alone', () => {
    const forged = read(TRACE_CASES.find(({ id }) => id === 'H028')?.text ?? '', known).findings.find((finding) => finding.code === 'ar-forged-trusted-id');
    expect(forged).toMatchObject({ internal: true, trust: 'contradicted' });
    expect(codes(read(headers(), facts({ block: { detections: [{ messageId: ID, at: AT }] } })))).not.toContain('ar-untrusted');
  });
});
