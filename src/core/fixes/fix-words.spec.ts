import { FIXES } from './catalogue';
import { fixWords, type FixContext } from './fix-words';

const context: FixContext = { ip: '203.0.113.45', domain: 'shop.example', greeting: 'mail.shop.example', txt: ['google-site-verification=x', 'v=spf1 ip4:203.0.113.12 -all'] };
const value = (code: string, over: Partial<FixContext> = {}): string | undefined => fixWords(code, { ...context, ...over }).values.at(-1)?.value;

describe('fixWords', () => {
  it('has words for every fix of the catalogue', () => {
    for (const fix of FIXES) {
      expect(fixWords(fix.code, context)).toMatchObject({ title: fix.title, why: fix.text });
    }
  });
  it.each([
    ['publish_spf', {}, 'v=spf1 ip4:203.0.113.45 -all'],
    ['repair_spf', {}, 'v=spf1 ip4:203.0.113.45 ip4:203.0.113.12 -all'],
    ['repair_spf', { txt: ['v=spf1 include:_spf.example.net +all'] }, 'v=spf1 ip4:203.0.113.45 include:_spf.example.net -all'],
    ['repair_spf', { ip: '2001:db8::25', txt: ['v=spf1 a redirect=spf.example.net'] }, 'v=spf1 ip6:2001:db8::25 a redirect=spf.example.net'],
    ['repair_spf', { txt: ['v=spf1 -all', 'v=spf1 a ~all'] }, 'v=spf1 ip4:203.0.113.45 a ~all'],
    ['repair_spf', { txt: [] }, 'v=spf1 ip4:203.0.113.45 -all'],
    ['repair_spf', { domain: null }, undefined],
    ['publish_dmarc', {}, 'v=DMARC1; p=none; rua=mailto:dmarc@shop.example'],
    ['publish_dmarc', { domain: null }, undefined],
  ])('makes the record of %s with %o', (code, over, expected) => expect(value(code, over)).toBe(expected));
  it('names the address, and the way back from the name; without a greeting it proposes one', () => {
    expect(fixWords('match_ptr', context).values).toEqual([{ name: 'PTR', value: 'mail.shop.example' }, { name: 'A of it', value: '203.0.113.45' }]);
    expect(fixWords('set_ptr', { ...context, ip: '2001:db8::25', greeting: null, domain: 'shop2.example' }).values).toEqual([{ name: 'PTR', value: 'mail.shop2.example' }, { name: 'AAAA of it', value: '2001:db8::25' }]);
  });
  it('writes the customer’s own domain and address into the steps', () => {
    const steps = FIXES.flatMap(({ code }) => fixWords(code, context).how).join('\n');
    expect(steps).not.toMatch(/YOUR-(?:DOMAIN|ADDRESS)/);
    expect(steps).toContain('"v=spf1 ip4:203.0.113.45 -all"');
  });
  it('shows a code that it does not know as words, without inventing anything', () => {
    expect(fixWords('new_fix', context)).toEqual({ title: 'new fix', why: '', how: [], values: [], questions: [], checkable: false, bySample: false, byWords: true });
  });
});
