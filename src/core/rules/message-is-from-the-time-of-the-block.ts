import { quote, quoteRecord } from './quote';
import type { Rule } from './rule';

const HOUR = 3_600_000;
/** Queues and wrong zones move a message by hours; a day apart it is another message. */
const WINDOW = 24 * HOUR;

export const messageIsFromTheTimeOfTheBlock: Rule = {
  id: 'message-is-from-the-time-of-the-block',
  asks: 'Did the message pass at the time of the block?',
  cites: 'RFC 5322 §3.3',
  strength: 'indicator',
  kinds: ['spam'],
  appliesTo: ({ facts, reading }) => reading.hasFields && (reading.detections.length > 0 || facts.claim.blockedAt !== undefined),
  check: ({ facts, reading }) => {
    const passed = reading.passedAt;
    const expected = reading.detection
      ? [Date.parse(reading.detection.at)]
      : [...reading.detections.map((seen) => Date.parse(seen.at)), Date.parse(facts.claim.blockedAt ?? '')].filter((at) => !Number.isNaN(at));
    if (!passed || expected.length === 0) {
      return 'unknown';
    }
    const nearest = expected.reduce((best, at) => (Math.abs(at - passed.at) < Math.abs(best - passed.at) ? at : best));
    const apart = Math.abs(nearest - passed.at);
    if (apart <= WINDOW) {
      return [];
    }
    return [{
      code: 'claim-time-outside-window',
      says: { at: new Date(passed.at).toISOString(), expected: new Date(nearest).toISOString(), hours: Math.round(apart / HOUR) },
      evidence: [quote(passed.field), quoteRecord(new Date(nearest).toISOString())],
    }];
  },
};
