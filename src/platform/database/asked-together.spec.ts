import type { DataSource } from 'typeorm';
import { askedTogether } from './asked-together';

describe('a question that many ask at once', () => {
  it('is one statement for all who ask meanwhile, and each gets the rows of their own question', async () => {
    const sent: unknown[][] = [];
    const query = (text: string, values: unknown[]): Promise<object[]> => {
      expect(text).toBe('select …');
      sent.push(values);
      const [names] = values as [string[]];
      // A bigint comes as text; rows come in any order; "none" has no row.
      return Promise.resolve(names.flatMap((name, i) => (name === 'none' ? [] : [{ i: String(i + 1), name }, { i: String(i + 1), name: `${name}, again` }])).reverse());
    };
    const asked = askedTogether<{ name: string; n: number }, { name: string }>({ query } as unknown as DataSource, 'select …', (round) => [round.map(({ name }) => name), round.map(({ n }) => n)], 3);
    const answers = await Promise.all(['a', 'none', 'b', 'a'].map((name, n) => asked.ask({ name, n })));
    expect(answers).toEqual([[{ name: 'a, again' }, { name: 'a' }], [], [{ name: 'b, again' }, { name: 'b' }], [{ name: 'a, again' }, { name: 'a' }]]);
    expect(sent).toEqual([[['a', 'none', 'b'], [0, 1, 2]], [['a'], [3]]]);
  });

  it('fails for all who shared it when it fails, and the next is asked anew', async () => {
    let fails = true;
    const query = (): Promise<object[]> => (fails ? Promise.reject(new Error('gone')) : Promise.resolve([{ i: 1, name: 'a' }]));
    const asked = askedTogether<string, { name: string }>({ query } as unknown as DataSource, 'select …', (names) => [names]);
    await expect(Promise.allSettled([asked.ask('a'), asked.ask('b')])).resolves.toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    fails = false;
    await expect(asked.ask('a')).resolves.toEqual([{ name: 'a' }]);
  });
});
