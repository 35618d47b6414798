import ipaddr from 'ipaddr.js';

/** A leading zero would be read as octal by some and as decimal by others: refused. */
const FOUR_DECIMALS = /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/;

/**
 * An IPv4 or IPv6 address in RFC 5952 form; IPv4-mapped IPv6 becomes IPv4. Null when the text is no full address
 * (short forms such as "10.1" and zone indexes are refused).
 */
export function address(text: string): string | null {
  const plain = text.trim();
  if (plain.includes('%') || !(plain.includes(':') || FOUR_DECIMALS.test(plain)) || !ipaddr.isValid(plain)) {
    return null;
  }
  const parsed = ipaddr.process(plain);
  return parsed.kind() === 'ipv6' ? (parsed as ipaddr.IPv6).toRFC5952String() : parsed.toString();
}
