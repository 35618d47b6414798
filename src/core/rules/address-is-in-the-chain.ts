import { quoteHop } from './quote';
import type { Rule } from './rule';

export const addressIsInTheChain: Rule = {
  id: 'address-is-in-the-chain',
  asks: 'Is the claimed address where the receiving server saw it?',
  cites: 'RFC 5321 §4.4',
  strength: 'indicator',
  kinds: ['spam'],
  appliesTo: ({ reading }) => reading.hasFields && (reading.claimIp !== null || reading.isSenderCopy),
  check: ({ message, reading }) => {
    const ip = reading.claimIp ?? '';
    if (reading.peerHop) {
      const by = reading.peerHop.by ?? 'an unnamed server';
      const writer = reading.isTrusted(reading.peerHop) ? ', which we know' : '';
      return [{ code: 'claim-ip-in-chain', says: { ip, by, writer }, evidence: [quoteHop(reading.peerHop)] }];
    }
    if (reading.isSenderCopy) {
      return [{ code: 'provenance-sender-copy', evidence: message.hops.slice(0, 3).map(quoteHop) }];
    }
    const lower = message.hops.find((hop) => hop.ip === ip);
    if (lower) {
      const other = reading.boundary?.ip ?? 'another address';
      const evidence = [...(reading.boundary ? [quoteHop(reading.boundary)] : []), quoteHop(lower)];
      return [{ code: 'claim-ip-only-in-untrusted-hop', says: { ip, hop: lower.index + 1, other }, evidence }];
    }
    return [{ code: 'claim-ip-not-in-chain', says: { ip, among: message.hops.length === 1 ? 'not the peer of the only hop' : `the peer of none of the ${message.hops.length} hops` }, evidence: reading.boundary ? [quoteHop(reading.boundary)] : [] }];
  },
};
