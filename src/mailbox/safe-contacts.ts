import { Inject, Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import type { Resolver } from 'node:dns/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { CONFIG, type Config } from '../platform/config/config';
import { resolverOf } from './resolver';

/** All look-ups for one mail together, in milliseconds. */
const LIMIT_MS = 8_000;
const CONTACTS = 10;
const HOSTS = 10;
const ADDRESS = /^[^\s@<>()[\]\\,;:"\p{C}]{1,64}@([^\s@<>()[\]\\,;:"\p{C}]{1,253})$/u;

/** Finds a contact whose mailbox whoever broke into a blocked host cannot read. */
@Injectable()
export class SafeContacts {
  constructor(@Inject(CONFIG) private readonly config: Pick<Config, 'DNS_SERVERS'>) {}

  /**
   * The first of `contacts` whose mail is not taken by one of `blocked`; null when there is none, or nobody can tell: a look-up that
   * failed proves nothing.
   */
  async choose(contacts: readonly string[], blocked: readonly string[]): Promise<string | null> {
    const resolver = resolverOf(this.config);
    const ended = new AbortController();
    wait(LIMIT_MS, null, { ref: false, signal: ended.signal }).then(() => resolver.cancel(), () => undefined);
    try {
      for (const contact of contacts.slice(0, CONTACTS)) {
        const domain = ADDRESS.exec(contact)?.[1];
        const servers = domain ? await mailServersOf(domain, resolver) : null;
        if (servers && !servers.some((server) => blocked.some((address) => sameHost(server, address)))) {
          return contact;
        }
      }
      return null;
    } finally {
      ended.abort();
    }
  }
}

/** Addresses of the servers that take the mail of a domain (RFC 5321 §5.1); null when they could not be looked up, or it takes none. */
async function mailServersOf(domain: string, resolver: Resolver): Promise<string[] | null> {
  try {
    const exchanges = await there(resolver.resolveMx(domain));
    if (exchanges.some(({ exchange }) => exchange === '' || exchange === '.')) {
      return null;
    }
    const hosts = exchanges.length > 0 ? exchanges.map(({ exchange }) => exchange) : [domain];
    const found = await Promise.all(hosts.slice(0, HOSTS).flatMap((host) => [there(resolver.resolve4(host)), there(resolver.resolve6(host))]));
    return hosts.length > HOSTS ? null : found.flat();
  } catch {
    return null;
  }
}

/** "There is no such record" is an answer; everything else is none. */
async function there<T>(asked: Promise<T[]>): Promise<T[]> {
  try {
    return await asked;
  } catch (error) {
    if (['ENODATA', 'ENOTFOUND'].includes((error as { code?: string }).code ?? '')) {
      return [];
    }
    throw error;
  }
}

/** The same address; of IPv6 the same /64, which is one host's. */
function sameHost(a: string, b: string): boolean {
  const [one, other] = [ipaddr.process(a), ipaddr.process(b)];
  return one.kind() === other.kind() && (one.kind() === 'ipv6' ? one.match(other, 64) : one.toString() === other.toString());
}
