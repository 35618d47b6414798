import { isPassingTrouble } from '../../src/platform/database/passing-trouble';
import { WatchfulClient } from '../../src/platform/database/watchful-client';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy';
import { waitFor } from '../support/wait-for';

/** Older than the first age at which a connection makes its plans anew, in milliseconds. */
const OLD = 5_000;

describe('F19, F20 a connection that is lost', () => {
  const database = process.env['TEST_DATABASE_URL'] ?? '';
  let proxy: TcpProxy;
  let client: WatchfulClient;
  beforeEach(async () => {
    proxy = await startTcpProxy({ port: Number(new URL(database).port) });
    client = new WatchfulClient({ connectionString: proxy.through(database) });
    client.on('error', () => undefined);
    await client.connect();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await proxy.close();
    await client.end().catch(() => undefined);
  });

  const ask = () => client.query('select $1::int as n', [1]).then(({ rows }) => rows as unknown, (error: Error) => error);

  it('is trouble that passes for a statement that comes after', async () => {
    expect(await ask()).toEqual([{ n: 1 }]);
    const lost = new Promise((told) => client.once('error', told));
    proxy.cut();
    await lost;
    const error = await ask();
    expect([isPassingTrouble(error), error]).toEqual([true, expect.any(Error)]);
  });

  it('is trouble that passes for a statement before which the plans are made anew', async () => {
    const now = performance.now();
    jest.spyOn(performance, 'now').mockReturnValue(now + OLD);
    proxy.set('swallow');
    const sent = jest.spyOn(client as unknown as { _pulseQueryQueue(): void }, '_pulseQueryQueue');
    const asked = ask();
    await waitFor('the first statement to be on its way', () => Promise.resolve(sent.mock.calls.length > 0));
    proxy.cut();
    const error = await asked;
    expect([isPassingTrouble(error), error]).toEqual([true, expect.any(Error)]);
  });
});

describe('a database that is too busy', () => {
  let clients: WatchfulClient[];
  beforeEach(async () => {
    clients = [1, 2].map(() => new WatchfulClient(process.env['TEST_DATABASE_URL']));
    await Promise.all(clients.map((client) => client.connect()));
  });
  afterEach(() => Promise.all(clients.map((client) => client.end())));
  const failed = (asked: Promise<unknown>): Promise<unknown> => asked.then(() => null, (error: unknown) => error);

  it('is trouble that passes: a statement that took too long', async () => {
    await clients[0]!.query('set statement_timeout = 20');
    const error = await failed(clients[0]!.query('select pg_sleep(10)'));
    expect([isPassingTrouble(error), error]).toEqual([true, expect.objectContaining({ code: '57014' })]);
  });

  it('is trouble that passes: two that waited for each other', async () => {
    for (const client of clients) {
      await client.query(`begin; set local deadlock_timeout = '20ms'`);
    }
    const lock = (i: number, key: number) => failed(clients[i]!.query('select pg_advisory_xact_lock(4711, $1)', [key]));
    await lock(0, 1);
    await lock(1, 2);
    const crossed = [lock(0, 2), lock(1, 1)].map(async (asked, i) => {
      const error = await asked;
      await clients[i]!.query('rollback');
      return error;
    });
    const [error, ...more] = (await Promise.all(crossed)).filter((end) => end !== null);
    expect([isPassingTrouble(error), error, more]).toEqual([true, expect.objectContaining({ code: '40P01' }), []]);
  });

  it('is none of it: a statement that is wrong', async () => {
    const error = await failed(clients[0]!.query('select $1::inet', ['nonsense']));
    expect([isPassingTrouble(error), error]).toEqual([false, expect.objectContaining({ code: '22P02' })]);
  });
});
