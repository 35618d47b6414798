import { quote, quoteHop } from './quote';
import type { Rule } from './rule';

const HOUR = 3_600_000;

export const dateFitsTheWay: Rule = {
  id: 'date-fits-the-way',
  asks: 'Does the Date fit the time at which the message was handed in?',
  cites: 'RFC 5322 §3.6.1',
  strength: 'indicator',
  kinds: ['spam'],
  appliesTo: ({ reading }) => reading.date !== null,
  check: ({ message, facts, reading }) => {
    const date = reading.date;
    if (!date) {
      return [];
    }
    const first = message.hops.findLast((hop) => hop.at !== null);
    const sent = first?.at ?? Date.parse(facts.now);
    const ahead = date.at - sent;
    const evidence = [quote(date.field), ...(first ? [quoteHop(first)] : [])];
    if (ahead > 24 * HOUR) {
      return [{ code: 'date-future', says: { hours: Math.round(ahead / HOUR) }, evidence }];
    }
    return first && ahead < -7 * 24 * HOUR ? [{ code: 'date-stale', says: { days: Math.round(-ahead / (24 * HOUR)) }, evidence }] : [];
  },
};
