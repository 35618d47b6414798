import type { DataSource } from 'typeorm';
import { Gathered } from '../platform/gathered';
import { MOVE } from './moved.sql';

/** Rows of one move by table, in column names, as each service made them for its own tables. */
export interface Move {
  ticket: Record<string, unknown>;
  audit: object[];
  work: object[];
  analysis: ({ body: object } & object)[];
  traits: object[];
}

/** Moves tickets in gathered statements, as they are opened: what arrives while one is on its way shares the next, and its commit. */
export class GatherMoves extends Gathered<Move, boolean> {
  constructor(source: DataSource) {
    super(async (round) => {
      const move = async (some: typeof round): Promise<void> => {
        const all = (table: Exclude<keyof Move, 'analysis'>): string => JSON.stringify(some.flatMap(({ what }) => what[table]));
        // TypeORM hands the object on to pg, which prepares a named statement once per connection.
        const bodies = JSON.stringify(some.flatMap(({ what }) => what.analysis.map(({ body }) => body)));
        const analyses = JSON.stringify(some.flatMap(({ what }) => what.analysis.map((row) => ({ ...row, body: undefined }))));
        const values = [all('ticket'), all('audit'), all('work'), analyses, all('traits'), some.map(({ what }) => what.ticket['id']), bodies];
        const moved = (await source.query({ name: 'move-tickets', text: MOVE } as unknown as string, values)) as { id: string }[];
        const ids = new Set(moved.map(({ id }) => id));
        some.forEach(({ what, done }) => done(ids.has(what.ticket['id'] as string)));
      };
      try {
        await move(round);
      } catch (error) {
        if (round.length === 1) {
          throw error;
        }
        // One bad row must not spoil the others: each alone, and each hears its own result.
        for (const one of round) {
          await move([one]).catch(one.failed);
        }
      }
    }, 32);
  }
}
