import ipaddr from 'ipaddr.js';
import type { Dns } from './dns';
import { asksDns, readSpf, spfRecords, type SpfTerm } from './spf-record';

export type SpfResult = 'pass' | 'fail' | 'softfail' | 'neutral' | 'none' | 'permerror' | 'unknown';
export interface SpfOutcome {
  result: SpfResult;
  /** the term that matched, or why there is no result */
  why: string;
}
export interface SpfQuestion {
  ip: string;
  domain: string;
  /** MAIL FROM, or postmaster@HELO (RFC 7208 §2.4) */
  sender: string;
  helo: string;
}

interface Budget { lookups: number; voids: number }
const QUALIFIED = { '+': 'pass', '-': 'fail', '~': 'softfail', '?': 'neutral' } as const;
class PermError extends Error {}
class Unknown extends Error {}

/** check_host() of RFC 7208 §4 over facts: ten look-ups, two void ones, `unknown` where a look-up failed. */
export function checkSpf(question: SpfQuestion, dns: Dns): SpfOutcome {
  try {
    return checkHost(question, question.domain, dns, { lookups: 0, voids: 0 });
  } catch (error) {
    if (error instanceof PermError || error instanceof Unknown) {
      return { result: error instanceof PermError ? 'permerror' : 'unknown', why: error.message };
    }
    throw error;
  }
}

function checkHost(question: SpfQuestion, domain: string, dns: Dns, budget: Budget): SpfOutcome {
  const txt = known(dns.txt(domain), domain);
  const records = spfRecords(txt);
  if (records.length === 0) {
    return { result: 'none', why: `${domain} has no record` };
  }
  if (records.length > 1) {
    throw new PermError(`${domain} has ${records.length} records`);
  }
  const { terms, error } = readSpf(records[0]!);
  if (error) {
    throw new PermError(error);
  }
  for (const term of terms) {
    if (!term.modifier && matches(term, question, domain, dns, budget)) {
      return { result: QUALIFIED[term.qualifier], why: term.text };
    }
  }
  const redirect = terms.find((term) => term.modifier && term.name === 'redirect');
  if (!redirect) {
    return { result: 'neutral', why: 'no term matches' };
  }
  spend(budget);
  const outcome = checkHost(question, expand(redirect.value, question, domain), dns, budget);
  if (outcome.result === 'none') {
    throw new PermError(`redirect to ${redirect.value}, which has no record`);
  }
  return outcome;
}

function matches(term: SpfTerm, question: SpfQuestion, domain: string, dns: Dns, budget: Budget): boolean {
  if (asksDns(term)) {
    spend(budget);
  }
  const target = term.value === '' ? domain : expand(term.value, question, domain);
  const family = question.ip.includes(':') ? 6 : 4;
  const near = (addresses: string[]): boolean => addresses.some((address) => inRange(question.ip, address, family === 4 ? term.cidr4 : term.cidr6));
  switch (term.name) {
    case 'all':
      return true;
    case 'ip4':
    case 'ip6':
      return inRange(question.ip, term.value, term.name === 'ip4' ? term.cidr4 : term.cidr6);
    case 'a':
      return near(found(dns.addresses(target, family), target, budget));
    case 'mx':
      return found(dns.mx(target), target, budget).slice(0, 10).some((host) => near(known(dns.addresses(host, family), host)));
    case 'exists':
      return found(dns.addresses(target, 4), target, budget).length > 0;
    case 'ptr':
      return known(dns.ptr(question.ip), question.ip)
        .slice(0, 10)
        .some((name) => (name === target || name.endsWith(`.${target}`)) && dns.leadsTo(name, question.ip) === true);
    case 'include': {
      const outcome = checkHost(question, target, dns, budget);
      if (outcome.result === 'none') {
        throw new PermError(`include of ${target}, which has no record`);
      }
      return outcome.result === 'pass';
    }
    default:
      return false;
  }
}

function known(answer: string[] | 'unknown', name: string): string[] {
  if (answer === 'unknown') {
    throw new Unknown(`the look-up of ${name} failed`);
  }
  return answer;
}

function found(answer: string[] | 'unknown', name: string, budget: Budget): string[] {
  const values = known(answer, name);
  if (values.length === 0 && ++budget.voids > 2) {
    throw new PermError('more than two void look-ups');
  }
  return values;
}

function spend(budget: Budget): void {
  if (++budget.lookups > 10) {
    throw new PermError('more than ten look-ups');
  }
}

/** Is the address within the network? Different families never match. */
export function inRange(ip: string, network: string, bits: number): boolean {
  try {
    const address = ipaddr.process(ip);
    const base = ipaddr.process(network);
    return address.kind() === base.kind() && address.match(base as never, Math.min(bits, base.kind() === 'ipv4' ? 32 : 128));
  } catch {
    return false; // not an address
  }
}

/** Macros of RFC 7208 §7: s l o d i v h, with digits, "r" and delimiters. Others become nothing. */
export function expand(text: string, question: SpfQuestion, domain: string): string {
  if (!text.includes('%')) {
    return text.toLowerCase();
  }
  const at = question.sender.lastIndexOf('@');
  const values: Record<string, string> = {
    s: question.sender, l: at > 0 ? question.sender.slice(0, at) : 'postmaster', o: question.sender.slice(at + 1), d: domain,
    i: dotted(question.ip), v: question.ip.includes(':') ? 'ip6' : 'in-addr', h: question.helo,
  };
  return text
    .replace(/%\{([a-z])(\d*)(r?)([.\-+,/_=]*)\}/gi, (_, letter: string, digits: string, reverse: string, delimiters: string) => {
      const parts = (values[letter.toLowerCase()] ?? '').split(new RegExp(`[${(delimiters || '.').replace(/[-\]\\^]/g, '\\$&')}]`));
      const ordered = reverse ? parts.reverse() : parts;
      return ordered.slice(digits ? -Number(digits) : 0).join('.');
    })
    .replace(/%%/g, '%').replace(/%_/g, ' ').replace(/%-/g, '%20').toLowerCase();
}

function dotted(ip: string): string {
  return ip.includes(':') ? [...ipaddr.parse(ip).toByteArray()].flatMap((byte) => [(byte >> 4).toString(16), (byte & 15).toString(16)]).join('.') : ip;
}
