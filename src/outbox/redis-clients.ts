import { Redis, Cluster, type RedisOptions } from 'ioredis';
import { readRedisUrl, type RedisPlace } from '../platform/redis-place';

/** Bull asks for one that sends, one that waits for jobs, and one that listens; queues share all but the one that waits. */
type Use = 'client' | 'subscriber' | 'bclient';

const redialled = (tries: number): number => Math.min(tries * 100, 2_000);

/** The connections of this process to Redis, whether it is one server, one that Sentinels name, or a Cluster. */
export class RedisClients {
  private readonly place: RedisPlace;
  private readonly shared = new Map<Use, Redis | Cluster>();
  private readonly waiting: (Redis | Cluster)[] = [];
  private readonly listeners: (() => void)[] = [];

  constructor(url: string) {
    const place = readRedisUrl(url);
    if (!place) {
      throw new Error('REDIS_URL is none that can be read'); // the settings were checked before
    }
    this.place = place;
  }

  make(use: Use): Redis | Cluster {
    const known = this.shared.get(use);
    if (known) {
      return known;
    }
    const { kind, nodes, master, sentinelPassword, tls, db } = this.place;
    const options = this.options(use);
    const [first] = nodes;
    const client = kind === 'cluster'
      ? new Cluster(nodes, { clusterRetryStrategy: redialled, enableOfflineQueue: true, slotsRefreshTimeout: 5_000, redisOptions: options, ...(tls ? { dnsLookup: (name, done) => done(null, name) } : {}) })
      : kind === 'sentinel'
        ? new Redis({ ...options, ...(db === undefined ? {} : { db }), sentinels: nodes, name: master, sentinelRetryStrategy: redialled, ...(sentinelPassword === undefined ? {} : { sentinelPassword }), ...(tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}) })
        : new Redis({ ...options, ...first, ...(db === undefined ? {} : { db }) });
    if (use === 'bclient') {
      this.waiting.push(client);
    } else {
      this.shared.set(use, client);
    }
    if (use === 'client') {
      this.listeners.forEach((tell) => client.on('ready', tell));
    }
    // Bull listens to those that it knows of; one without a listener would write to the log with each failed dial.
    client.on('error', () => undefined);
    return client;
  }

  /** Told after each new connection of the one that sends. */
  onReady(tell: () => void): void {
    this.listeners.push(tell);
    this.shared.get('client')?.on('ready', tell);
  }

  get ready(): boolean {
    return this.shared.get('client')?.status === 'ready';
  }

  /** What each server does when its memory is full; nothing of those that do not tell. */
  async policies(): Promise<string[]> {
    const client = this.shared.get('client');
    const servers = client instanceof Cluster ? client.nodes('master') : client ? [client] : [];
    const said = await Promise.all(servers.map((server) => server.info('memory')));
    return said.flatMap((memory) => /^maxmemory_policy:(\S+)/m.exec(memory)?.[1] ?? []);
  }

  /** Makes the connections anew: one that is half open never finds out by itself. */
  redial(): void {
    for (const client of [this.shared.get('client'), ...this.waiting]) {
      client?.disconnect(true);
    }
  }

  /** Makes those anew that were taken and were told nothing since; those that are refused are dialled again anyway. */
  redialSilent(): void {
    for (const client of this.all()) {
      if (client.status === 'connecting' || client.status === 'connect') {
        client.disconnect(true);
      }
    }
  }

  /** Ends all connections, also those that are being dialled. */
  end(): void {
    this.all().forEach((client) => client.disconnect());
  }

  private all(): (Redis | Cluster)[] {
    return [...this.shared.values(), ...this.waiting];
  }

  /** A connection that fell silent is noticed by the watch; one that broke is dialled again, more and more slowly. */
  private options(use: Use): RedisOptions {
    const { username, password, tls } = this.place;
    return {
      enableOfflineQueue: true, keepAlive: 10_000, connectTimeout: 5_000, retryStrategy: redialled,
      ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }), ...(tls ? { tls: {} } : {}),
      // A command waits until Redis is there. One that gave up would be the end of Bull's consumer: it begins once, and with what its first
      // command said; a Redis that came half a minute after us would be used no more. Who cannot wait has a time limit of its own.
      maxRetriesPerRequest: null,
      // Bull asks for this where a command may wait for long.
      ...(use === 'client' ? {} : { enableReadyCheck: false }),
    };
  }
}
