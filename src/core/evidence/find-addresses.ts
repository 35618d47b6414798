import ipaddr from 'ipaddr.js';
import { address } from '../ticket/address';

/** What of a text is searched: more serves no claim, and the search stays linear. */
const SEARCHED = 256 * 1024;
/** A text with more different addresses is a log, not a letter. */
const AT_MOST = 200;
/** Ranges that are nobody's address at a provider; the documentation ranges are left in, for demos and tests. */
const NOBODYS = new Set(['unspecified', 'loopback', 'private', 'linkLocal', 'multicast', 'broadcast', 'uniqueLocal', 'carrierGradeNat']);

// In each of these what looks forward stands before what looks back, so that a place where nothing can begin is passed over at once.
/** Four numbers that are no part of a longer number, name or version. */
const V4 = /(?=\d)(?<![\w.:-])(\d{1,3}(?:\.\d{1,3}){3})(?![\w:]*[A-Za-z_]|\.\d|-\w)/g;
const V6 = /(?=[\da-f:i])(?<![\w:.])(?:ipv6:)?((?:[0-9a-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}))(?![\w:]|\.\d)/gi;
/** What stands before a version number. */
const VERSION = /(?:\b(?:version|vers|ver|v|release|rel|build|id|firmware|kernel)[\s.:#=]{0,3}|[A-Za-z)]\/|[A-Za-z]-)$/i;

/** Four numbers with the word for a dot between them, or with a dot between blanks; no part of a longer row of numbers. */
const WORDS = 'dot|punkt|point|punto';
const SPELLED = new RegExp(`(?=\\d)(?<![\\w.:-]|\\b(?:${WORDS})\\s{1,2})(\\d{1,3})\\s{1,2}(?:${WORDS})\\s{1,2}(\\d{1,3})\\s{1,2}(?:${WORDS})\\s{1,2}(\\d{1,3})\\s{1,2}(?:${WORDS})\\s{1,2}(\\d{1,3})(?![\\w-]|\\s{1,2}(?:${WORDS})\\s)`, 'gi');
const SPACED = /(?=\d)(?<![\w.:-]|\.[ \t])(\d{1,3})[ \t]{1,2}\.[ \t]{1,2}(\d{1,3})[ \t]{1,2}\.[ \t]{1,2}(\d{1,3})[ \t]{1,2}\.[ \t]{1,2}(\d{1,3})(?![\w-]|[ \t]{1,2}\.[ \t]{1,2}\d)/g;
/** What says that an address follows, and a name in the middle of a sentence, which says that a version does ("with Postfix 3 . 7 . 110 . 2"). */
const ADDRESS_WORD = /\b(?:ip|ipv4|ips|address(?:es)?|adress[ea]?|adresse|direcci[oó]n|host|server|serveur|servidor|from|unblock)\b[\s:=#("']{0,3}(?:(?:is|ist|est|es)\s)?$/i;
const NAME = /[^\s.!?:;,]\s{1,2}[A-Z][A-Za-z]{2,}\s{1,2}$/;

/**
 * The IPv4 and IPv6 addresses that a text names, in the order in which they appear, each once, in RFC 5952 form. Reads defanged ones
 * (203[.]0[.]113[.]5, 203 dot 0 dot 113 dot 5, 203 . 0 . 113 . 5, hxxp://). Versions, dates, times and addresses that belong to nobody (loopback, private) are passed over.
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
  // An address has all its groups or a gap: times and the like are told apart before they are looked at.
  for (const match of plain.includes('::') || plain.split(':', 7).length === 7 ? plain.matchAll(V6) : []) {
    const digits = match[1] ?? '';
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
    .replace(/(?=[\s[({])(?<=\d)\s{0,2}[[({]\s?(?:\.|dot|punkt|point|punto)\s?[\])}]\s{0,2}(?=\d)/gi, '.')
    .replace(/[[({]\s?(?:\.|dot|punkt|point|punto)\s?[\])}]/gi, '.')
    .replace(SPELLED, '$1.$2.$3.$4')
    .replace(SPACED, (written: string, ...found: unknown[]) => {
      const [parts, at, whole] = [found.slice(0, 4) as string[], found[4] as number, found[5] as string];
      return isSpacedAddress(parts, whole.slice(Math.max(0, at - 24), at)) ? parts.join('.') : written;
    })
    .replace(/[[({]:[\])}]/g, ':')
    .replace(/\bhxxp/gi, 'http')
    .replace(/\[(?=[\d:]|ipv6:)|(?=\])(?<=[\da-f:])\]/gi, ' ');
}

/** With blanks between, short numbers may count or version anything: a number of three digits has to be among them, or a word for an address before. */
function isSpacedAddress(parts: string[], before: string): boolean {
  return ADDRESS_WORD.test(before) || (parts.some((part) => part.length === 3) && !NAME.test(before));
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
