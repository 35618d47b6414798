import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { isAlive, until } from '../processes';
import { startEmbeddedPostgres } from './embedded';

jest.setTimeout(180_000);
const quiet = () => undefined;
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'desk-embedded-'));
  chmodSync(dir, 0o711);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const postmaster = () => Number(readFileSync(join(dir, 'pg/cluster/postmaster.pid'), 'utf8').split('\n')[0]);

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}

/** Another process starts the server and is killed as soon as it runs. */
async function startAndDie(durable: boolean): Promise<void> {
  const script = `
    const { fromSource } = await import('./scripts/lib/sources.mjs');
    const { startEmbeddedPostgres } = fromSource('src/platform/database/embedded.ts');
    await startEmbeddedPostgres({ dataDir: ${JSON.stringify(join(dir, 'pg'))}, durable: ${durable} });
    process.kill(process.pid, 'SIGKILL');`;
  const [, signal] = (await once(spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'inherit', 'inherit'] }), 'exit')) as [number, string];
  expect(signal).toBe('SIGKILL');
}

it('takes over the server of a process that was killed, recovers from a kill of the server, and stops', async () => {
  await startAndDie(true);
  const second = await startEmbeddedPostgres({ dataDir: join(dir, 'pg'), durable: true, say: quiet });
  expect(second.reused).toBe(true);
  expect(await query(second.url, "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit') order by 1")).toEqual([
    { name: 'fsync', setting: 'on' },
    { name: 'synchronous_commit', setting: 'on' },
  ]);
  await query(second.url, 'create table kept as select 7 as seven');

  const pid = postmaster();
  process.kill(pid, 'SIGKILL');
  expect(await until(() => !isAlive(pid), 50_000)).toBe(true);
  const third = await startEmbeddedPostgres({ dataDir: join(dir, 'pg'), durable: true, say: quiet });
  expect(third.reused).toBe(false);
  expect(await query(third.url, 'select seven from kept')).toEqual([{ seven: 7 }]);

  const last = postmaster();
  await third.stop();
  expect(isAlive(last)).toBe(false);
});

it('ends with the process that started it when nothing has to be kept', async () => {
  await startAndDie(false);
  expect(existsSync(join(dir, 'pg/cluster/PG_VERSION'))).toBe(true);
  expect(await until(() => !existsSync(join(dir, 'pg/cluster/postmaster.pid')), 50_000)).toBe(true);
});

it('steps over a port in use and says so, and lets nobody in without the password', async () => {
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const { port } = squatter.address() as AddressInfo;
  const said: string[] = [];
  const server = await startEmbeddedPostgres({ dataDir: join(dir, 'pg'), durable: false, port, say: (line) => void said.push(line) });
  expect(server.port).not.toBe(port);
  expect(said).toContain(`Port ${port} is in use: PostgreSQL takes ${server.port}`);
  await expect(query(server.url.replace(/:[0-9a-f]+@/, ':wrong@'), 'select 1')).rejects.toThrow('password authentication failed');
  await server.stop();
  squatter.close();
});

it('shares one server between two that start at once', async () => {
  const start = () => startEmbeddedPostgres({ dataDir: join(dir, 'pg'), durable: false, say: quiet });
  const [one, other] = await Promise.all([start(), start()]);
  expect(one.url).toBe(other.url);
  await one.stop();
});
