import { quote } from './quote';
import type { Rule } from './rule';

export const messageIsSigned: Rule = {
  id: 'message-is-signed',
  asks: 'Is the message signed by the organisation named in From?',
  cites: 'RFC 6376 §3.5',
  strength: 'indicator',
  kinds: ['spam'],
  asksDns: true,
  appliesTo: ({ reading }) => reading.hasFields,
  check: ({ reading }) => {
    const from = reading.fromDomain;
    if (reading.signatures.length === 0) {
      return [{ code: 'dkim-missing' }];
    }
    const strict = reading.dmarc?.state === 'found' && reading.dmarc.strictDkim;
    if (from === null || reading.signatures.some((signature) => reading.isAligned(signature.domain, strict))) {
      return [];
    }
    return [{ code: 'dkim-not-aligned', says: { domain: reading.signatures.map((signature) => signature.domain).join(', '), from }, evidence: reading.signatures.map((signature) => quote(signature.field)) }];
  },
};
