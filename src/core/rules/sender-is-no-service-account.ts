import { quote } from './quote';
import type { Rule } from './rule';

const ACCOUNTS = new Set(['www-data', 'apache', 'apache2', 'httpd', 'nginx', 'wwwrun', 'lighttpd', 'tomcat', 'psaadm', 'webapp']);
/** Words that people choose too: only at the name of a host, where a system account stands. */
const WORDS = new Set(['nobody', 'www', 'http', 'daemon']);

export const senderIsNoServiceAccount: Rule = {
  id: 'sender-is-no-service-account',
  asks: 'Was the message sent in the name of a person or a mailbox?',
  cites: null,
  strength: 'indicator',
  kinds: ['spam'],
  appliesTo: ({ reading }) => Boolean(reading.returnPath?.address),
  check: ({ reading }) => {
    const sender = reading.returnPath?.address ?? '';
    const [local = '', domain = ''] = sender.toLowerCase().split('@');
    return ACCOUNTS.has(local) || (WORDS.has(local) && domain.split('.').length > 2) ? [{ code: 'service-account-sender', says: { sender }, evidence: reading.returnPath?.field ? [quote(reading.returnPath.field)] : [] }] : [];
  },
};
