import { findDmarc } from '../rules/dns/dmarc';
import type { Dns } from '../rules/dns/dns';
import { isGenericName } from '../rules/dns/generic-name';
import { checkSpf } from '../rules/dns/spf';
import { surveySpf } from '../rules/dns/spf-survey';
import { readTags } from '../headers/read-tags';
import { fixOf } from './catalogue';

/** Of whom the fix is asked. */
export interface FixSubject {
  /** the blocked address, RFC 5952 form */
  ip: string;
  /** domain in From; null when no message told */
  domain: string | null;
  /** domain of the Return-Path, where it is another one */
  envelope: string | null;
  /** name with which the server greets */
  greeting: string | null;
  /** names of DKIM keys that were seen, `<selector>._domainkey.<domain>` */
  keys: readonly string[];
}

export interface FixVerdict {
  state: 'verified' | 'failed' | 'unknown';
  /** what was found, for the customer */
  says: string;
}

const verified = (says: string): FixVerdict => ({ state: 'verified', says });
const failed = (says: string): FixVerdict => ({ state: 'failed', says });
const unknown = (says: string): FixVerdict => ({ state: 'unknown', says });
const noAnswer = (name: string): FixVerdict => unknown(`${name} could not be looked up just now. We try again.`);

/** Can a look-up say anything about this fix? */
export const isVerifiedByDns = (code: string): boolean => fixOf(code)?.verification.includes('dns') ?? false;

/**
 * What DNS says of a fix. `unknown` where a look-up failed, or where DNS cannot tell. What `dns` is asked in vain is in
 * `dns.wanted`, so that the look-ups of a verification are planned by trying it.
 */
export function verifyFix(code: string, dns: Dns, subject: FixSubject): FixVerdict {
  switch (code) {
    case 'set_ptr':
    case 'match_ptr':
      return ptr(dns, subject, code === 'match_ptr');
    case 'publish_spf':
    case 'repair_spf':
      return withDomain(subject.envelope ?? subject.domain, (domain) => spf(dns, subject, domain));
    case 'publish_dmarc':
      return withDomain(subject.domain, (domain) => dmarc(dns, domain));
    case 'repair_dkim':
      return dkim(dns, subject.keys);
    case 'monitor_abuse_address':
      return withDomain(subject.domain, (domain) => mx(dns, domain));
    default:
      return unknown('A look-up cannot show this; a person reads what you wrote.');
  }
}

function withDomain(domain: string | null, check: (domain: string) => FixVerdict): FixVerdict {
  return domain === null ? unknown('We do not know the domain: no message of yours was supplied yet.') : check(domain);
}

function ptr(dns: Dns, { ip, greeting }: FixSubject, mustMatch: boolean): FixVerdict {
  const names = dns.ptr(ip);
  if (names === 'unknown') {
    return noAnswer(ip);
  }
  const [name] = names;
  if (name === undefined) {
    return failed(`${ip} has no PTR record yet.`);
  }
  const answers = names.slice(0, 10).map((each) => dns.leadsTo(each, ip));
  if (!answers.includes(true)) {
    return answers.includes('unknown') ? noAnswer(name) : failed(`${name}, the name of ${ip}, does not lead back to it.`);
  }
  if (names.every((each) => isGenericName(each, ip))) {
    return failed(`${name} is still the general name of the range.`);
  }
  if (mustMatch && greeting !== null && !names.includes(greeting)) {
    const leads = dns.leadsTo(greeting, ip);
    return leads === true ? verified(`${ip} is called ${name} and leads back; so does ${greeting}.`)
      : leads === 'unknown' ? noAnswer(greeting) : failed(`${ip} is called ${name}, but your server greeted as ${greeting}.`);
  }
  return verified(`${ip} is called ${name}, and ${name} leads back to it.`);
}

function spf(dns: Dns, { ip, greeting }: FixSubject, domain: string): FixVerdict {
  const question = { ip, domain, sender: `postmaster@${domain}`, helo: greeting ?? '' };
  const survey = surveySpf(question, dns);
  if (survey.records === 'unknown') {
    return noAnswer(domain);
  }
  if (survey.records.length !== 1) {
    return failed(survey.records.length === 0 ? `${domain} has no SPF record yet.` : `${domain} has ${survey.records.length} SPF records; one is allowed.`);
  }
  const { result, why } = checkSpf(question, dns);
  if (result === 'unknown') {
    return unknown(`${why}. We try again.`);
  }
  const wrong = survey.lookups > 10 ? `it needs ${survey.lookups} look-ups, ten are allowed` : survey.voids.length > 2 ? `${survey.voids.length} of its names do not exist`
    : survey.plusAll ? 'it allows everybody (+all)' : (survey.error ?? (result === 'pass' ? null : `it does not name ${ip} (${result})`));
  return wrong === null ? verified(`The SPF record of ${domain} names ${ip}.`) : failed(`The SPF record of ${domain} is there, but ${wrong}.`);
}

function dmarc(dns: Dns, domain: string): FixVerdict {
  const found = findDmarc(domain, dns);
  switch (found.state) {
    case 'unknown':
      return noAnswer(found.name);
    case 'none':
      return failed(`There is no DMARC record at _dmarc.${domain} yet.`);
    case 'invalid':
      return failed(`The DMARC record at ${found.record.name} cannot be used: ${found.record.error ?? ''}.`);
    case 'found':
      return verified(`${found.record.name} holds a DMARC record (p=${found.policy}).`);
  }
}

function dkim(dns: Dns, keys: readonly string[]): FixVerdict {
  for (const name of keys) {
    const txt = dns.txt(name);
    if (txt === 'unknown') {
      return noAnswer(name);
    }
    if (!txt.some((record) => readTags(record).get('p'))) {
      return failed(`There is no key at ${name}.`);
    }
  }
  return unknown(keys.length === 0 ? 'A new message will show it.' : 'The key is in DNS; a new message will show that the signature fits.');
}

function mx(dns: Dns, domain: string): FixVerdict {
  const hosts = dns.mx(domain);
  if (hosts === 'unknown') {
    return noAnswer(domain);
  }
  return hosts.length === 0 ? failed(`${domain} has no MX record.`) : unknown(`${domain} takes mail; a person reads who answers abuse@.`);
}
