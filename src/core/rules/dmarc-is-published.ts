import { REMOVED_TAGS } from './dns/dmarc';
import { quoteDns } from './quote';
import type { Hit, Rule } from './rule';

export const dmarcIsPublished: Rule = {
  id: 'dmarc-is-published',
  asks: 'Does the domain in From have a DMARC policy?',
  cites: 'RFC 9989 §4.10',
  strength: 'violation',
  kinds: ['spam'],
  asksDns: true,
  appliesTo: ({ reading }) => reading.hasFields && reading.fromDomain !== null,
  check: ({ reading }) => {
    const [found, domain] = [reading.dmarc, reading.fromDomain ?? ''];
    if (!found || found.state === 'unknown') {
      return 'unknown';
    }
    if (found.state === 'none') {
      return [{ code: 'dmarc-missing', says: { domain }, evidence: [quoteDns(`_dmarc.${domain}`, 'no record, nor up the tree')] }];
    }
    const { name, tags, text } = found.record;
    const evidence = [quoteDns(name, text)];
    if (found.state === 'invalid') {
      return [{ code: 'dmarc-invalid', says: { domain, name, why: found.record.error ?? '' }, evidence }];
    }
    const hits: Hit[] = [{ code: 'dmarc-published', says: { domain, name, policy: `p=${found.policy}` }, evidence }];
    if (found.policy === 'none') {
      hits.push({ code: 'dmarc-monitor-only', says: { domain }, evidence });
    }
    if (found.test) {
      hits.push({ code: 'dmarc-test-mode', says: { domain }, evidence });
    }
    const removed = REMOVED_TAGS.filter((tag) => tags.has(tag));
    if (removed.length > 0) {
      hits.push({ code: 'dmarc-removed-tag', says: { domain, tags: removed.map((tag) => `${tag}=${tags.get(tag) ?? ''}`).join(', ') }, evidence });
    }
    return hits;
  },
};
