import ipaddr from 'ipaddr.js';
import type { DnsFacts } from '../analysis';

/** The kinds of record that the rules read. */
export type RecordKind = 'ptr' | 'a' | 'aaaa' | 'mx' | 'txt';
/** What DNS said: the values, none for a name that does not exist, or `unknown` when the look-up failed or was not made. */
export type Answer = string[] | 'unknown';

/** An address in RFC 5952 form, IPv4-mapped ones as IPv4; null for what is no address. Zone ids and the "IPv6:" tag are dropped. */
export function tidyIp(text: string): string | null {
  if (plainV4(text)) {
    return text;
  }
  const bare = text.trim().replace(/^\[|\]$/g, '').replace(/^ipv6:/i, '').replace(/%.*$/, '');
  // Looked at first: names are asked here far more often than addresses, and ipaddr.js throws for each.
  if (bare.length > 45 || !(bare.includes(':') ? /^[0-9a-f:.]+$/i.test(bare) && ipaddr.IPv6.isValid(bare) : /^\d{1,3}(?:\.\d{1,3}){3}$/.test(bare) && ipaddr.IPv4.isValidFourPartDecimal(bare))) {
    return null;
  }
  const address = ipaddr.process(bare);
  return address.kind() === 'ipv6' ? (address as ipaddr.IPv6).toRFC5952String() : address.toString();
}

/** Four decimal numbers from 0 to 255 without leading zeros and nothing else, as nearly every address is written: then it is tidy as it stands. */
const V4 = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;
const plainV4 = (text: string): boolean => text.length <= 15 && V4.test(text);

/** A DNS name for comparison: lower case, no final dot. */
export const tidyName = (name: string): string => name.trim().toLowerCase().replace(/\.$/, '');

/**
 * The look-ups of the facts, asked by rules. A name that is absent does not exist, unless the facts say which names were asked
 * (`asked`): then one that was not asked is unknown. `wanted` collects what was asked here and is not known: that is how the
 * look-ups are planned.
 */
export class Dns {
  readonly wanted = new Set<string>();
  private readonly failed: Set<string>;
  private readonly asked: Set<string> | null;
  private readonly records: Record<RecordKind, Map<string, string[]>>;

  constructor(private readonly facts: DnsFacts | null) {
    this.failed = new Set(facts?.failed?.map(tidyKey));
    this.asked = facts?.asked ? new Set(facts.asked.map(tidyKey)) : null;
    const table = (kind: RecordKind): Map<string, string[]> =>
      new Map(Object.entries(facts?.[kind] ?? {}).map(([name, values]) => [kind === 'ptr' ? (tidyIp(name) ?? tidyName(name)) : tidyName(name), values]));
    this.records = { ptr: table('ptr'), a: table('a'), aaaa: table('aaaa'), mx: table('mx'), txt: table('txt') };
  }

  /** Names of an address. */
  ptr(ip: string): Answer {
    const names = this.ask('ptr', ip);
    return names === 'unknown' ? names : names.map(tidyName);
  }

  /** Mail servers of a name; a null MX (RFC 7505) is none. */
  mx(name: string): Answer {
    const hosts = this.ask('mx', tidyName(name));
    return hosts === 'unknown' ? hosts : hosts.map((host) => tidyName(host.replace(/^\d+\s+/, ''))).filter((host) => host !== '');
  }

  txt(name: string): Answer {
    return this.ask('txt', tidyName(name));
  }

  /** Addresses of a name in one family, RFC 5952 form. */
  addresses(name: string, family: 4 | 6): Answer {
    const found = this.ask(family === 4 ? 'a' : 'aaaa', tidyName(name));
    return found === 'unknown' ? found : found.flatMap((value) => tidyIp(value) ?? []);
  }

  /** Does the name lead to this address? */
  leadsTo(name: string, ip: string): boolean | 'unknown' {
    const found = this.addresses(name, ip.includes(':') ? 6 : 4);
    return found === 'unknown' ? found : found.includes(ip);
  }

  private ask(kind: RecordKind, name: string): Answer {
    const key = `${kind} ${name}`;
    const found = this.records[kind].get(name);
    if (found) {
      return found;
    }
    if (this.facts && !this.failed.has(key) && (!this.asked || this.asked.has(key))) {
      return [];
    }
    this.wanted.add(key);
    return 'unknown';
  }
}

/** As nearly all keys are written: then they are tidy as they stand. */
const TIDY = /^(?:a|aaaa|mx|txt) [a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/;

function tidyKey(key: string): string {
  if (TIDY.test(key)) {
    return key;
  }
  const [kind, name = ''] = key.trim().split(/\s+/, 2);
  return `${kind} ${kind === 'ptr' ? (tidyIp(name) ?? tidyName(name)) : tidyName(name)}`;
}
