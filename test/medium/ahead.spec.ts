import { DataSource } from 'typeorm';
import { queryAhead } from '../../src/platform/database/ahead';
import { testDatabase, type TestDatabase } from '../support/database';

describe('a statement of what is urgent', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await testDatabase();
    source = await new DataSource({ type: 'postgres', url: database.url, extra: { max: 1 } }).initialize();
  });
  afterAll(async () => {
    await source?.destroy();
    await database?.drop();
  });

  it('has the next free connection before all that wait for one, and behind those that went ahead before it', async () => {
    const held = source.createQueryRunner();
    await held.connect();
    const done: string[] = [];
    const ask = async (name: string, ahead = false): Promise<void> => {
      const asked = ahead ? queryAhead(source, 'select $1::text as name', [name]) : source.query('select $1::text as name', [name]);
      done.push(((await asked) as { name: string }[])[0]?.name ?? 'nothing');
    };
    const all = [ask('mail 1'), ask('mail 2'), ask('lift 1', true), ask('lift 2', true), ask('mail 3'), ask('lift 3', true)];
    await held.release();
    await Promise.all(all);
    expect(done).toEqual(['lift 1', 'lift 2', 'lift 3', 'mail 1', 'mail 2', 'mail 3']);
  });

  it('answers like any other where a connection is free, and gives it back when it fails', async () => {
    await expect(queryAhead(source, 'select 1 / $1::int', [0])).rejects.toMatchObject({ code: '22012' });
    await expect(queryAhead(source, 'select $1::int as n', [7])).resolves.toEqual([{ n: 7 }]);
    await expect(queryAhead(source, `update desk_watermark set seq = seq where seq = $1 returning seq`, [-1])).resolves.toEqual([[], 0]);
  });
});
