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
  try {
    await runner.query('select pg_advisory_lock(7041001)');
    await runner.query('create table if not exists migration (name text primary key, at timestamptz not null default now())');
    const done = (await runner.query('select name from migration')) as { name: string }[];
    const seen = new Set(done.map((row) => row.name));
    for (const name of readdirSync(dir).filter((file) => file.endsWith('.sql')).sort()) {
      if (seen.has(name)) {
        continue;
      }
      await runner.startTransaction();
      try {
        await runner.query(readFileSync(join(dir, name), 'utf8'));
        await runner.query('insert into migration (name) values ($1)', [name]);
        await runner.commitTransaction();
      } catch (error) {
        await runner.rollbackTransaction();
        throw new Error(`Migration ${name} failed: ${(error as Error).message}`, { cause: error });
      }
      ran.push(name);
    }
  } finally {
    await runner.query('select pg_advisory_unlock(7041001)').catch(() => undefined);
    await runner.release();
  }
  return ran;
}
