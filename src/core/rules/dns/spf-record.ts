import ipaddr from 'ipaddr.js';

/** One term of an SPF record (RFC 7208 §4.6.1, §5). */
export interface SpfTerm {
  qualifier: '+' | '-' | '~' | '?';
  name: string;
  /** the domain-spec or address behind ":" (mechanisms) or "=" (modifiers); empty when left out */
  value: string;
  cidr4: number;
  cidr6: number;
  modifier: boolean;
  text: string;
}

const MECHANISMS = new Set(['all', 'include', 'a', 'mx', 'ptr', 'ip4', 'ip6', 'exists']);
/** The terms that cost a look-up (RFC 7208 §4.6.4). */
export const asksDns = (term: SpfTerm): boolean => ['include', 'a', 'mx', 'ptr', 'exists', 'redirect'].includes(term.name);

/** The SPF records among the TXT records of a name (RFC 7208 §4.5): version, then a blank or the end. */
export const spfRecords = (txt: string[]): string[] => txt.filter((text) => /^v=spf1(?: |$)/i.test(text));

/** Reads a record; `error` names the term that makes it a permerror (RFC 7208 §4.6). */
export function readSpf(record: string): { terms: SpfTerm[]; error: string | null } {
  const terms: SpfTerm[] = [];
  for (const text of record.slice(6).split(/\s+/).filter(Boolean)) {
    const term = readTerm(text);
    if (!term) {
      return { terms, error: `"${text.slice(0, 60)}" is no term of SPF` };
    }
    terms.push(term);
  }
  return { terms, error: null };
}

function readTerm(text: string): SpfTerm | null {
  const modifier = /^([a-z][\w.-]*)=(.*)$/i.exec(text);
  if (modifier) {
    return { qualifier: '+', name: modifier[1]!.toLowerCase(), value: modifier[2]!, cidr4: 32, cidr6: 128, modifier: true, text };
  }
  const match = /^([+\-~?]?)([a-z0-9]+)(?::([^\s]*?))?(?:\/(\d{1,3}))?(?:\/\/(\d{1,3}))?$/i.exec(text);
  const name = match?.[2]?.toLowerCase() ?? '';
  if (!match || !MECHANISMS.has(name)) {
    return null;
  }
  const value = match[3] ?? '';
  const needsValue = name === 'include' || name === 'exists' || name === 'ip4' || name === 'ip6';
  const first = match[4] === undefined ? null : Number(match[4]);
  const cidr4 = name === 'ip6' ? 32 : (first ?? 32);
  const cidr6 = name === 'ip6' ? (first ?? 128) : match[5] === undefined ? 128 : Number(match[5]);
  if ((name === 'ip4' && !ipaddr.IPv4.isValidFourPartDecimal(value)) || (name === 'ip6' && !ipaddr.IPv6.isValid(value))) {
    return null;
  }
  if ((needsValue && value === '') || cidr4 > 32 || cidr6 > 128 || (name === 'all' && value !== '')) {
    return null;
  }
  return { qualifier: (match[1] || '+') as SpfTerm['qualifier'], name, value, cidr4, cidr6, modifier: false, text };
}
