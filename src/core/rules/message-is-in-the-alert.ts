import { quote, quoteRecord } from './quote';
import type { Rule } from './rule';

export const messageIsInTheAlert: Rule = {
  id: 'message-is-in-the-alert',
  asks: 'Is this one of the messages that the filter recorded?',
  cites: 'RFC 5322 §3.6.4',
  strength: 'indicator',
  kinds: ['spam'],
  appliesTo: ({ reading }) => reading.messageId !== null && reading.detections.length > 0,
  check: ({ message, reading }) => {
    const { detection, detections, messageId } = reading;
    const lines = reading.all('message-id').map(quote);
    if (!detection) {
      return [{ code: 'claim-message-id-not-in-alert', says: { count: detections.length }, evidence: lines }];
    }
    // A Message-ID alone may have been picked from our own list: it weighs nothing (verdict rule 1). Neither does one in a header of its own
    // that says no more than the list: who wrote, and when or on which way.
    const alone = !reading.hasFields || reading.fromCount === 0 || (reading.date === null && message.hops.every((hop) => hop.at === null));
    return [{
      code: 'claim-message-id-match',
      ...(alone ? { weight: 0, trust: 'claimed' as const } : {}),
      says: { at: detection.at, note: !alone ? '' : reading.hasFields ? 'What was supplied with it names no sender or no time.' : 'It was supplied without headers.' },
      evidence: [...lines, quoteRecord(`${messageId} at ${detection.at}`)],
    }];
  },
};
