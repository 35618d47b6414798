import type { DataSource } from 'typeorm';
import { askedTogether } from './asked-together';

describe('a question that many ask at once', () => {
  it('is one statement for all who ask meanwhile, and each gets the rows of their own question', async () => {
    const sent: { i: number; name: string }[][] = [];
    const query = (text: string, [json]: [string]): Promise<object[]> => {
      expect(text).toBe('select …');
      const asked = JSON.parse(json) as { i: number; name: string }[];
      sent.push(asked);
      // Rows come in any order; "none" has no row.
      return Promise.resolve(asked.flatMap(({ i, name }) => (name === 'none' ? [] : [{ i, name }, { i, name: `${name}, again` }])).reverse());
    };
    const asked = askedTogether<{ name: string }, { name: string }>({ query } as unknown as DataSource, 'select …', 3);
    const answers = await Promise.all(['a', 'none', 'b', 'a'].map((name) => asked.ask({ name })));
    expect(answers).toEqual([[{ name: 'a, again' }, { name: 'a' }], [], [{ name: 'b, again' }, { name: 'b' }], [{ name: 'a, again' }, { name: 'a' }]]);
    expect(sent).toEqual([[{ i: 0, name: 'a' }, { i: 1, name: 'none' }, { i: 2, name: 'b' }], [{ i: 0, name: 'a' }]]);
  });

  it('fails for all who shared it when it fails, and the next is asked anew', async () => {
    let fails = true;
    const query = (): Promise<object[]> => (fails ? Promise.reject(new Error('gone')) : Promise.resolve([{ i: 0, name: 'a' }]));
    const asked = askedTogether<{ name: string }, { name: string }>({ query } as unknown as DataSource, 'select …');
    await expect(Promise.allSettled([asked.ask({ name: 'a' }), asked.ask({ name: 'b' })])).resolves.toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
    fails = false;
    await expect(asked.ask({ name: 'a' })).resolves.toEqual([{ name: 'a' }]);
  });
});
