import { decodeWords } from '../headers/decode-words';
import { quote, quoteRecord } from './quote';
import type { Rule } from './rule';

const tidy = (text: string): string => decodeWords(text).replace(/[\s\u200b-\u200f\u2060\ufeff]+/g, ' ').trim().toLowerCase();

/** The record may be cut, and a list or a filter on the way may have put a mark in front: both are no change by the customer. */
function sameSubject(recorded: string, supplied: string): boolean {
  const [ours, theirs] = [tidy(recorded).replace(/(?:…|\.\.\.)$/, ''), tidy(supplied)];
  return ours === theirs || (ours.length >= 20 && theirs.includes(ours)) || (ours.length > 0 && theirs.endsWith(` ${ours}`)) || (theirs.length >= 20 && ours.includes(theirs));
}

export const headersAgreeWithTheRecord: Rule = {
  id: 'headers-agree-with-the-record',
  asks: 'Do the headers say what the filter recorded for this message?',
  cites: 'RFC 5322 §3.6.5',
  strength: 'violation',
  kinds: ['spam'],
  appliesTo: ({ reading }) => reading.hasFields && Boolean(reading.detection?.subject) && reading.first('subject') !== null,
  check: ({ reading }) => {
    const recorded = reading.detection?.subject ?? '';
    const supplied = reading.subject ?? '';
    if (sameSubject(recorded, supplied)) {
      return [];
    }
    return [{
      code: 'claim-headers-altered',
      says: { field: 'subject', recorded, supplied },
      evidence: [...reading.all('subject').map(quote), quoteRecord(`Subject: ${recorded}`)],
    }];
  },
};
