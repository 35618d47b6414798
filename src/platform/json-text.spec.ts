import { momentJson, textJson } from './json-text';

describe('momentJson', () => {
  it('writes every moment as JSON.stringify does', () => {
    const noted = [0, -1, 1, 999, 59_999, 86_399_999, 86_400_000, -86_400_001, Date.UTC(2024, 1, 29, 23, 59, 59, 999), Date.UTC(2026, 10, 28), Date.UTC(12_026, 0, 1), Date.UTC(-5, 0, 1), 8.64e15, -8.64e15];
    const spread = Array.from({ length: 3000 }, (_, i) => 1_700_000_000_000 + i * 86_399_321.7);
    for (const at of [...noted, ...spread]) {
      expect(momentJson(at)).toBe(JSON.stringify(new Date(at)));
    }
  });

  it('refuses what is no moment', () => {
    expect(() => momentJson(Number.NaN)).toThrow(RangeError);
    expect(() => momentJson(Number.POSITIVE_INFINITY)).toThrow(RangeError);
  });
});

describe('textJson', () => {
  it('writes every sign as JSON.stringify does, alone and within a text', () => {
    const signs = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
    expect(signs.filter((sign) => textJson(sign) !== JSON.stringify(sign) || textJson(`a${sign}b`) !== JSON.stringify(`a${sign}b`))).toEqual([]);
    expect(['', 'plain', '\u{1f600}', 'a\u{1f600}"', 'line\nline\n'].map(textJson)).toEqual(['', 'plain', '\u{1f600}', 'a\u{1f600}"', 'line\nline\n'].map((text) => JSON.stringify(text)));
  });
});
