import { reveal } from './reveal';

const shown = (line: string, address?: string) => reveal(line, address ?? null).map((s) => (s.kind === 'text' ? s.text : `{${s.kind} ${s.text}}`)).join('');

describe('reveal', () => {
  it.each([
    ['plain text stays', 'Subject: Grüße, 你好 \t <b>', 'Subject: Grüße, 你好 \t <b>'],
    ['zero width', 'pay\u200bpal', 'pay{mark U+200B}pal'],
    ['turned direction', 'invoice\u202efdp.exe', 'invoice{mark U+202E}fdp.exe'],
    ['a control character', 'a\u0007b', 'a{mark U+0007}b'],
    ['lines stay lines', 'a\r\nb\nc', 'a\nb\nc'],
    ['a Cyrillic letter in a Latin word', 'p\u0430ypal', 'p{mark \u0430 U+0430}ypal'],
    ['a Cyrillic word is a word', 'Привет мир', 'Привет мир'],
  ])('%s', (_, line, expected) => {
    expect(shown(line)).toBe(expected);
  });

  it.each([
    ['the address stands out', 'from x ([203.0.113.47])', '203.0.113.47', 'from x ([{address 203.0.113.47}])'],
    ['at the end of a sentence', 'from 10.0.0.1.', '10.0.0.1', 'from {address 10.0.0.1}.'],
    ['not within another', '110.0.0.1 and 10.0.0.12', '10.0.0.1', '110.0.0.1 and 10.0.0.12'],
    ['twice', '10.0.0.1,10.0.0.1', '10.0.0.1', '{address 10.0.0.1},{address 10.0.0.1}'],
  ])('%s', (_, line, address, expected) => {
    expect(shown(line, address)).toBe(expected);
  });

  it('is quick on a line that somebody made long', () => {
    expect(reveal('\u200b'.repeat(8000))).toHaveLength(8000);
  });
});
