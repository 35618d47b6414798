import type { MxRecord } from 'node:dns';
import type { Resolver } from 'node:dns/promises';
import { reversedIp } from '../core/headers/ip';
import type { Lookup } from '../core/rules/plan-lookups';
import type { Config } from '../platform/config/config';
import { dnsMoment, saysAbsent, type DnsMoment } from '../platform/dns-moment';
import { SharedResolver } from '../platform/shared-resolver';

/** What one look-up gave: values, none for a name that does not exist, or a failure, which is never the same thing. */
export type LookupAnswer = string[] | 'failed';

interface Kept { answer: string[]; at: number; until: number }

/** Answers are kept this long, those that say "does not exist" too: long enough for one ticket, short enough for a repair. */
const KEEP_MS = { found: 60_000, absent: 15_000 } as const;
/** Of the first try of each question; there are two. */
const TIMEOUT_MS = 1_000;
const KEEP_AT_MOST = 5_000;

/** Asks DNS: the servers of DNS_SERVERS, else those of the system. Never throws for a look-up. Knows no Nest: the command line uses it and must not wait for that. */
export class DnsClient {
  private readonly shared: SharedResolver;
  private readonly kept = new Map<string, Kept>();
  private readonly moment: DnsMoment;

  /** @throws Error for a server that cannot be used: it stops the start, not the first ticket */
  constructor(config: Pick<Config, 'DNS_SERVERS'>) {
    this.shared = new SharedResolver(config.DNS_SERVERS ?? null, TIMEOUT_MS);
    this.moment = dnsMoment(config.DNS_SERVERS ?? null);
    try {
      this.shared.get();
    } catch {
      throw new Error(`DNS_SERVERS: ${config.DNS_SERVERS?.join(',') ?? ''} must be addresses with or without a port, such as 192.0.2.53 or 127.0.0.1:5353`);
    }
  }

  /**
   * A conversation of one analysis with DNS: `stop` ends it, and what is still open then counts as failed.
   * @param fresh takes no answer that was kept before: who has just repaired a record must not be shown the old one
   */
  open(fresh = false): { ask: (lookup: Lookup) => Promise<LookupAnswer>; stop: () => void } {
    const since = fresh ? Date.now() : 0;
    let stop = (): void => undefined;
    const stopped = new Promise<'failed'>((resolve) => (stop = () => resolve('failed')));
    return { ask: (lookup) => Promise.race([this.ask(this.shared.get(), lookup, since), stopped]), stop };
  }

  private async ask(resolver: Resolver, lookup: Lookup, since: number): Promise<LookupAnswer> {
    const key = `${lookup.kind} ${lookup.name}`;
    const kept = this.kept.get(key);
    if (kept && kept.until > Date.now() && kept.at >= since) {
      return kept.answer;
    }
    const said = this.moment.recall(TYPES[lookup.kind], nameOf(lookup), since);
    if (said) {
      return this.keep(key, plain(lookup.kind, said.answer), said.at);
    }
    try {
      return this.keep(key, plain(lookup.kind, await resolver.resolve(nameOf(lookup), TYPES[lookup.kind])));
    } catch (error) {
      return saysAbsent(error) ? this.keep(key, []) : 'failed';
    }
  }

  private keep(key: string, answer: string[], at = Date.now()): string[] {
    if (this.kept.size >= KEEP_AT_MOST) {
      this.kept.clear();
    }
    this.kept.set(key, { answer, at, until: at + (answer.length > 0 ? KEEP_MS.found : KEEP_MS.absent) });
    return answer;
  }
}

const TYPES = { ptr: 'PTR', a: 'A', aaaa: 'AAAA', mx: 'MX', txt: 'TXT' } as const;
const nameOf = ({ kind, name }: Lookup): string => (kind === 'ptr' ? reverseName(name) : name);

/** Records as the rules take them: hosts by preference, and each text in one piece. */
function plain(kind: Lookup['kind'], records: unknown): string[] {
  switch (kind) {
    case 'mx':
      return [...(records as MxRecord[])].sort((a, b) => a.priority - b.priority).map(({ exchange }) => exchange);
    case 'txt':
      return (records as string[][]).map((parts) => parts.join(''));
    default:
      return records as string[];
  }
}

/** The name under which an address has its PTR (RFC 1035 §3.5, RFC 3596 §2.5). Not `reverse()`: that reads the hosts file, and takes a failure for absence. */
function reverseName(ip: string): string {
  return `${reversedIp(ip)}.${ip.includes(':') ? 'ip6' : 'in-addr'}.arpa`;
}
