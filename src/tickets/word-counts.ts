import type { DataSource } from 'typeorm';

/** So long an estimate is believed, in milliseconds: PostgreSQL makes them from samples that it takes once a minute at most. */
const BELIEVED_MS = 30_000;
const KEPT_AT_MOST = 1_000;

/** In how many tickets words stand, by what PostgreSQL knows of it; it counts none. What people look for returns, so answers are kept for a while. */
export class WordCounts {
  private readonly kept = new Map<string, { at: number; count: Promise<number> }>();

  constructor(
    private readonly source: Pick<DataSource, 'query'>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** All tickets, about. */
  all(): Promise<number> {
    return this.believed('', async () => {
      const [table] = (await this.source.query(`select reltuples as total from pg_class where oid = 'ticket_search'::regclass`)) as { total: number }[];
      return table?.total ?? 0;
    });
  }

  /** @param query a tsquery */
  of(query: string): Promise<number> {
    return this.believed(query, async () => {
      const [row] = (await this.source.query('explain (format json) select 1 from ticket_search where words @@ $1::tsquery', [query])) as { 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }[];
      return row?.['QUERY PLAN'][0].Plan['Plan Rows'] ?? 0;
    });
  }

  private believed(key: string, ask: () => Promise<number>): Promise<number> {
    const [known, now] = [this.kept.get(key), this.now()];
    if (known && now - known.at < BELIEVED_MS) {
      return known.count;
    }
    if (this.kept.size >= KEPT_AT_MOST) {
      this.kept.clear();
    }
    const asked = { at: now, count: ask() };
    this.kept.set(key, asked);
    // What could not be asked must not be believed.
    asked.count.catch(() => this.kept.get(key) === asked && this.kept.delete(key));
    return asked.count;
  }
}
