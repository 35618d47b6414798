import { WordCounts } from './word-counts';

/** Counts that go up by one with each question. */
function counting() {
  const asked: string[] = [];
  const clock = { now: 0 };
  let fails = false;
  const query = (sql: string, [words]: [string?] = []) => {
    asked.push(words ?? 'all');
    if (fails) {
      return Promise.reject(new Error('The database is away.'));
    }
    return Promise.resolve(sql.startsWith('explain') ? [{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': asked.length } }] }] : [{ total: asked.length }]);
  };
  const counts = new WordCounts({ query } as unknown as ConstructorParameters<typeof WordCounts>[0], () => clock.now);
  return { counts, asked, clock, fail: (does: boolean) => (fails = does) };
}

describe('in how many tickets words stand', () => {
  it('is asked once in half a minute, for all tickets and for each of the words', async () => {
    const { counts, asked, clock } = counting();
    expect([await counts.all(), await counts.of("'a'"), await counts.of("'b'")]).toEqual([1, 2, 3]);
    clock.now = 29_999;
    expect([await counts.all(), await counts.of("'b'"), await counts.of("'a'")]).toEqual([1, 3, 2]);
    clock.now = 30_000;
    expect(await counts.of("'a'")).toBe(4);
    expect(asked).toEqual(['all', "'a'", "'b'", "'a'"]);
  });

  it('is asked again where the answer failed', async () => {
    const { counts, fail } = counting();
    fail(true);
    await expect(counts.of("'a'")).rejects.toThrow('away');
    fail(false);
    expect(await counts.of("'a'")).toBe(2);
  });

  it('is forgotten before it fills the memory', async () => {
    const { counts, asked } = counting();
    for (let i = 0; i <= 1_000; i++) {
      await counts.of(`'${i}'`);
    }
    await counts.of("'1000'");
    await counts.of("'0'");
    expect(asked).toHaveLength(1_002);
  });
});
