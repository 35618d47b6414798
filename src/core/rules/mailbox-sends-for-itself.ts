import type { Field } from '../headers/message';
import { quote } from './quote';
import type { Reading } from './reading';
import type { Hit, Rule } from './rule';

const FIELDS = ['x-get-message-sender-via', 'x-authenticated-sender', 'x-authenticated-user', 'x-authuser', 'x-auth-user', 'x-authenticated-id', 'x-auth-id'] as const;
const MAILBOX = /[^\s:<>"'/]{1,200}@[a-z0-9.-]{1,250}\.[a-z0-9-]+/i;

export const mailboxSendsForItself: Rule = {
  id: 'mailbox-sends-for-itself',
  asks: 'Which mailbox signed in, and did it send in its own name?',
  cites: null,
  strength: 'indicator',
  kinds: ['spam'],
  asksDns: true,
  appliesTo: ({ reading }) => reading.hasFields,
  check: ({ reading }) => {
    const signedIn = byField(reading) ?? byHop(reading);
    if (signedIn === null) {
      return [];
    }
    const { field, mailbox } = signedIn;
    const hits: Hit[] = [{ code: 'mailbox-identified', says: { field: field.name, mailbox }, evidence: [quote(field)] }];
    const from = reading.from[0];
    if (from && reading.organisationOf(from.domain) !== reading.organisationOf(mailbox.split('@')[1] ?? '') && !standsBehindIt(reading)) {
      hits.push({ code: 'mailbox-compromise-suspect', says: { mailbox, from: from.address }, evidence: [quote(field), ...reading.all('from').map(quote)] });
    }
    return hits;
  },
};

interface SignedIn { field: Field; mailbox: string }

function byField(reading: Reading): SignedIn | null {
  for (const key of FIELDS) {
    const field = reading.first(key);
    const mailbox = field ? MAILBOX.exec(field.value)?.[0] : undefined;
    if (field && mailbox !== undefined && (key !== 'x-get-message-sender-via' || /authenticated_id/i.test(field.value))) {
      return { field, mailbox };
    }
  }
  return null;
}

/** Postfix "(Authenticated sender: x)", Exim "A=login:x": the customer's own server, from the claimed address down, names who signed in. */
function byHop(reading: Reading): SignedIn | null {
  const hop = reading.lowerHops.find((each) => each.authenticated && MAILBOX.test(each.authenticatedAs ?? ''));
  return hop ? { field: hop.field, mailbox: MAILBOX.exec(hop.authenticatedAs ?? '')?.[0] ?? '' } : null;
}

/** Whoever holds the key of the domain in From lets this server write in its name. */
function standsBehindIt(reading: Reading): boolean {
  return reading.signatures.some((signature) => reading.isAligned(signature.domain, false) && reading.proofOf(signature)?.headers === 'proven');
}
