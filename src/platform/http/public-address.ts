import ipaddr from 'ipaddr.js';

/** Ranges of ipaddr.js that no operator's webhook has business with unless a setting names the network. */
const PUBLIC = 'unicast';

/**
 * Whether an address may be connected to on behalf of somebody who typed a URL: a public one, or one of the networks that the settings
 * allow. An IPv4 address in IPv6 clothes (::ffff:127.0.0.1, 64:ff9b::7f00:1) is judged as what it is.
 */
export function mayConnect(address: string, allowed: readonly string[] = []): boolean {
  if (!ipaddr.isValid(address)) {
    return false;
  }
  const ip = naked(ipaddr.process(address));
  const isAllowed = allowed.some((cidr) => ipaddr.isValidCIDR(cidr) && within(ip, cidr));
  return isAllowed || ip.range() === PUBLIC;
}

type Ip = ipaddr.IPv4 | ipaddr.IPv6;

function naked(ip: Ip): Ip {
  const isTranslated = ip.kind() === 'ipv6' && ['rfc6052', 'rfc6145', '6to4', 'teredo'].includes(ip.range());
  const bytes = ip.toByteArray();
  return isTranslated && ip.range() === 'rfc6052' ? new ipaddr.IPv4(bytes.slice(12)) : ip;
}

function within(ip: Ip, cidr: string): boolean {
  const [base, bits] = ipaddr.parseCIDR(cidr);
  return base.kind() === ip.kind() && ip.match(base, bits);
}
