import type { DataSource } from 'typeorm';
import { Gathered } from '../gathered';

/**
 * A question that many ask at once: whoever asks while it is on its way shares the next one with all who do. A crowd of pages pays one statement
 * where each would have paid its own, and a statement costs a page more than its answer does.
 *
 * The questions travel as JSON, not as arrays: how many there are would change what PostgreSQL expects of `unnest`, and a plan of their own that
 * looks cheaper than the kept one is made anew each time.
 * @param atMost questions in one statement
 * @param text begins with `select q.i, … from json_to_recordset($1) q(i int, …)`: each row names its question
 */
export function askedTogether<A extends object, R extends object>(source: DataSource, text: string, atMost = 32): Gathered<A, R[]> {
  return new Gathered(async (round) => {
    const found = (await source.query(text, [JSON.stringify(round.map(({ what }, i) => ({ ...what, i })))])) as (R & { i: number })[];
    const rows: R[][] = round.map(() => []);
    for (const { i, ...row } of found) {
      rows[i]?.push(row as unknown as R);
    }
    round.forEach(({ done }, i) => done(rows[i] ?? []));
  }, { atMost });
}
