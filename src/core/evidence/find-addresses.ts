import ipaddr from 'ipaddr.js';
import { address } from '../ticket/address';

/** What of a text is searched: more serves no claim, and the search stays linear. */
const SEARCHED = 256 * 1024;
/** A text with more different addresses is a log, not a letter. */
const AT_MOST = 200;
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
  const written = new Map<string, number>();
  for (const match of plain.matchAll(V4)) {
    const digits = match[1] ?? '';
    if (!digits.split('.').some((part) => part.length > 1 && part.startsWith('0')) && !VERSION.test(plain.slice(Math.max(0, match.index - 12), match.index))) {
      note(written, digits, match.index);
    }
  }
  for (const match of plain.matchAll(V6)) {
    const digits = match[1] ?? '';
    // Times and the like are told apart before a parser is asked: an address has all its groups or a gap.
    if (/\d/.test(digits) && (digits.includes('::') || digits.split(':').length >= 7)) {
      note(written, digits, match.index);
    }
  }
  const found = [...written].sort((a, b) => a[1] - b[1]).flatMap(([digits]) => addressOfSomebody(digits) ?? []);
  return [...new Set(found)];
}

/** 203[.]0[.]113[.]5, 203(dot)0 …, 2001[:]db8, hxxp:// as they were before somebody made them unclickable. */
function refang(text: string): string {
  return text
    .replace(/[[({]\s?(?:\.|dot|punkt|point|punto)\s?[\])}]/gi, '.')
    .replace(/[[({]:[\])}]/g, ':')
    .replace(/\bhxxp/gi, 'http')
    .replace(/\[(?=[\d:]|ipv6:)|(?<=[\da-f:])\]/gi, ' ');
}

function note(written: Map<string, number>, digits: string, at: number): void {
  if (!written.has(digits) && written.size < AT_MOST) {
    written.set(digits, at);
  }
}

function addressOfSomebody(digits: string): string | null {
  const ip = address(digits);
  return ip !== null && !NOBODYS.has(ipaddr.process(ip).range()) ? ip : null;
}
