import { KeptTexts } from './kept-texts';

it('gives back what was kept, and nothing for another version', () => {
  const kept = new KeptTexts<string>();
  kept.set('a 1', 'one');
  expect([kept.get('a 1'), kept.get('a 2')]).toEqual(['one', undefined]);
});

it('lets go of what was not asked for lately, and of nothing that was', () => {
  const kept = new KeptTexts<number>(2);
  kept.set('a', 1);
  kept.set('b', 2);
  kept.set('c', 3); // a and b are old now
  expect(kept.get('a')).toBe(1); // and a is young again
  kept.set('d', 4);
  expect(['a', 'b', 'c', 'd'].map((key) => kept.get(key))).toEqual([1, undefined, 3, 4]);
});
