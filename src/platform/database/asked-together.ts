import type { DataSource } from 'typeorm';
import { Gathered } from '../gathered';

/**
 * A question that many ask at once: whoever asks while it is on its way shares the next one with all who do. A crowd of pages pays one statement
 * where each would have paid its own, and a statement costs a page more than its answer does.
 * @param text gives rows with `i`, the place of their question in the round from 1 on: `unnest($1::text[], …) with ordinality`
 * @param values of a round, one array for each thing that a question names
 */
export function askedTogether<A, R extends object>(source: DataSource, text: string, values: (round: A[]) => unknown[], atMost = 32): Gathered<A, R[]> {
  return new Gathered(async (round) => {
    const found = (await source.query(text, values(round.map(({ what }) => what)))) as (R & { i: string | number })[];
    const rows: R[][] = round.map(() => []);
    for (const { i, ...row } of found) {
      rows[Number(i) - 1]?.push(row as unknown as R);
    }
    round.forEach(({ done }, i) => done(rows[i] ?? []));
  }, atMost);
}
