import type { DataSource } from 'typeorm';
import { GatherLoads } from './mail-rows';

/** A table of mails; the bytes of a large one are given only when they are asked for alone. */
const source = {
  query: (asked: string | { name: string }, values: [string | string[]]) => Promise.resolve(
    typeof asked === 'string' ? [{ raw: Buffer.from(`all of ${String(values[0])}`) }] : (values[0] as string[]).map((id) => ({ id, raw: id.startsWith('large') ? null : Buffer.from(id) })),
  ),
} as unknown as DataSource;

describe('mails that are loaded', () => {
  it('are in memory together when they are small, and one after the other when they are large', async () => {
    const loads = new GatherLoads(source);
    const [here, ends] = [[] as string[], new Map<string, () => void>()];
    const use = (id: string) => loads.loaded(id, (mail) => {
      here.push(String(mail?.raw));
      return new Promise<void>((end) => ends.set(id, end));
    });
    const settled = async () => new Promise((soon) => setImmediate(() => setImmediate(() => setImmediate(soon))));
    const all = ['large 1', 'small 1', 'large 2', 'small 2'].map(use);
    await settled();
    expect(here.toSorted()).toEqual(['all of large 1', 'small 1', 'small 2']);
    // Whoever reads a large one may have to look at another.
    expect(String((await loads.whole('large 3'))?.raw)).toBe('all of large 3');
    ends.get('large 1')?.();
    await settled();
    expect(here.at(-1)).toBe('all of large 2');
    ['small 1', 'small 2', 'large 2'].forEach((id) => ends.get(id)?.());
    await Promise.all(all);
  });
});
