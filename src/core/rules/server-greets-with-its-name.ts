import { tidyIp, tidyName } from './dns/dns';
import { quoteHop, quoteDns } from './quote';
import type { Rule } from './rule';

/** Names that exist on one network only: RFC 6762 (.local), ICANN's .internal, and what routers and domains of offices are called. */
const PRIVATE = /\.(?:local|localdomain|localhost|internal|intranet|lan|home|home\.arpa|corp|private|invalid)$/;

/** Two labels at least, letters in the last one; an address is no name, in brackets or not. */
function isFullName(helo: string): boolean {
  const name = tidyName(helo);
  return tidyIp(name) === null && /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?\.)+(?:[a-z][a-z0-9-]*[a-z0-9])$/.test(name) && !PRIVATE.test(name);
}

export const serverGreetsWithItsName: Rule = {
  id: 'server-greets-with-its-name',
  asks: 'Does the server greet with its full name?',
  cites: 'RFC 5321 §4.1.1.1',
  strength: 'violation',
  kinds: ['spam'],
  asksDns: true,
  appliesTo: ({ reading }) => reading.greetingHop !== null && !reading.greetingHop.authenticated && !reading.greetingHop.local,
  check: ({ reading }) => {
    const hop = reading.greetingHop;
    const helo = hop?.from?.trim() ?? '';
    if (!hop || helo === '') {
      return [];
    }
    if (!isFullName(helo)) {
      return [{ code: 'helo-not-fqdn', says: { helo }, evidence: [quoteHop(hop)] }];
    }
    const ip = reading.claimIp;
    const names = ip === null ? 'unknown' : reading.dns.ptr(ip);
    const leads = ip === null ? 'unknown' : reading.dns.leadsTo(helo, ip);
    if (ip === null || names === 'unknown' || leads === 'unknown' || names.length === 0 || leads || names.includes(tidyName(helo))) {
      return [];
    }
    return [{ code: 'helo-ptr-mismatch', says: { helo, name: names[0] ?? '', ip }, evidence: [quoteHop(hop), quoteDns(ip, `PTR ${names[0] ?? ''}`)] }];
  },
};
