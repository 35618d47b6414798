import type { DataSource } from 'typeorm';
import { SearchService } from './search.service';

/** A table of `total` tickets, in which a word stands as often as `often` says and anything else in ten. */
function table(total: number, often: Record<string, number> = {}) {
  const asked: { sql: string; values: unknown[] }[] = [];
  const query = (sql: string, values: unknown[] = []) => {
    asked.push({ sql, values });
    if (sql.startsWith('select reltuples')) {
      return Promise.resolve([{ total }]);
    }
    return Promise.resolve(sql.startsWith('explain') ? [{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': often[String(values[0]).replaceAll("'", '').replace(':*', '')] ?? 10 } }] }] : []);
  };
  const find = async (q: string) => {
    asked.length = 0;
    await new SearchService({ query } as unknown as DataSource).find({ q, inside: true, columns: 't.id', filters: () => [], after: null, limit: 51 });
    const [searched] = asked.slice(-1);
    return { walked: asked.some(({ sql }) => sql.includes('limit 2000')), words: String(searched?.values[0]), names: searched?.sql.includes('names like') };
  };
  return { find };
}

describe('a search by words', () => {
  it('takes the last word as the beginning of one, and looks through the newest first where the desk is small', async () => {
    expect(await table(5_000, { 'broken invoice': 1, invoice: 4_000 }).find('broken invoice')).toEqual({ walked: true, words: "'broken' & 'invoice':*", names: false });
  });

  it('among many tickets goes on only with a last word that is rare', async () => {
    const { find } = table(1_000_000, { clinic: 120_000 });
    expect((await find('reminders clinic')).words).toBe("'reminders' & 'clinic'");
    expect((await find('clinic remind')).words).toBe("'clinic' & 'remind':*");
  });

  it('among many tickets looks through the newest only for what is common', async () => {
    const { find } = table(1_000_000, { 'password & resets': 80_000 });
    expect((await find('password resets')).walked).toBe(true);
    expect((await find('password mailman')).walked).toBe(false);
  });

  it('looks for a part of a name where one word is asked for, and never ends a domain with more', async () => {
    const { find } = table(5_000);
    expect(await find('hosti')).toMatchObject({ names: true, words: "'hosti':*" });
    expect((await find('plugin shop.example')).words).toBe("'plugin' & 'shop' & 'example'");
  });
});
