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
    const few = searched?.sql.includes('with few') ? String(searched.values[0]) : null;
    return { walked: asked.some(({ sql }) => sql.includes('limit 2000')), words: String(searched?.values[few === null ? 0 : 1]), names: searched?.sql.includes('names like'), few };
  };
  return { find };
}

describe('a search by words', () => {
  it('takes the last word as the beginning of one, and looks through the newest first where the desk is small', async () => {
    expect(await table(5_000, { 'broken invoice': 1, invoice: 4_000 }).find('broken invoice')).toEqual({ walked: true, words: "'broken' & 'invoice':*", names: false, few: null });
  });

  it('among many tickets goes on only with a last word that is rare', async () => {
    const { find } = table(1_000_000, { clinic: 120_000 });
    expect((await find('reminders clinic')).words).toBe("'reminders' & 'clinic'");
    expect((await find('clinic remind')).words).toBe("'clinic' & 'remind':*");
  });

  it('among many tickets looks through the newest only for what is common', async () => {
    const { find } = table(1_000_000, { password: 80_000, resets: 80_000 });
    expect((await find('password resets')).walked).toBe(true);
    expect((await find('password mailman')).walked).toBe(false);
  });

  it('among many tickets asks the index for all words but those that stand everywhere, and looks for these in what it finds', async () => {
    const { find } = table(1_000_000, { invoices: 80_000, shop: 125_000, 24: 28_000, example: 1_000_000, mistake: 260_000 });
    expect(await find('invoices shop-24.example')).toMatchObject({ few: "'invoices' & 'shop' & '24'", words: "'invoices' & 'shop' & '24' & 'example'" });
    expect(await find('invoices shop 24')).toMatchObject({ few: null });
    expect(await find('mistake.example mistake.example')).toMatchObject({ few: null });
    // One word may be a part of a name as well: that is asked of another index.
    expect(await find('shop-24.example')).toMatchObject({ few: null, names: true });
  });

  it('looks for a part of a name where one word is asked for, and never ends a domain with more', async () => {
    const { find } = table(5_000);
    expect(await find('hosti')).toMatchObject({ names: true, words: "'hosti':*" });
    expect((await find('plugin shop.example')).words).toBe("'plugin' & 'shop' & 'example'");
  });
});
