import { isInternalIp } from '../headers/ip';
import type { Hop } from '../headers/message';
import { quoteHop } from './quote';
import type { Reading } from './reading';
import type { Rule } from './rule';

export const ourHopsAreOurs: Rule = {
  id: 'our-hops-are-ours',
  asks: 'Was every hop in our name written by us?',
  cites: 'RFC 5321 §4.4',
  strength: 'violation',
  kinds: ['spam'],
  appliesTo: ({ facts, message }) => message.hops.length > 1 && facts.trusted.hosts.length > 0,
  check: ({ message, reading }) => {
    for (const hop of message.hops) {
      const above = message.hops.slice(0, hop.index).findLast((each) => each.ip !== null && !isInternalIp(each.ip));
      if (above && reading.isTrusted(hop) && !reading.isTrusted(above) && !tookItFromUs(above, reading)) {
        return [{ code: 'hop-forged-provider-name', says: { by: hop.by ?? '', above: above.by ?? 'somebody else' }, evidence: [quoteHop(hop), quoteHop(above)] }];
      }
    }
    return [];
  },
};

/**
 * Our edge may have passed the message on to that server: then it names our edge as its peer, by an address of ours or a name that it
 * looked up. What the peer said in its greeting does not count, and the claimed address is the customer's.
 */
function tookItFromUs(above: Hop, reading: Reading): boolean {
  return above.ip !== reading.claimIp && (reading.isTrustedHost(above.rdns) || (above.ip !== null && reading.isTrustedNetwork(above.ip)));
}
