import { isInternalIp, isInNetworks, reversedIp } from '../headers/ip';
import { quoteDns } from './quote';
import type { Rule } from './rule';

/** What lists answer for a listed address (RFC 5782 §2.1); some use the end of 127/8 to say that they do not answer this resolver. */
const LISTED = ['127.0.0.0/16'];

/** Only the lists that the operator has named. Being listed is a hint from somebody else: it weighs little and decides nothing. */
export const addressIsOnNoBlocklist: Rule = {
  id: 'address-is-on-no-blocklist',
  asks: 'Is the address free of the blocklists that the operator has named?',
  cites: 'RFC 5782 §2.1',
  strength: 'indicator',
  kinds: ['spam'],
  asksDns: true,
  appliesTo: ({ facts, reading }) => (facts.blocklists?.length ?? 0) > 0 && reading.claimIp !== null && !isInternalIp(reading.claimIp),
  check: ({ facts, reading }) => {
    const ip = reading.claimIp ?? '';
    const asked = (facts.blocklists ?? []).map((zone) => ({ zone, name: `${reversedIp(ip)}.${zone}` })).map((each) => ({ ...each, found: reading.dns.addresses(each.name, 4) }));
    const listed = asked.filter(({ found }) => found !== 'unknown' && found.some((answer) => isInNetworks(answer, LISTED)));
    if (listed.length > 0) {
      const evidence = listed.slice(0, 5).map(({ name, found }) => quoteDns(name, `A ${(found as string[]).join(', ')}`));
      return [{ code: 'blocklist-listed', says: { ip, zones: listed.map(({ zone }) => zone).join(', ') }, evidence }];
    }
    // An answer that is no listing is a refusal to answer.
    return asked.some(({ found }) => found === 'unknown' || found.length > 0) ? 'unknown' : [];
  },
};
