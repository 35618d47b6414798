import type { Dns } from './dns';
import { expand, type SpfQuestion } from './spf';
import { asksDns, readSpf, spfRecords, type SpfTerm } from './spf-record';

/** What is wrong with a domain's SPF whoever sends: counted over the whole tree of includes, not only up to the first match. */
export interface SpfSurvey {
  /** v=spf1 records at the domain itself; unknown when the look-up failed */
  records: string[] | 'unknown';
  /** terms that ask DNS (limit ten, RFC 7208 §4.6.4) */
  lookups: number;
  /** look-ups that lead nowhere (limit two) */
  voids: string[];
  /** the whole internet may send (RFC 7208 §5.1) */
  plusAll: boolean;
  error: string | null;
}

/** Reads the record tree of a domain. Stops after 40 records: a tree that large is over every limit already. */
export function surveySpf(question: SpfQuestion, dns: Dns): SpfSurvey {
  const txt = dns.txt(question.domain);
  const survey: SpfSurvey = { records: txt === 'unknown' ? txt : spfRecords(txt), lookups: 0, voids: [], plusAll: false, error: null };
  if (survey.records !== 'unknown' && survey.records.length === 1) {
    walk(survey.records[0]!, question.domain, question, dns, survey, new Set([question.domain]));
  }
  return survey;
}

/** @param covers a pass of this record is a pass of the whole: not below an include of another sign */
function walk(record: string, domain: string, question: SpfQuestion, dns: Dns, survey: SpfSurvey, seen: Set<string>, covers = true): void {
  const { terms, error } = readSpf(record);
  survey.error ??= error;
  survey.plusAll ||= covers && allowsEverybody(terms);
  const hasAll = terms.some((term) => term.name === 'all');
  for (const term of terms) {
    if (!asksDns(term) || (term.name === 'redirect' && hasAll)) {
      continue; // a redirect behind "all" is never read (RFC 7208 §6.1)
    }
    survey.lookups += 1;
    const target = term.value === '' ? domain : expand(term.value, question, domain);
    if (term.name === 'include' || term.name === 'redirect') {
      follow(target, question, dns, survey, seen, covers && term.qualifier === '+');
    } else if (term.name === 'mx') {
      note(dns.mx(target), target, survey);
    } else if (term.name === 'a') {
      note(dns.addresses(target, question.ip.includes(':') ? 6 : 4), target, survey);
    } else if (term.name === 'exists' && !term.value.includes('%')) {
      note(dns.addresses(target, 4), target, survey);
    }
  }
}

function follow(target: string, question: SpfQuestion, dns: Dns, survey: SpfSurvey, seen: Set<string>, covers: boolean): void {
  if (seen.has(target) || seen.size > 40) {
    survey.lookups += seen.has(target) ? 10 : 0; // an include that leads back to itself never ends
    return;
  }
  seen.add(target);
  const txt = dns.txt(target);
  note(txt, target, survey);
  const records = txt === 'unknown' ? [] : spfRecords(txt);
  if (records[0] !== undefined) {
    walk(records[0], target, question, dns, survey, seen, covers);
  } else if (txt !== 'unknown' && txt.length > 0) {
    survey.error ??= `${target} is included and has no record`;
  }
}

/** "+all", or networks of IPv4 that are the whole of it together: a record that lets a quarter of the internet send is meant that way. */
function allowsEverybody(terms: SpfTerm[]): boolean {
  const open = terms.filter((term) => term.qualifier === '+' && !term.modifier);
  const share = open.filter((term) => term.name === 'ip4' && term.cidr4 < 8).reduce((sum, term) => sum + 2 ** -term.cidr4, 0);
  return open.some((term) => term.name === 'all') || share >= 0.25;
}

function note(answer: string[] | 'unknown', name: string, survey: SpfSurvey): void {
  if (answer !== 'unknown' && answer.length === 0) {
    survey.voids.push(name);
  }
}
