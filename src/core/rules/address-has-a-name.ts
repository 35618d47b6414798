import { isInternalIp } from '../headers/ip';
import { isGenericName } from './dns/generic-name';
import { quoteDns } from './quote';
import type { Hit, Rule } from './rule';

export const addressHasAName: Rule = {
  id: 'address-has-a-name',
  asks: 'Does the address have a name of its own that leads back to it?',
  cites: 'RFC 1912 §2.1',
  strength: 'indicator',
  kinds: ['spam'],
  asksDns: true,
  appliesTo: ({ reading }) => reading.claimIp !== null && !isInternalIp(reading.claimIp),
  check: ({ reading }) => {
    const ip = reading.claimIp ?? '';
    const names = reading.dns.ptr(ip);
    if (names === 'unknown') {
      return 'unknown';
    }
    if (names.length === 0) {
      return [{ code: 'ptr-missing', says: { ip }, evidence: [quoteDns(ip, 'no PTR')] }];
    }
    const evidence = [quoteDns(ip, `PTR ${names.slice(0, 5).join(', ')}`)];
    const name = names[0] ?? '';
    const hits: Hit[] = [];
    // Ten names at most: RFC 8601 §2.7.3 leaves the limit to us, RFC 7208 takes ten.
    const answers = names.slice(0, 10).map((each) => reading.dns.leadsTo(each, ip));
    if (answers.includes(true)) {
      hits.push({ code: 'ptr-confirmed', says: { ip, name: names[answers.indexOf(true)] ?? name }, evidence });
    } else if (!answers.includes('unknown')) {
      hits.push({ code: 'fcrdns-fail', says: { ip, name }, evidence });
    }
    if (names.every((each) => isGenericName(each, ip))) {
      hits.push({ code: 'ptr-generic', says: { ip, name }, evidence });
    }
    return hits.length === 0 ? 'unknown' : hits;
  },
};
