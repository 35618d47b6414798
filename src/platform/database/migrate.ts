import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { ROOT } from '../root';

export const MIGRATIONS_DIR = join(ROOT, 'migrations');

/**
 * Runs the SQL files of `migrations/` that this database has not seen, in order of their time stamp, each in its own
 * transaction. A lock makes several processes that start together take turns.
 * @returns the names of those that ran
 */
export async function migrate(source: DataSource, dir = MIGRATIONS_DIR): Promise<string[]> {
  const ran: string[] = [];
  const runner = source.createQueryRunner();
  await runner.connect();
  /** In a transaction of its own, while no other process migrates. A lock of the session would not survive a PgBouncer in transaction mode. */
  const alone = async <T>(work: () => Promise<T>): Promise<T> => {
    await runner.startTransaction();
    try {
      await runner.query('select pg_advisory_xact_lock(7041001)');
      const result = await work();
      await runner.commitTransaction();
      return result;
    } catch (error) {
      await runner.rollbackTransaction();
      throw error;
    }
  };
  try {
    await alone(() => runner.query('create table if not exists migration (name text primary key, at timestamptz not null default now())'));
    const done = (await runner.query('select name from migration')) as { name: string }[];
    const seen = new Set(done.map((row) => row.name));
    for (const name of readdirSync(dir).filter((file) => file.endsWith('.sql')).sort()) {
      if (seen.has(name)) {
        continue;
      }
      const mine = await alone(async () => {
        const [there] = (await runner.query('select 1 from migration where name = $1', [name])) as unknown[];
        if (there) {
          return false; // another process was faster
        }
        await runner.query(readFileSync(join(dir, name), 'utf8'));
        await runner.query('insert into migration (name) values ($1)', [name]);
        return true;
      }).catch((error: Error) => {
        throw new Error(`Migration ${name} failed: ${error.message}`, { cause: error });
      });
      if (mine) {
        ran.push(name);
      }
    }
  } finally {
    await runner.release();
  }
  return ran;
}
