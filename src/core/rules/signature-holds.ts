import { quote, quoteDns } from './quote';
import type { Hit, Rule } from './rule';

export const signatureHolds: Rule = {
  id: 'signature-holds',
  asks: 'Does each DKIM signature hold, as far as it can be checked?',
  cites: 'RFC 6376 §3.7',
  strength: 'indicator',
  kinds: ['spam'],
  asksDns: true,
  appliesTo: ({ reading }) => reading.signatures.length > 0,
  check: ({ message, reading }) => {
    const hits: Hit[] = [];
    let unknown = 0;
    for (const signature of reading.signatures) {
      const name = `${signature.selector}._domainkey.${signature.domain}`;
      const key = reading.keyOf(signature);
      if (key === 'revoked' || key === 'missing') {
        hits.push({ code: key === 'revoked' ? 'dkim-key-revoked' : 'dkim-key-missing', says: { name }, evidence: [quote(signature.field), quoteDns(name, key === 'revoked' ? 'p= is empty' : 'no key')] });
        continue;
      }
      const proof = reading.proofOf(signature);
      const says = { domain: signature.domain, why: proof?.why ?? 'signature did not verify' };
      const evidence = [quote(signature.field), quoteDns(name, 'public key')];
      if (!proof || proof.headers === 'unknown') {
        unknown += 1;
      } else if (proof.headers === 'broken') {
        hits.push({ code: 'dkim-headers-broken', says, evidence });
      } else if (proof.body === 'proven') {
        hits.push({ code: 'dkim-body-proven', says, evidence });
      } else if (proof.body === 'broken') {
        hits.push({ code: 'dkim-fail', says, evidence });
      } else {
        hits.push({ code: 'dkim-headers-proven', says, evidence });
        if (!hits.some((hit) => hit.code === 'dkim-body-not-checked')) {
          hits.push({ code: 'dkim-body-not-checked', evidence: [quote(signature.field)], says: { why: message.body === null ? 'no body' : 'not the untouched bytes' } });
        }
      }
    }
    return hits.length === 0 && unknown > 0 ? 'unknown' : hits;
  },
};
