import { quote } from './quote';
import type { Rule } from './rule';

export const arcSealHolds: Rule = {
  id: 'arc-seal-holds',
  asks: 'Does the ARC chain hold?',
  cites: 'RFC 8617 §5.2',
  strength: 'indicator',
  kinds: ['spam'],
  asksDns: true,
  appliesTo: ({ reading }) => ['arc-seal', 'arc-message-signature', 'arc-authentication-results'].some((key) => reading.first(key) !== null),
  check: ({ reading }) => {
    const arc = reading.arc;
    if (!arc || arc.result === 'unknown') {
      return arc ? 'unknown' : [];
    }
    const evidence = reading.all('arc-seal').slice(0, 1).map(quote);
    return arc.result === 'proven'
      ? [{ code: 'arc-seal-proven', says: { domain: arc.domain, instance: arc.instance }, evidence }]
      : [{ code: 'arc-broken', says: { why: arc.why }, evidence }];
  },
};
