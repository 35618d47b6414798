import * as pg from 'pg';
import { DataSource, type QueryRunner } from 'typeorm';
import { queryAhead } from '../../src/platform/database/ahead';
import { PatientPool } from '../../src/platform/database/patient-pool';
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

/** From here on time passes only as a test says: what is waited for by the clock is waited for as long as the machine needs for the rest. */
const freeze = (): void => void jest.useFakeTimers({ doNotFake: ['Date', 'hrtime', 'nextTick', 'queueMicrotask', 'setImmediate', 'clearImmediate', 'setInterval', 'clearInterval'] });

describe('everything else', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database?.drop());
  beforeEach(async () => {
    source = await new DataSource({ type: 'postgres', url: database.url, driver: { ...pg, Pool: PatientPool }, extra: { max: 6 } }).initialize();
  });
  afterEach(async () => {
    jest.useRealTimers();
    await source.destroy();
  });

  const urgent = (): Promise<unknown> => queryAhead(source, 'select $1::int as n', [1]);
  async function holding(n: number): Promise<QueryRunner[]> {
    const runners = Array.from({ length: n }, () => source.createQueryRunner());
    await Promise.all(runners.map((runner) => runner.connect()));
    return runners;
  }
  /** To open a connection may take longer than anybody waits for a turn. */
  async function opened(n: number): Promise<void> {
    await Promise.all((await holding(n)).map((runner) => runner.release()));
  }

  it('has all connections while nothing is urgent', async () => {
    for (const runner of await holding(6)) {
      await runner.release();
    }
  });

  it('has a third of them while something is, which has them all', async () => {
    await opened(6);
    freeze();
    await urgent();
    const held = await holding(2);
    let isThere = false;
    const third = source.createQueryRunner();
    const connected = third.connect().then(() => (isThere = true));
    await Promise.all([urgent(), urgent(), urgent(), urgent()]);
    expect(isThere).toBe(false);
    await held[0]?.release();
    await connected;
    await Promise.all([third.release(), held[1]?.release()]);
  });

  it('waits for its turn no longer than half a second: what takes long does not hold it up', async () => {
    await urgent();
    for (const runner of await holding(3)) {
      await runner.release();
    }
  });

  it('waits no longer for a connection because it waited for its turn', async () => {
    await source.destroy();
    source = await new DataSource({ type: 'postgres', url: database.url, driver: { ...pg, Pool: PatientPool }, extra: { max: 2, connectionTimeoutMillis: 30_000 } }).initialize();
    await opened(2);
    freeze();
    await urgent();
    const held = await holding(2);
    const over: string[] = [];
    const ask = (name: string, asked: Promise<unknown>): Promise<void> => asked.catch((error: Error) => void over.push(`${name}: ${error.message}`)) as Promise<void>;
    const first = ask('first', source.query('select 1'));
    await jest.advanceTimersByTimeAsync(200);
    const later = ask('later, and urgent', urgent());
    await jest.advanceTimersByTimeAsync(29_800);
    expect(over).toEqual(['first: timeout exceeded when trying to connect']);
    await jest.advanceTimersByTimeAsync(200);
    await Promise.all([first, later]);
    expect(over).toEqual(['first: timeout exceeded when trying to connect', 'later, and urgent: timeout exceeded when trying to connect']);
    // What came too late is there for the next.
    await Promise.all(held.map((runner) => runner.release()));
    await Promise.all((await holding(2)).map((runner) => runner.release()));
  });
});
