import ipaddr from 'ipaddr.js';

/** True where `ip` lies in `prefix` (CIDR). */
export function isWithin(ip: string, prefix: string): boolean {
  const [range, bits] = ipaddr.parseCIDR(prefix);
  const address = ipaddr.process(ip);
  return address.kind() === range.kind() && address.match(range, bits);
}

/** The name under which the PTR record of an address lies (RFC 1035 3.5, RFC 3596 2.5). */
export function reverseName(ip: string): string {
  const address = ipaddr.process(ip);
  return address.kind() === 'ipv6'
    ? `${[...address.toNormalizedString().split(':').map((part) => part.padStart(4, '0')).join('')].reverse().join('.')}.ip6.arpa`
    : `${address.toString().split('.').reverse().join('.')}.in-addr.arpa`;
}
