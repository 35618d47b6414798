import { quote, quoteDns } from './quote';
import type { Rule } from './rule';

export const messagePassesThePolicy: Rule = {
  id: 'message-passes-the-policy',
  asks: 'Would receivers that follow the DMARC policy accept the message?',
  cites: 'RFC 9989 §5.3',
  strength: 'indicator',
  kinds: ['spam'],
  asksDns: true,
  // With authors of several domains there is no Author Domain, and DMARC is not evaluated (RFC 9989 §5.3.1).
  appliesTo: ({ reading }) => reading.authorDomains.length === 1 && (!reading.isSenderCopy || Boolean(reading.returnPath?.field)),
  check: ({ reading }) => {
    const found = reading.dmarc;
    if (!found || found.state === 'unknown') {
      return 'unknown';
    }
    // A test is taken one step lower (RFC 9989 §4.7): what is left of quarantine is none.
    if (found.state !== 'found' || found.policy === 'none' || (found.test && found.policy === 'quarantine')) {
      return [];
    }
    const domain = reading.returnPath?.isNull ? reading.spfDomain : reading.returnPath?.domain;
    const spfAligned = domain ? reading.isAligned(domain, found.strictSpf) : false;
    const dkimAligned = reading.signatures.filter((signature) => reading.isAligned(signature.domain, found.strictDkim));
    if (reading.fromCount === 1 && dkimAligned.some((signature) => reading.proofOf(signature)?.headers !== 'broken' && !['missing', 'revoked'].includes(reading.keyOf(signature)))) {
      return []; // aligned, and nothing speaks against the signature
    }
    const spf = spfAligned ? reading.spf?.outcome?.result : 'not aligned';
    if (spf === 'pass' && reading.fromCount === 1) {
      return [];
    }
    if (spfAligned && (spf === undefined || spf === 'unknown')) {
      return 'unknown';
    }
    const policy = `p=${found.policy}${found.test ? ' (t=y: one step lower)' : ''}`;
    return [{ code: 'dmarc-fail-enforced', says: { domain: found.record.domain, policy }, evidence: [quoteDns(found.record.name, found.record.text), ...reading.all('from').map(quote)] }];
  },
};
