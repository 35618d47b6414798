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
    // The view is the whole server's: in the databases of other specs locks come and go meanwhile.
    const left = `select count(*)::int as n from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`;
    expect(await one.query(left)).toEqual([{ n: 0 }]);
  });
});

describe('a plan that was made while a table was empty', () => {
  let database: TestDatabase;
  let client: WatchfulClient;
  beforeAll(async () => {
    database = await testDatabase();
    client = new WatchfulClient(database.url);
    await client.connect();
    await client.query('create table filled (id int primary key, words char(500)) with (autovacuum_enabled = off)');
  });
  afterAll(async () => {
    jest.restoreAllMocks();
    await client.end();
    await database.drop();
  });
  const STATEMENT = 'select words from filled where id = any(array(select unnest($1::int[])))';
  const ask = async (): Promise<string> => {
    for (let i = 0; i < 6; i++) {
      await client.query(STATEMENT, [[1, 2, 3]]); // from the sixth time on the plan is kept
    }
    const { rows: [prepared] } = await client.query<{ name: string }>('select name from pg_prepared_statements where statement = $1', [STATEMENT]);
    const { rows } = await client.query<Record<string, string>>(`explain execute "${prepared?.name}"(array[1, 2, 3])`);
    return JSON.stringify(rows);
  };

  it('is made anew while the connection is young', async () => {
    const connected = client['since'];
    const clock = jest.spyOn(performance, 'now').mockReturnValue(connected);
    expect(await ask()).toContain('Seq Scan on filled');
    await client.query(`insert into filled select i, 'words' from generate_series(1, 20000) i`);
    expect(await ask()).toContain('Seq Scan on filled');
    clock.mockReturnValue(connected + 3_500);
    expect(await ask()).toContain('Index Cond');
    // A transaction that has failed stays what it is: nobody hears of the plans.
    clock.mockReturnValue(connected + 100_000);
    await client.query('begin');
    await expect(client.query('select $1::int / 0', [1])).rejects.toThrow('division by zero');
    await expect(client.query(STATEMENT, [[1]])).rejects.toThrow('current transaction is aborted');
    await client.query('rollback');
  });
});
