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
