import ipaddr from 'ipaddr.js';
import { address } from '../ticket/address';

/** What of a text is searched: more serves no claim, and the search stays linear. */
const SEARCHED = 256 * 1024;
/** Ranges that are nobody's address at a provider; the documentation ranges are left in, for demos and tests. */
const NOBODYS = new Set(['unspecified', 'loopback', 'private', 'linkLocal', 'multicast', 'broadcast', 'uniqueLocal', 'carrierGradeNat']);

/** Four numbers that are no part of a longer number, name or version. */
const V4 = /(?<![\w.:-])(\d{1,3}(?:\.\d{1,3}){3})(?![\w:]*[A-Za-z_]|\.\d|-\w)/g;
const V6 = /(?<![\w:.])(?:ipv6:)?((?:[0-9a-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}))(?![\w:]|\.\d)/gi;
/** What stands before a version number. */
const VERSION = /(?:\b(?:version|vers|ver|v|release|rel|build|id|firmware|kernel)[\s.:#=]{0,3}|[A-Za-z)]\/|[A-Za-z]-)$/i;

/**
 * The IPv4 and IPv6 addresses that a text names, in the order in which they appear, each once, in RFC 5952 form. Reads defanged ones
 * (203[.]0[.]113[.]5, hxxp://). Versions, dates, times and addresses that belong to nobody (loopback, private) are passed over.
 */
export function findAddresses(text: string): string[] {
  const plain = refang(text.slice(0, SEARCHED));
  const found: { at: number; ip: string }[] = [];
  for (const match of plain.matchAll(V4)) {
    const digits = match[1] ?? '';
    if (!digits.split('.').some((part) => part.length > 1 && part.startsWith('0')) && !VERSION.test(plain.slice(Math.max(0, match.index - 12), match.index))) {
      keep(found, match.index, digits);
    }
  }
  for (const match of plain.matchAll(V6)) {
    const digits = match[1] ?? '';
    if (/\d/.test(digits)) {
      keep(found, match.index, digits);
    }
  }
  return [...new Set(found.sort((a, b) => a.at - b.at).map((item) => item.ip))];
}

/** 203[.]0[.]113[.]5, 203(dot)0 …, 2001[:]db8, hxxp:// as they were before somebody made them unclickable. */
function refang(text: string): string {
  return text
    .replace(/[[({]\s?(?:\.|dot|punkt|point|punto)\s?[\])}]/gi, '.')
    .replace(/[[({]:[\])}]/g, ':')
    .replace(/\bhxxp/gi, 'http')
    .replace(/\[(?=[\d:]|ipv6:)|(?<=[\da-f:])\]/gi, ' ');
}

function keep(found: { at: number; ip: string }[], at: number, digits: string): void {
  const ip = address(digits);
  if (ip !== null && !NOBODYS.has(ipaddr.process(ip).range())) {
    found.push({ at, ip });
  }
}
