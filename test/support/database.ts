import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, type DataSourceOptions, type QueryRunner } from 'typeorm';

export interface TestDatabase {
  url: string;
  /** Opens a connection pool that `drop()` closes again; entities as the spec needs them. */
  connect(entities?: DataSourceOptions['entities']): Promise<DataSource>;
  query<T = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<T[]>;
  /** Closes what was opened here, cuts what others left open, and removes the database. */
  drop(): Promise<void>;
}

/**
 * A DATA_DIR that is not there, for a desk that keeps nothing outside of its database. All test databases are one desk by their epoch, as copies of one
 * template: with a folder in common, a desk would find the numbers of another one there and take its own database for an old backup.
 */
export const NO_DATA_DIR = join(tmpdir(), 'desk-test-no-data-dir');

/**
 * A database of its own, with every migration, made from the run's template in some 50 ms. One per spec file, in beforeAll.
 * @param own URL of a server of the spec's own: there it is empty
 */
export async function testDatabase(own?: string): Promise<TestDatabase> {
  const server = own ?? process.env['TEST_DATABASE_URL'];
  const template = own ? 'template0' : process.env['TEST_DATABASE_TEMPLATE'];
  if (!server || !template) {
    throw new Error('This spec needs a database: run it without DESK_TEST_SERVICES=none');
  }
  const name = `test_${randomBytes(8).toString('hex')}`;
  await onServer(server, (runner) => runner.query(`create database ${name} template ${template}`));
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const opened: DataSource[] = [];
  const connect = async (entities: DataSourceOptions['entities'] = []) => {
    const source = await new DataSource({ type: 'postgres', url, entities, uuidExtension: 'pgcrypto', installExtensions: false }).initialize();
    opened.push(source);
    return source;
  };
  return {
    url,
    connect,
    query: async <T>(sql: string, values?: unknown[]) => (await (opened[0] ?? (await connect())).query(sql, values)) as T[],
    drop: async () => {
      await Promise.all(opened.filter((source) => source.isInitialized).map((source) => source.destroy()));
      await onServer(server, (runner) => runner.query(`drop database if exists ${name} with (force)`));
    },
  };
}

async function onServer(url: string, work: (runner: QueryRunner) => Promise<unknown>): Promise<void> {
  const source = await new DataSource({ type: 'postgres', url }).initialize();
  try {
    await work(source.createQueryRunner());
  } finally {
    await source.destroy();
  }
}
