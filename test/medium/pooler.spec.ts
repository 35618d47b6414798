import { DataSource } from 'typeorm';
import { migrate } from '../../src/platform/database/migrate';
import { WatchfulClient } from '../../src/platform/database/watchful-client';
import { testDatabase, type TestDatabase } from '../support/database';

describe('behind a pooler that gives each transaction another connection', () => {
  let database: TestDatabase;
  const opened: DataSource[] = [];
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(async () => {
    await Promise.all(opened.map((source) => source.destroy()));
    await database?.drop();
  });
  const open = async (unnamed: boolean): Promise<DataSource> => {
    const source = await new DataSource({ type: 'postgres', url: database.url, extra: { Client: WatchfulClient, max: 1, unnamed } }).initialize();
    opened.push(source);
    return source;
  };

  it.each([[true, 0], [false, 1]])('unnamed %s: leaves %s statements with the connection', async (unnamed, left) => {
    const source = await open(unnamed);
    expect(await source.query({ name: 'one-more', text: 'select $1::int + 1 as n' } as unknown as string, [1])).toEqual([{ n: 2 }]);
    expect(await source.query('select count(*)::int as n from pg_prepared_statements')).toEqual([{ n: left }]);
  });

  it('migrates without a lock that outlives its transaction, and several at once take turns', async () => {
    const [one, two] = [await open(true), await open(true)];
    await one.query('drop schema public cascade');
    await one.query('create schema public');
    const ran = await Promise.all([migrate(one), migrate(two)]);
    expect(ran.flat().toSorted()).toEqual([...new Set(ran.flat())].toSorted());
    expect(ran.flat().length).toBeGreaterThan(10);
    expect(await one.query(`select count(*)::int as n from pg_locks where locktype = 'advisory'`)).toEqual([{ n: 0 }]);
  });
});
