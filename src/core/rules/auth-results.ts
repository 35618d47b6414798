import type { Field } from '../headers/message';
import { readAuthenticationResults, type AuthenticationResult } from '../headers/read-authentication-results';
import type { Reading } from './reading';

/** One Authentication-Results field, with how far it may be believed (RFC 8601 §5). */
export interface ResultsRead {
  field: Field;
  authserv: string | null;
  /** one result a method; a method with several keeps the best */
  results: Map<string, string>;
  conflicts: string[];
  /** "spf=pass, dkim=fail" */
  summary: string;
  /** the passes that count for the domain in From, or empty */
  proves: string;
  /** trusted: a configured id, above every hop of others; forged: a configured id below one */
  standing: 'trusted' | 'untrusted' | 'forged';
  /** who wrote the first foreign hop above it */
  writtenAbove: string | null;
}

/** At most 20 fields are read. */
export function readResults(reading: Reading): ResultsRead[] {
  const ids = reading.facts.trusted.authservIds.map((id) => id.toLowerCase());
  return reading.all('authentication-results').slice(0, 20).map((field) => {
    const read = readAuthenticationResults(field);
    const foreign = reading.message.hops.find((hop) => hop.field.line < field.line && !reading.isTrusted(hop)) ?? null;
    const configured = read.authservId !== null && ids.includes(read.authservId);
    const results = best(read.results);
    return {
      field, authserv: read.authservId, results, conflicts: read.conflicting, summary: [...results].map(([method, result]) => `${method}=${result}`).join(', '),
      proves: read.results.filter((result) => counts(result, reading)).map(({ method, result }) => `${method}=${result}`).join(', '),
      standing: !configured ? 'untrusted' : foreign ? 'forged' : 'trusted', writtenAbove: foreign?.by ?? null,
    };
  });
}

function best(all: AuthenticationResult[]): Map<string, string> {
  const results = new Map<string, string>();
  for (const { method, result } of all) {
    if (result === 'pass' || !results.has(method)) {
      results.set(method, result);
    }
  }
  return results;
}

/** Does this pass stand for the domain in From? SPF and DKIM only where aligned. */
function counts({ method, result, properties }: AuthenticationResult, reading: Reading): boolean {
  if (result !== 'pass') {
    return false;
  }
  const value = (names: string[]): string => properties.find(({ property }) => names.includes(property))?.value ?? '';
  switch (method) {
    case 'dmarc':
      return true;
    case 'dkim':
      return reading.isAligned((value(['d']) || value(['i'])).split('@').pop() ?? '', false);
    case 'spf':
      return reading.isAligned(value(['mailfrom']).split('@').pop() ?? '', false);
    default:
      return false;
  }
}
