import { quote, quoteRecord } from './quote';
import type { Rule } from './rule';

export const messageIsInTheAlert: Rule = {
  id: 'message-is-in-the-alert',
  asks: 'Is this one of the messages that the filter recorded?',
  cites: 'RFC 5322 §3.6.4',
  strength: 'indicator',
  kinds: ['spam'],
  appliesTo: ({ reading }) => reading.messageId !== null && reading.detections.length > 0,
  check: ({ reading }) => {
    const { detection, detections, messageId } = reading;
    const lines = reading.all('message-id').map(quote);
    if (!detection) {
      return [{ code: 'claim-message-id-not-in-alert', says: { count: detections.length }, evidence: lines }];
    }
    // A Message-ID alone may have been picked from our own list: it weighs nothing (verdict rule 1).
    const alone = !reading.hasFields;
    return [{
      code: 'claim-message-id-match',
      ...(alone ? { weight: 0, trust: 'claimed' as const } : {}),
      says: { at: detection.at, note: alone ? 'It was supplied without headers.' : '' },
      evidence: [...lines, quoteRecord(`${messageId} at ${detection.at}`)],
    }];
  },
};
