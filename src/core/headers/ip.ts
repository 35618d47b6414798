import ipaddr from 'ipaddr.js';

/** What a piece of text that stands where an address belongs turned out to be. */
export type ReadIp = { ip: string } | { illegal: string } | null;

/**
 * Reads an address literal as mail servers write it: "[192.0.2.1]", "192.0.2.1:25", "IPv6:2001:db8::1", "[fe80::1%4]" (RFC 5321 §4.1.3).
 * Octets are decimal, as the RFC says, also with leading zeros. IPv4-mapped IPv6 becomes IPv4; IPv6 is given in RFC 5952 form.
 * `illegal` when the text offers an address that cannot be one; null when it is something else.
 */
export function readIp(text: string): ReadIp {
  let plain = text;
  let bracketed = false;
  if (plain.charCodeAt(0) === 91) {
    const close = plain.indexOf(']');
    if (close < 0) {
      return null;
    }
    plain = plain.slice(1, close);
    bracketed = true;
  }
  if (plain.length < 2 || plain.length > 64) {
    return null;
  }
  const tagged = plain.length > 5 && plain.slice(0, 5).toLowerCase() === 'ipv6:';
  if (tagged) {
    plain = plain.slice(5);
  }
  const slash = plain.indexOf('/');
  if (slash > 0 && bracketed) {
    plain = plain.slice(0, slash);
  }
  const first = plain.charCodeAt(0);
  if (!isHex(first) && first !== 58) {
    return null;
  }
  return plain.indexOf(':') === plain.lastIndexOf(':') && plain.includes('.')
    ? readV4(plain, bracketed)
    : readV6(plain, tagged || bracketed);
}

/** The labels of an address in reverse, as DNS asks for it: octets, or the nibbles of IPv6 (RFC 1035 §3.5, RFC 3596 §2.5, RFC 5782 §2.1 and §2.4). */
export function reversedIp(ip: string): string {
  const bytes = ipaddr.process(ip).toByteArray();
  const labels = bytes.length === 4 ? bytes.map(String) : bytes.flatMap((byte) => [byte >> 4, byte & 15]).map((nibble) => nibble.toString(16));
  return labels.reverse().join('.');
}

/** Whether an address belongs to nobody in particular: private, loopback, link-local, carrier NAT, unspecified (RFC 6890). Documentation ranges count as public. */
export function isInternalIp(ip: string): boolean {
  const [, a, b] = PLAIN_V4.exec(ip) ?? [];
  if (a !== undefined) { // asked of every hop, many times
    const [first, second] = [Number(a), Number(b)];
    return first === 10 || first === 127 || first === 0 || (first === 192 && second === 168) || (first === 172 && second >= 16 && second < 32) || (first === 169 && second === 254) || (first === 100 && second >= 64 && second < 128);
  }
  if (!ipaddr.isValid(ip)) {
    return false;
  }
  const range: string = ipaddr.parse(ip).range();
  return INTERNAL.has(range);
}

/** Whether an address lies in one of the networks ("192.0.2.0/24", or a single address). Networks that cannot be read hold nothing. */
export function isInNetworks(ip: string, networks: readonly string[]): boolean {
  if (networks.length === 0 || !ipaddr.isValid(ip)) {
    return false;
  }
  const address = ipaddr.process(ip);
  return networks.some((network) => {
    const text = network.trim();
    if (!text.includes('/')) {
      return ipaddr.isValid(text) && ipaddr.process(text).toString() === address.toString();
    }
    if (!ipaddr.isValidCIDR(text)) {
      return false;
    }
    const [base, bits] = ipaddr.parseCIDR(text);
    return base.kind() === address.kind() && address.match(base, bits);
  });
}

/** Four numbers from 0 to 255 without leading zeros: as `readIp` gives an address. */
const PLAIN_V4 = /^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){2}$/;
const INTERNAL = new Set(['private', 'loopback', 'linkLocal', 'uniqueLocal', 'carrierGradeNat', 'unspecified', 'deprecatedSiteLocal']);

function readV4(text: string, offered: boolean): ReadIp {
  const colon = text.indexOf(':');
  const end = colon < 0 ? text.length : colon;
  let groups = 0;
  let digits = 0;
  let value = 0;
  let legal = true;
  let out = '';
  for (let at = 0; at <= end; at++) {
    const code = at === end ? 46 : text.charCodeAt(at);
    if (code === 46) {
      if (digits === 0) {
        return null;
      }
      legal &&= value <= 255 && digits <= 3;
      out += groups === 0 ? String(value) : `.${value}`;
      groups++;
      digits = 0;
      value = 0;
    } else if (code >= 48 && code <= 57) {
      value = Math.min(value * 10 + code - 48, 1_000_000);
      digits++;
    } else {
      return null;
    }
  }
  if (groups !== 4) {
    return offered && groups > 4 ? { illegal: text.slice(0, end) } : null;
  }
  return legal ? { ip: out } : { illegal: text.slice(0, end) };
}

function readV6(text: string, offered: boolean): ReadIp {
  const zone = text.indexOf('%');
  const plain = zone > 0 ? text.slice(0, zone) : text;
  let colons = 0;
  for (let at = 0; at < plain.length; at++) {
    const code = plain.charCodeAt(at);
    if (code === 58) {
      colons++;
    } else if (!isHex(code) && code !== 46) {
      return null;
    }
  }
  if (colons < 2) {
    return null;
  }
  if (!ipaddr.IPv6.isValid(plain)) {
    return offered ? { illegal: plain } : null;
  }
  const address = ipaddr.IPv6.parse(plain);
  return { ip: address.isIPv4MappedAddress() ? address.toIPv4Address().toString() : address.toRFC5952String() };
}

function isHex(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}
