import { quoteHop } from './quote';
import type { Rule } from './rule';

export const relayIsClosed: Rule = {
  id: 'relay-is-closed',
  asks: 'Does the customer\'s server pass on mail from strangers to strangers?',
  cites: 'RFC 5321 §7.9',
  strength: 'indicator',
  kinds: ['spam'],
  asksDns: true,
  appliesTo: ({ reading }) => reading.peerHop !== null && reading.lowerHops.length > 1,
  check: ({ reading }) => {
    const relayed = reading.relayed;
    return relayed ? [{ code: 'open-relay-suspect', says: { by: relayed.hop.by ?? 'the server', ip: relayed.hop.ip ?? '', sender: relayed.sender, recipient: relayed.recipient }, evidence: [quoteHop(relayed.hop)] }] : [];
  },
};
