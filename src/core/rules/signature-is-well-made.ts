import { quote } from './quote';
import type { Hit, Rule } from './rule';

export const signatureIsWellMade: Rule = {
  id: 'signature-is-well-made',
  asks: 'Is each DKIM signature made as it must be?',
  cites: 'RFC 6376 §3.5',
  strength: 'violation',
  kinds: ['spam'],
  appliesTo: ({ reading }) => reading.signatures.length > 0,
  check: ({ reading }) => reading.signatures.flatMap((signature): Hit[] => {
    const { algorithm, bodyLength, domain, expiresAt, headers: signed } = signature;
    const evidence = [quote(signature.field)];
    const hits: Hit[] = [];
    if (!signed.includes('from')) {
      hits.push({ code: 'dkim-from-not-signed', says: { domain }, evidence });
    }
    if (/sha1$/i.test(algorithm)) {
      hits.push({ code: 'dkim-weak-algorithm', says: { algorithm }, evidence });
    }
    if (bodyLength !== null) {
      hits.push({ code: 'dkim-body-length-tag', says: { length: bodyLength }, evidence });
    }
    const at = reading.passedAt;
    if (at && expiresAt !== null && expiresAt < at.at) {
      hits.push({ code: 'dkim-expired', says: { expires: new Date(expiresAt).toISOString(), at: new Date(at.at).toISOString() }, evidence: [...evidence, quote(at.field)] });
    }
    const twice = ['from', 'subject', 'to', 'date', 'message-id', 'reply-to', 'cc'].filter((key) => reading.all(key).length > 1);
    for (const key of twice) {
      const count = reading.all(key).length;
      const times = signed.filter((name) => name === key).length;
      if (times > 0 && times <= count) {
        hits.push({ code: 'dkim-not-oversigned', says: { field: reading.first(key)?.name ?? key, count, signed: times }, evidence: [...evidence, ...reading.all(key).map(quote)] });
      }
    }
    return hits;
  }),
};
