import { isAliasService, isFreemail } from './freemail';
import { quote } from './quote';
import type { Hit, Rule } from './rule';

export const fromShowsWhoWrites: Rule = {
  id: 'from-shows-who-writes',
  asks: 'Does From show who writes?',
  cites: 'RFC 5322 §3.6.2',
  strength: 'violation',
  kinds: ['spam'],
  appliesTo: ({ reading }) => reading.fromCount > 0,
  check: ({ reading }) => {
    const hits: Hit[] = [];
    const evidence = reading.all('from').map(quote);
    if (reading.fromCount > 1) {
      hits.push({ code: 'from-multiple', says: { what: `${reading.fromCount} From lines`, allowed: 'Exactly one' }, evidence });
    } else if (reading.authorDomains.length > 1) {
      hits.push({ code: 'from-multiple', says: { what: `authors of ${reading.authorDomains.length} domains in From`, allowed: 'Only one domain' }, evidence });
    }
    for (const { name, address, domain } of reading.from) {
      const shown = /[a-z0-9._%+-]+@((?:[a-z0-9-]+\.)+[a-z]{2,})/i.exec(name);
      // "x@y via list" is how lists rewrite From for DMARC: they say so.
      if (shown && !/\bvia\b/i.test(name) && !reading.isList && !isAliasService(domain) && reading.organisationOf(shown[1] ?? '') !== reading.organisationOf(domain)) {
        hits.push({ code: 'from-display-spoof', says: { shown: shown[0], address }, evidence });
        break;
      }
    }
    const replyTo = reading.replyTo[0];
    if (replyTo && reading.fromDomain && isFreemail(replyTo.domain) && !isFreemail(reading.fromDomain)) {
      hits.push({ code: 'replyto-freemail', says: { replyto: replyTo.address, from: reading.fromDomain }, evidence: [...reading.all('reply-to').map(quote), ...evidence] });
    }
    return hits;
  },
};
