import { quoteDns } from './quote';
import type { Rule } from './rule';

export const fromDomainTakesMail: Rule = {
  id: 'from-domain-takes-mail',
  asks: 'Does the domain in From take mail?',
  cites: 'RFC 5321 §5.1',
  strength: 'indicator',
  kinds: ['spam'],
  asksDns: true,
  appliesTo: ({ reading }) => reading.fromDomain !== null,
  check: ({ reading }) => {
    const domain = reading.fromDomain ?? '';
    const answers = [reading.dns.mx(domain), reading.dns.addresses(domain, 4), reading.dns.addresses(domain, 6)];
    if (answers.some((answer) => answer !== 'unknown' && answer.length > 0)) {
      return [];
    }
    return answers.includes('unknown') ? 'unknown' : [{ code: 'from-domain-no-mail', says: { domain }, evidence: [quoteDns(domain, 'no MX, no address')] }];
  },
};
