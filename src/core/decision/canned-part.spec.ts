import { filled, hasGap, isOffered, isOnlyCanned, PARTS, PLACEHOLDERS, unknownPlaceholders } from './canned-part';
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
  it('alone is no statement, however it was joined; with own words it is', () => {
    const wholes = ['Your address 203.0.113.7 was blocked by mistake.', 'Thank you for your\npatience (all {messages} of you).', 'Thank you', 'Please see to this: {fixes}.'];
    const only = (text: string): boolean => isOnlyCanned(text, wholes);
    expect([wholes[0]!, ' Thank you for your  patience (all 3 of you).\n\nYour address 203.0.113.7 was blocked by mistake. – Thank you!', 'Please see to this: publish SPF; set a PTR.'].map(only)).toEqual([true, true, true]);
    expect(['Your address 203.0.113.7 was blocked by mistake: these were invoices.', 'Invoices. Thank you.', 'Please see to this: publish SPF. Your form at /contact was open.', 'Your address 198.51.100.1 was blocked by mistake.'].map(only)).toEqual([false, false, false, false]);
    expect([isOnlyCanned('Thank you', []), PARTS.filter((part) => !hasGap(part))]).toEqual([false, []]);
    expect(isOnlyCanned('Please see to this: '.repeat(1000), [...wholes, '{fixes}{fixes}{fixes}'])).toBe(false);
  });
  it('stays quick on hostile text', () => expect(filled('{{'.repeat(50_000), fill)).toHaveLength(100_000));
});
