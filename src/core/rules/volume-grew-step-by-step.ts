import { quoteRecord } from './quote';
import type { Hit, Rule } from './rule';

export const volumeGrewStepByStep: Rule = {
  id: 'volume-grew-step-by-step',
  asks: 'Was the volume usual for the address, and from one house?',
  cites: null,
  strength: 'indicator',
  kinds: ['spam'],
  appliesTo: ({ facts }) => facts.block?.traffic !== undefined,
  check: ({ facts }) => {
    const { messagesLastHour: hour, messagesLast30Days: month, fromOrganisationsLastDay: count } = facts.block?.traffic ?? {};
    const hits: Hit[] = [];
    if (hour !== undefined && month !== undefined) {
      const before = month >= hour ? month - hour : month;
      if (hour >= 500 && before < hour) {
        hits.push({ code: 'volume-no-warmup', says: { hour, before }, evidence: [quoteRecord(`${hour} in the last hour, ${month} in 30 days`)] });
      }
    }
    if (count !== undefined && count >= 8) {
      hits.push({ code: 'mixed-sender-identities', says: { count }, evidence: [quoteRecord(`${count} From organisations in a day`)] });
    }
    return hits;
  },
};
