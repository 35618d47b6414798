import type { Dns } from './dns';

export type DmarcPolicy = 'none' | 'quarantine' | 'reject';
export interface DmarcRecord {
  /** the name in DNS */
  name: string;
  domain: string;
  text: string;
  tags: Map<string, string>;
  /** what makes it void, or null */
  error: string | null;
  /** it is one of several at its name */
  several: boolean;
}
export type DmarcFound =
  | { state: 'unknown'; name: string }
  | { state: 'none' }
  | { state: 'invalid'; record: DmarcRecord }
  | { state: 'found'; record: DmarcRecord; policy: DmarcPolicy; test: boolean; strictSpf: boolean; strictDkim: boolean };

/** Tags that RFC 9989 no longer has. */
export const REMOVED_TAGS = ['pct', 'rf', 'ri'] as const;
const POLICIES = new Set(['none', 'quarantine', 'reject']);

/**
 * The policy for mail written in the name of `domain`: its own record, else the one up the tree that stands for its organisation
 * (RFC 9989 §4.10.1: at most eight names; `psd=y` or `psd=n` ends the walk, otherwise the one with the fewest labels counts).
 */
export function findDmarc(domain: string, dns: Dns): DmarcFound {
  const names = treeWalk(domain);
  const records: DmarcRecord[] = [];
  let discarded: DmarcRecord | null = null;
  for (const name of names) {
    const txt = dns.txt(`_dmarc.${name}`);
    if (txt === 'unknown') {
      return records.length > 0 ? settle(domain, records, dns) : { state: 'unknown', name: `_dmarc.${name}` };
    }
    const record = read(txt, name);
    if (record?.several) {
      discarded ??= record; // several at one name are all discarded, and the walk goes on (RFC 9989 §4.10 step 2)
    } else if (record) {
      records.push(record);
      if (name === domain || endsWalk(record)) {
        break;
      }
    }
  }
  if (records.length === 0) {
    return discarded ? { state: 'invalid', record: discarded } : { state: 'none' };
  }
  return settle(domain, records, dns);
}

/** Only y and n say something: `psd=u` is the default (RFC 9989 §4.10 steps 2 and 6). */
const endsWalk = (record: DmarcRecord): boolean => ['y', 'n'].includes(record.tags.get('psd')?.toLowerCase() ?? '');

/**
 * The organisational domain by the tree walk (RFC 9989 §4.10.2): the name with `psd=n`, or the one below `psd=y`, else the one with the fewest labels
 * that has a record, else the domain itself. `unknown` when a look-up is missing.
 */
export function organisationalDomain(domain: string, dns: Dns): string {
  const names = treeWalk(domain);
  let highest = domain;
  for (const [i, name] of names.entries()) {
    const txt = dns.txt(`_dmarc.${name}`);
    if (txt === 'unknown') {
      return 'unknown';
    }
    const record = read(txt, name);
    const psd = record?.error === null ? record.tags.get('psd')?.toLowerCase() : undefined;
    if (psd === 'n') {
      return name;
    }
    if (psd === 'y' && i > 0) {
      return domain.split('.').slice(-(name.split('.').length + 1)).join('.');
    }
    if (psd === 'y') {
      return highest;
    }
    highest = record?.error === null ? name : highest;
  }
  return highest;
}

/** The names asked, from the domain up; from eight labels on it jumps to seven (RFC 9989 §4.10). */
export function treeWalk(domain: string): string[] {
  const labels = domain.split('.').filter(Boolean);
  const names = [labels.join('.')];
  for (let rest = labels.length >= 8 ? labels.slice(-7) : labels.slice(1); rest.length > 0 && names.length < 8; rest = rest.slice(1)) {
    names.push(rest.join('.'));
  }
  return names;
}

function read(txt: string[], domain: string): DmarcRecord | null {
  const found = txt.filter((text) => /^v\s*=\s*DMARC1\s*(?:;|$)/.test(text.trim()));
  if (found.length === 0) {
    return null;
  }
  const tags = new Map<string, string>();
  for (const part of found[0]!.split(';')) {
    const equals = part.indexOf('=');
    const tag = part.slice(0, equals).trim().toLowerCase();
    if (equals > 0 && !tags.has(tag)) {
      tags.set(tag, part.slice(equals + 1).trim());
    }
  }
  const policy = tags.get('p')?.toLowerCase();
  // A record without p counts as p=none (RFC 9989 §4.8), and so does one without a usable p but with rua (§4.10.1).
  const error = found.length > 1 ? `${found.length} records` : policy === undefined || POLICIES.has(policy) || tags.has('rua') ? null : `p=${policy} is no policy`;
  return { name: `_dmarc.${domain}`, domain, text: found[0]!, tags, error, several: found.length > 1 };
}

function settle(domain: string, records: DmarcRecord[], dns: Dns): DmarcFound {
  const own = records.find((record) => record.domain === domain);
  const record = own ?? records[records.length - 1]!;
  if (record.error) {
    return { state: 'invalid', record };
  }
  const tag = (name: string): DmarcPolicy | null => {
    const value = record.tags.get(name)?.toLowerCase();
    return value !== undefined && POLICIES.has(value) ? (value as DmarcPolicy) : null;
  };
  const p = tag('p') ?? 'none';
  const forSubdomain = (): DmarcPolicy => (tag('np') !== null && !exists(domain, dns) ? tag('np')! : (tag('sp') ?? p));
  return {
    state: 'found', record, policy: own ? p : forSubdomain(), test: record.tags.get('t')?.toLowerCase() === 'y',
    strictSpf: record.tags.get('aspf')?.toLowerCase() === 's', strictDkim: record.tags.get('adkim')?.toLowerCase() === 's',
  };
}

/** A name without MX and addresses is taken as non-existent for `np`; unknown counts as existing, the milder reading. */
function exists(domain: string, dns: Dns): boolean {
  return [dns.mx(domain), dns.addresses(domain, 4), dns.addresses(domain, 6)].some((answer) => answer === 'unknown' || answer.length > 0);
}
