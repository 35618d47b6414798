import type { SpfResult } from './dns/spf';
import { quote, quoteDns } from './quote';
import type { Hit, Rule } from './rule';
import type { FindingCode } from './texts';

const CODES: Partial<Record<SpfResult, FindingCode>> = {
  fail: 'spf-ip-not-authorised', softfail: 'spf-ip-not-authorised', neutral: 'spf-neutral', pass: 'spf-authorised',
};

export const spfCoversTheAddress: Rule = {
  id: 'spf-covers-the-address',
  asks: 'Does SPF allow the address to send for the domain?',
  cites: 'RFC 7208 §5',
  strength: 'violation',
  kinds: ['spam'],
  asksDns: true,
  appliesTo: ({ reading }) => reading.hasFields && (reading.spfDomain !== null || Boolean(reading.returnPath?.isNull)),
  check: ({ reading }) => {
    const spf = reading.spf;
    if (!spf) {
      const field = reading.returnPath?.field;
      return field ? [{ code: 'spf-helo-identity', says: { domain: 'unknown', result: 'unknown' }, evidence: [quote(field)] }] : 'unknown';
    }
    const { outcome, survey, question, identity } = spf;
    const domain = question.domain;
    const hits: Hit[] = [];
    if (reading.returnPath?.isNull) {
      hits.push({ code: 'spf-helo-identity', says: { domain, result: outcome?.result ?? 'unknown' }, evidence: reading.returnPath.field ? [quote(reading.returnPath.field)] : [] });
    }
    if (survey.records === 'unknown') {
      return hits.length > 0 ? hits : 'unknown';
    }
    const evidence = [quoteDns(domain, survey.records.join(' | ') || 'no v=spf1 record')];
    const says = { domain, identity, ip: question.ip, result: outcome?.result ?? '', mechanism: outcome?.why ?? '' };
    if (survey.records.length === 0) {
      return [...hits, ...(reading.returnPath?.isNull ? [] : [{ code: 'spf-missing' as const, says, evidence }])];
    }
    if (survey.records.length > 1) {
      return [...hits, { code: 'spf-permerror-multiple', says: { ...says, count: survey.records.length }, evidence }];
    }
    if (survey.lookups > 10) {
      hits.push({ code: 'spf-permerror-lookups', says: { ...says, count: survey.lookups }, evidence });
    }
    if (survey.voids.length > 2) {
      hits.push({ code: 'spf-permerror-void', says: { ...says, count: survey.voids.length }, evidence: [...evidence, ...survey.voids.slice(0, 3).map((name) => quoteDns(name, 'does not exist'))] });
    }
    if (survey.error) {
      hits.push({ code: 'spf-permerror-syntax', says: { ...says, why: survey.error }, evidence });
    }
    if (survey.plusAll) {
      hits.push({ code: 'spf-plus-all', says, evidence });
    }
    const code = outcome && CODES[outcome.result];
    return code ? [...hits, { code, says, evidence }] : hits;
  },
};
