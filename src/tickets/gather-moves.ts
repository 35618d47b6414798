import type { DataSource } from 'typeorm';
import { Gathered } from '../platform/gathered';
import { MOVE } from './moved.sql';

/** Rows of one move by table, in column names, as each service made them for its own tables. */
export interface Move {
  ticket: Record<string, unknown>;
  audit: object[];
  work: object[];
  /** `body` is JSON as text */
  analysis: ({ body: string } & object)[];
  traits: object[];
}

/** Rows of readings without their bodies, which stand beside them as bytes; each row says where its own begins (from 1) and how long it is. */
function apart(analyses: Move['analysis']): { rows: object[]; bodies: Buffer } {
  const bodies = analyses.map(({ body }) => Buffer.from(body));
  let begins = 1;
  const rows = analyses.map((row, i) => {
    const bytes = bodies[i]?.length ?? 0;
    begins += bytes;
    return { ...row, body: undefined, begins: begins - bytes, bytes };
  });
  return { rows, bodies: Buffer.concat(bodies) };
}

/** Moves tickets in gathered statements, as they are opened: what arrives while one is on its way shares the next, and its commit. */
export class GatherMoves extends Gathered<Move, boolean> {
  constructor(source: DataSource) {
    super(async (round) => {
      const move = async (some: typeof round): Promise<void> => {
        const all = (table: Exclude<keyof Move, 'analysis'>): string => JSON.stringify(some.flatMap(({ what }) => what[table]));
        // TypeORM hands the object on to pg, which prepares a named statement once per connection.
        const { rows, bodies } = apart(some.flatMap(({ what }) => what.analysis));
        const values = [all('ticket'), all('audit'), all('work'), JSON.stringify(rows), all('traits'), some.map(({ what }) => what.ticket['id']), bodies];
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
    }, { atMost: 32 });
  }
}
