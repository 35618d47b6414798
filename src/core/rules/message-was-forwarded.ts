import { quote } from './quote';
import type { Rule } from './rule';

export const messageWasForwarded: Rule = {
  id: 'message-was-forwarded',
  asks: 'Was the message passed on for a recipient of the customer?',
  cites: 'RFC 7960 §3.2',
  strength: 'note',
  kinds: ['spam'],
  asksDns: true,
  appliesTo: ({ message }) => message.hops.length > 0,
  check: ({ reading }) => {
    const forward = reading.forward;
    return forward ? [{ code: 'forwarded', says: { first: forward.first, second: forward.second }, evidence: forward.fields.map(quote) }] : [];
  },
};
