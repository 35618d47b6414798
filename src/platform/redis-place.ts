/** Where Redis is, as REDIS_URL says it: one server, one that Sentinels name, or a Cluster. */
export interface RedisPlace {
  kind: 'single' | 'sentinel' | 'cluster';
  nodes: { host: string; port: number }[];
  tls: boolean;
  username?: string;
  password?: string;
  /** number of the database; a Cluster has only one */
  db?: number;
  /** what the Sentinels call the master */
  master?: string;
  /** their own password, where they have one */
  sentinelPassword?: string;
}

export const REDIS_FORMS = 'redis://[user:password@]host[:6379][/0], redis+sentinel://[:password@]host1:26379,host2:26379/name or redis+cluster://[:password@]host1:6379,host2:6379 (rediss… for TLS)';

const SHAPE = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^/@]*)@)?([^/?@]+)(?:\/([^?]*))?(?:\?(.*))?$/;
const PORTS = { single: 6379, sentinel: 26_379, cluster: 6379 };

/** Reads REDIS_URL; what is special in names and passwords stands as %40 and the like. Null for what is none of REDIS_FORMS. */
export function readRedisUrl(text: string): RedisPlace | null {
  const [, scheme, how, who, hosts = '', path = '', query] = SHAPE.exec(text) ?? [];
  const kind = (how ?? 'single') as RedisPlace['kind'];
  const nodes = hosts.split(',').map((host) => readHost(host, PORTS[kind]));
  const known = nodes.filter((node) => node !== null);
  const place: RedisPlace = { kind, nodes: known, tls: scheme === 'rediss' };
  if (scheme === undefined || known.length < nodes.length || (kind === 'single' && nodes.length > 1)) {
    return null;
  }
  try {
    const [user = '', ...password] = (who ?? '').split(':').map(decodeURIComponent);
    const sentinelPassword = new URLSearchParams(query).get('sentinelPassword') ?? undefined;
    const db = kind === 'sentinel' ? (new URLSearchParams(query).get('db') ?? '') : path;
    if (!/^\d{0,3}$/.test(db) || (kind === 'sentinel' && path === '') || (kind === 'cluster' && path !== '')) {
      return null;
    }
    return {
      ...place, ...(user === '' ? {} : { username: user }), ...(password.length > 0 ? { password: password.join(':') } : {}), ...(db === '' ? {} : { db: Number(db) }),
      ...(kind === 'sentinel' ? { master: decodeURIComponent(path), ...(sentinelPassword === undefined ? {} : { sentinelPassword }) } : {}),
    };
  } catch {
    return null; // a % that is none
  }
}

function readHost(text: string, usual: number): { host: string; port: number } | null {
  const [, six, name, port] = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(text) ?? [];
  const host = six ?? name;
  return host === undefined || Number(port ?? usual) > 65_535 ? null : { host, port: Number(port ?? usual) };
}
