import { quote } from './quote';
import type { Hit, Rule } from './rule';

export const receiversChecksCanBeBelieved: Rule = {
  id: 'receivers-checks-can-be-believed',
  asks: 'Can the receivers\' check results be believed?',
  cites: 'RFC 8601 §5',
  strength: 'note',
  kinds: ['spam'],
  appliesTo: ({ reading }) => reading.authResults.length > 0,
  check: ({ reading }) => reading.authResults.flatMap((found): Hit[] => {
    const evidence = [quote(found.field)];
    const authserv = found.authserv ?? 'nobody';
    const says = { authserv, results: found.summary || 'none' };
    const hits: Hit[] = [];
    if (found.conflicts.length > 0) {
      hits.push({ code: 'ar-conflicting', says: { methods: found.conflicts.join(', ') }, evidence });
    }
    if (found.authserv === null) {
      hits.push({ code: 'ar-no-authserv-id', evidence });
    }
    if (found.standing === 'forged') {
      return [...hits, { code: 'ar-forged-trusted-id', says: { authserv, above: found.writtenAbove ?? 'somebody else' }, evidence }];
    }
    if (found.standing === 'untrusted') {
      hits.push({ code: 'ar-untrusted', says, evidence });
    } else if (reading.detections.length > 0 && !reading.detection) {
      hits.push({ code: 'ar-unconfirmed', says, evidence });
    } else if (reading.detection) {
      hits.push({ code: 'ar-trusted', says, evidence });
      if (found.proves) {
        hits.push({ code: 'auth-proven', says: { authserv, results: found.proves }, evidence });
      }
    } else {
      hits.push({ code: 'ar-unconfirmed', says, evidence });
    }
    const trust = found.standing === 'trusted' && reading.detection ? 'consistent' as const : 'claimed' as const;
    const result = (method: string): string => found.results.get(method) ?? '';
    if (result('dmarc') === 'pass') {
      hits.push({ code: 'ar-dmarc-pass', trust, says: { authserv }, evidence });
    } else if (result('dmarc') === 'fail') {
      hits.push({ code: 'ar-dmarc-fail', trust, says: { authserv, result: result('dmarc') }, evidence });
    }
    if (['fail', 'softfail', 'permerror'].includes(result('spf'))) {
      hits.push({ code: 'ar-spf-fail', trust, says: { authserv, result: result('spf') }, evidence });
    }
    if (['fail', 'permerror'].includes(result('dkim'))) {
      hits.push({ code: 'ar-dkim-fail', trust, says: { authserv, result: result('dkim') }, evidence });
    }
    return hits;
  }),
};
