import { quoteHop } from './quote';
import type { Hit, Rule } from './rule';

export const hopsAreReadable: Rule = {
  id: 'hops-are-readable',
  asks: 'Can every Received line be read?',
  cites: 'RFC 5321 §4.4',
  strength: 'note',
  kinds: ['spam'],
  appliesTo: ({ message }) => message.hops.length > 0,
  check: ({ message }) => {
    // qmail writes a comment alone: "(qmail 4711 invoked from network); date".
    const unread = message.hops.filter((hop) => !hop.from && !hop.by && !hop.ip && !hop.local && !(hop.field.value.startsWith('(') && hop.at !== null));
    const undated = message.hops.filter((hop) => hop.at === null);
    const illegal = message.hops.filter((hop) => hop.illegalIp !== null);
    return [
      ...(unread.length === 0 ? [{ code: 'trace-parsed' as const, says: { count: message.hops.length } }] : [{ code: 'hop-unparseable' as const, evidence: unread.slice(0, 5).map(quoteHop) }]),
      ...(undated.length > 0 ? [{ code: 'hop-no-date' as const, evidence: undated.slice(0, 5).map(quoteHop) }] : []),
      ...illegal.slice(0, 5).map((hop): Hit => ({ code: 'hop-illegal-ip', says: { ip: hop.illegalIp ?? '' }, evidence: [quoteHop(hop)] })),
    ];
  },
};
