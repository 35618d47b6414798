import { Redis } from 'ioredis';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPrivateRedis, type PrivateRedis, type RedisOptions } from '../../src/platform/redis-server';
import { freePort } from './ports';
import { waitFor } from './wait-for';

/** `describe.each` over the two ways of carrying jobs; Bull is left out, as said at the start of the run, where there is no Redis. */
export const carriers: ('in-process' | 'bull')[] = process.env['TEST_REDIS_URL'] ? ['in-process', 'bull'] : ['in-process'];

/** `describe` where there is a Redis, else `describe.skip`. */
export const describeWithRedis = process.env['TEST_REDIS_URL'] ? describe : describe.skip;

/** A Redis for one spec alone: to be filled, stopped or killed without touching another spec's queue. */
export async function startRedis(more: Pick<RedisOptions, 'more' | 'password' | 'sentinel'> = {}): Promise<PrivateRedis> {
  const dir = mkdtempSync(join(tmpdir(), `desk-test-${process.pid}-redis-`));
  const redis = await startPrivateRedis({ dir, path: process.env['PATH'] ?? '', unpackInto: '.cache/redis', tied: true, ...more });
  if (!redis) {
    throw new Error('There is no Redis to start: guard this spec with describeWithRedis');
  }
  return {
    ...redis,
    stop: async () => {
      await redis.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

const PASSWORD = 'a-password/of@the:test';

/** A Cluster of two masters, each with half of the slots: what belongs together has to be in one of them. */
export async function startCluster(): Promise<{ url: string; stop(): Promise<void> }> {
  const bus = [await freePort(), await freePort()] as const;
  const nodes = await Promise.all(bus.map((port) => startRedis({ password: PASSWORD, more: () => ['cluster-enabled yes', `cluster-port ${port}`, 'cluster-node-timeout 2000', `masterauth "${PASSWORD}"`] })));
  const clients = nodes.map(({ port }) => new Redis({ host: '127.0.0.1', port, password: PASSWORD }));
  const [one, two] = clients as [Redis, Redis];
  await one.call('CLUSTER', 'ADDSLOTSRANGE', '0', '8191');
  await two.call('CLUSTER', 'ADDSLOTSRANGE', '8192', '16383');
  await one.call('CLUSTER', 'MEET', '127.0.0.1', String(nodes[1]?.port), String(bus[1]));
  await waitFor('the Cluster to be whole', async () => (await Promise.all(clients.map((client) => client.call('CLUSTER', 'INFO')))).every((info) => /cluster_state:ok[^]*cluster_known_nodes:2/.test(String(info))));
  clients.forEach((client) => client.disconnect());
  return { url: `redis+cluster://:${encodeURIComponent(PASSWORD)}@127.0.0.1:${nodes[0]?.port}`, stop: async () => void (await Promise.all(nodes.map((node) => node.stop()))) };
}

/** A master with a replica, and a Sentinel that makes the replica the master when the master is gone. */
export async function startSentinel(): Promise<{ url: string; master: PrivateRedis; stop(): Promise<void> }> {
  const master = await startRedis({ password: PASSWORD, more: () => [`masterauth "${PASSWORD}"`] });
  const replica = await startRedis({ password: PASSWORD, more: () => [`masterauth "${PASSWORD}"`, `replicaof 127.0.0.1 ${master.port}`, 'repl-diskless-sync-delay 0'] });
  const following = new Redis({ host: '127.0.0.1', port: replica.port, password: PASSWORD });
  await waitFor('the replica to follow', async () => /master_link_status:up/.test(await following.info('replication')));
  following.disconnect();
  const sentinel = await startRedis({
    sentinel: true, password: PASSWORD,
    more: () => [`sentinel monitor desk 127.0.0.1 ${master.port} 1`, `sentinel auth-pass desk "${PASSWORD}"`, 'sentinel down-after-milliseconds desk 1000', 'sentinel failover-timeout desk 5000'],
  });
  const word = encodeURIComponent(PASSWORD);
  return {
    url: `redis+sentinel://:${word}@127.0.0.1:${sentinel.port}/desk?sentinelPassword=${word}`, master,
    stop: async () => void (await Promise.all([sentinel, replica, master].map((server) => server.stop()))),
  };
}
