import { check, codes, facts, headers, read, type Case } from '../../../test/fixtures/cases';
import { sign, signedCases } from '../../../test/fixtures/cases-signed';

describe('signatures', () => {
  let cases: Case[] = [];
  beforeAll(async () => {
    cases = await signedCases();
  });

  it.each(['H032', 'H033', 'H043', 'H044', 'H044b', 'H045', 'H046', 'H047', 'H048', 'H048b', 'H049', 'H050', 'H050b', 'H051', 'H052'])('%s', (id) => {
    const one = cases.find((each) => each.id === id);
    expect(one).toBeDefined();
    check(one as Case);
  });

  it('leaves none of its cases out', () => {
    expect(cases).toHaveLength(15);
  });

  it('without the key nothing is said', async () => {
    const found = codes(read(await sign(headers()), facts({ dns: null })));
    expect(found.filter((code) => code.startsWith('dkim-'))).toEqual([]);
  });
});
