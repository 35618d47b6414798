import { quote } from './quote';
import type { Hit, Rule } from './rule';

const FIELDS = ['x-get-message-sender-via', 'x-authenticated-sender', 'x-authenticated-user', 'x-authuser', 'x-auth-user', 'x-authenticated-id', 'x-auth-id'] as const;

export const mailboxSendsForItself: Rule = {
  id: 'mailbox-sends-for-itself',
  asks: 'Which mailbox signed in, and did it send in its own name?',
  cites: null,
  strength: 'indicator',
  kinds: ['spam'],
  appliesTo: ({ reading }) => reading.hasFields,
  check: ({ reading }) => {
    for (const key of FIELDS) {
      const field = reading.first(key);
      const mailbox = field ? /[^\s:<>"'/]+@[a-z0-9.-]+\.[a-z0-9-]+/i.exec(field.value)?.[0] : undefined;
      if (!field || mailbox === undefined || (key === 'x-get-message-sender-via' && !/authenticated_id/i.test(field.value))) {
        continue;
      }
      const hits: Hit[] = [{ code: 'mailbox-identified', says: { field: field.name, mailbox }, evidence: [quote(field)] }];
      const from = reading.from[0];
      if (from && reading.organisationOf(from.domain) !== reading.organisationOf(mailbox.split('@')[1] ?? '')) {
        hits.push({ code: 'mailbox-compromise-suspect', says: { mailbox, from: from.address }, evidence: [quote(field), ...reading.all('from').map(quote)] });
      }
      return hits;
    }
    return [];
  },
};
