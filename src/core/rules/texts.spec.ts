import { fill, TEXTS } from './texts';

/** Gaps that hold a number: rules fill them with counts, hours, days. `instance`, `hop` and `length` name or measure, they count nothing. */
const NUMBERS = /\{(count|lines|total|others|explained|hours|days|minutes|links|size|hour|before|signed|percent|accepted|failed)\b/;
const gaps = (text: string): string[] => [...text.matchAll(/\{(\w+)/g)].map((match) => match[1] ?? '');
const counted = Object.entries(TEXTS).flatMap(([code, { says, tells }]) => [says, tells].filter((text) => NUMBERS.test(text)).map((text) => ({ code, text })));
const with_ = (text: string, n: number): string => fill(text, Object.fromEntries(gaps(text).map((gap) => [gap, NUMBERS.test(`{${gap}`) ? n : 'X'])));

describe('texts of findings', () => {
  it('put a number and the word that fits it', () => {
    expect([0, 1, 2].map((count) => fill('{count:line names|lines name} {ip}.', { count, ip: '203.0.113.5' }))).toEqual(['0 lines name 203.0.113.5.', '1 line names 203.0.113.5.', '2 lines name 203.0.113.5.']);
    expect([fill('{count:line|lines} here', { count: '1' }), fill('Found {count:line|lines} here.', {}), fill('at {at}: {why}', { at: '09:41', why: 'a:b|c' })]).toEqual(['1 line here', 'Found here.', 'at 09:41: a:b|c']);
  });

  it.each(counted)('$code: $text', ({ text }) => {
    const [none, one, two] = [0, 1, 2].map((n) => with_(text, n));
    expect(text).not.toMatch(/\{(?:count|lines|total|others|explained|hours|days|minutes|links|size|hour|before|signed)\} (?:[\w.=-]+ )?[a-z-]+s\b/i); // a bare number before a plural
    expect(one).not.toMatch(/\b1 (?:[\w=.-]+ )?(?:lines|records|messages|addresses|hours|days|minutes|steps|servers|links|characters|times|look-ups|fields|hops|recipients|terms|organisations|Message-IDs)\b/);
    expect(one).not.toMatch(/\b1 (?:[\w=-]+ )?(?:are|do|wait|belong|ask)\b|\b1 line name\b/);
    for (const many of [none, two]) {
      expect(many).not.toMatch(/\b[02] (?:line|record|message|address|hour|day|minute|step|server|link|character|time|look-up|name|organisation|Message-ID)\b/);
      expect(many).not.toMatch(/\(s\)|[{}|]/);
    }
  });
});
