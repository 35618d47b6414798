import { quote } from './quote';
import type { Rule } from './rule';

export const returnPathIsAligned: Rule = {
  id: 'return-path-is-aligned',
  asks: 'Is the Return-Path of the organisation that is named in From?',
  cites: 'RFC 9989 §4.4',
  strength: 'note',
  kinds: ['spam'],
  asksDns: true,
  appliesTo: ({ reading }) => Boolean(reading.returnPath?.domain) && reading.returnPath?.field !== null && reading.fromDomain !== null,
  check: ({ reading }) => {
    const [domain, from] = [reading.returnPath?.domain ?? '', reading.fromDomain ?? ''];
    const strict = reading.dmarc?.state === 'found' && reading.dmarc.strictSpf;
    if (reading.isAligned(domain, strict)) {
      return [];
    }
    return [{ code: 'spf-not-aligned', says: { domain, from }, evidence: [...(reading.returnPath?.field ? [quote(reading.returnPath.field)] : []), ...reading.all('from').map(quote)] }];
  },
};
