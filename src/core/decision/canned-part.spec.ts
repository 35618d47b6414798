import { filled, isOffered, PARTS, PLACEHOLDERS, unknownPlaceholders } from './canned-part';
import { unfilledGaps } from './unfilled-gaps';

const fill = new Map(PLACEHOLDERS.map(({ name }) => [name, `<${name}>`]));

describe('a canned part', () => {
  it('is filled from a closed list', () => expect(filled('{address} on {blocked_on}, {nobody}', fill)).toBe('<address> on <blocked_on>, {nobody}'));
  it('T39: prints the tricks of template languages literally', () => {
    for (const trick of ['{{constructor}}', '{constructor}', '{{{address}}}', '{{address}}', '{__proto__}', '{toString}', '{{#with this}}', '${address.constructor}', '<%= address %>', '{{../../../etc/passwd}}']) {
      expect(filled(trick, fill)).toBe(trick);
    }
  });
  it('does not fill what was filled in', () => expect(filled('{address} {kind}', new Map([['address', '{kind}'], ['kind', 'spam']]))).toBe('{kind} spam'));
  it('names what it cannot fill', () => expect(unknownPlaceholders('{address} {constructor} {foo} {foo} {{bar}}')).toEqual(['constructor', 'foo']));
  it('has no unknown names at the beginning, and leaves its gaps to the reviewer', () => {
    expect(PARTS.flatMap(({ text }) => unknownPlaceholders(text))).toEqual([]);
    expect(PARTS.filter(({ text }) => unfilledGaps(filled(text, fill)).length === 0)).toEqual([]);
    expect(new Set(PARTS.map(({ key }) => key)).size).toBe(PARTS.length);
  });
  it('is offered where it belongs', () => {
    const offered = (about: Parameters<typeof isOffered>[1]): string[] => PARTS.filter((part) => isOffered(part, about)).map(({ key }) => key);
    expect(offered({ kind: 'spam', claim: 'mistake', unexplained: 0 })).toEqual(['facts', 'mail', 'fixes', 'question']);
    expect(offered({ kind: 'hack', claim: 'fixed', unexplained: 2 })).toEqual(['facts', 'traffic', 'rest', 'repair', 'fixes', 'question']);
    expect(isOffered({ ...PARTS[0]!, retired: true }, { kind: 'spam', claim: 'mistake', unexplained: 0 })).toBe(false);
  });
  it('stays quick on hostile text', () => expect(filled('{{'.repeat(50_000), fill)).toHaveLength(100_000));
});
