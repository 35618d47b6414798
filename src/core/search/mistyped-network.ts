import ipaddr from 'ipaddr.js';

/** Two numbers are a version or an amount, unless a slash follows. */
const [LIKE_IPV4, LIKE_NETWORK] = [/^\d{1,3}(?:\.\d{1,3}){2,5}\.?$/, /^\d{1,3}(?:\.\d{1,3}){1,5}\.?$/];
const LIKE_IPV6 = /^[0-9a-f:.]*:[0-9a-f:.]*$/i;

/**
 * What is wrong with an address or a network as somebody typed it into the search, and what would be right. Null where nothing is
 * wrong, and where it was meant as something else: a time, a version, words.
 */
export function mistypedNetwork(typed: string): string | null {
  const [head = '', bits, ...more] = typed.trim().split('/');
  if (more.length > 0) {
    return null;
  }
  if ((bits === undefined ? LIKE_IPV4 : LIKE_NETWORK).test(head)) {
    return ofIPv4(head.replace(/\.$/, ''), bits);
  }
  return LIKE_IPV6.test(head) && (bits !== undefined || head.includes('::')) ? ofIPv6(head, bits) : null;
}

function ofIPv4(head: string, bits: string | undefined): string | null {
  const parts = head.split('.');
  const large = parts.find((part) => Number(part) > 255);
  if (large !== undefined) {
    return `${head} is no address: ${large} is more than 255. An address has four numbers from 0 to 255, such as 203.0.113.9.`;
  }
  const padded = parts.find((part) => /^0\d/.test(part));
  if (padded !== undefined) {
    return `${head} is not clear: a number with 0 in front is octal to some. Write it as ${parts.map(Number).join('.')}.`;
  }
  if (parts.length > 4) {
    return `${head} is no address: it has ${parts.length} numbers. An address has four, such as 203.0.113.9.`;
  }
  if (parts.length < 4) {
    const network = `${[...parts, '0', '0', '0'].slice(0, 4).join('.')}/${fits(bits, 32) ? bits : parts.length * 8}`;
    return `${[head, ...(bits === undefined ? [] : [bits])].join('/')} is no network: an address has four numbers. Did you mean ${network}?`;
  }
  return bits === undefined || fits(bits, 32) ? null : `${head}/${bits} is no network: after the slash stands how many bits are fixed, 0 to 32, such as ${network24(parts)}.`;
}

function ofIPv6(head: string, bits: string | undefined): string | null {
  if (!ipaddr.IPv6.isValid(head)) {
    return `${head} is no address. IPv6 has eight groups of up to four digits and letters a to f, with :: for groups of zeros once, such as 2001:db8:41::25.`;
  }
  return bits === undefined || fits(bits, 128) ? null : `${head}/${bits} is no network: after the slash stands how many bits are fixed, 0 to 128, such as 2001:db8:41::/48.`;
}

const fits = (bits: string | undefined, most: number): boolean => bits !== undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= most;
const network24 = (parts: readonly string[]): string => `${parts.slice(0, 3).join('.')}.0/24`;
