import { quoteHop } from './quote';
import type { Rule } from './rule';

export const hopsAreNotALoop: Rule = {
  id: 'hops-are-not-a-loop',
  asks: 'Did the message run in a circle?',
  cites: 'RFC 5321 §6.3',
  strength: 'violation',
  kinds: ['spam'],
  appliesTo: ({ message }) => message.hops.length > 0,
  check: ({ message }) =>
    message.hops.length > 100 ? [{ code: 'hop-loop-suspect', says: { count: message.hops.length }, evidence: message.hops.slice(0, 2).map(quoteHop) }] : [],
};
