import { Resolver } from 'node:dns/promises';
import type { Config } from '../platform/config/config';

/** A resolver of the servers in the settings; each question may take four seconds. */
export function resolverOf(config: Pick<Config, 'DNS_SERVERS'>): Resolver {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (config.DNS_SERVERS) {
    resolver.setServers(config.DNS_SERVERS.map((server) => server.replace(/^localhost(?=:|$)/, '127.0.0.1')));
  }
  return resolver;
}
