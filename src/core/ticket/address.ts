import ipaddr from 'ipaddr.js';

/**
 * An IPv4 or IPv6 address in RFC 5952 form; IPv4-mapped IPv6 becomes IPv4. Null when the text is no full address
 * (short forms such as "10.1" and zone indexes are refused).
 */
export function address(text: string): string | null {
  const plain = text.trim();
  if (plain.includes('%') || !(plain.includes(':') || /^\d{1,3}(\.\d{1,3}){3}$/.test(plain)) || !ipaddr.isValid(plain)) {
    return null;
  }
  const parsed = ipaddr.process(plain);
  return parsed.kind() === 'ipv6' ? (parsed as ipaddr.IPv6).toRFC5952String() : parsed.toString();
}
