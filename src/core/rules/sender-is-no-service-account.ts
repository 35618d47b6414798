import { quote } from './quote';
import type { Rule } from './rule';

const ACCOUNTS = new Set(['www-data', 'apache', 'apache2', 'httpd', 'nginx', 'nobody', 'www', 'wwwrun', 'http', 'lighttpd', 'tomcat', 'daemon', 'psaadm', 'webapp']);

export const senderIsNoServiceAccount: Rule = {
  id: 'sender-is-no-service-account',
  asks: 'Was the message sent in the name of a person or a mailbox?',
  cites: null,
  strength: 'indicator',
  kinds: ['spam'],
  appliesTo: ({ reading }) => Boolean(reading.returnPath?.address),
  check: ({ reading }) => {
    const sender = reading.returnPath?.address ?? '';
    const local = sender.split('@')[0]?.toLowerCase() ?? '';
    return ACCOUNTS.has(local) ? [{ code: 'service-account-sender', says: { sender }, evidence: reading.returnPath?.field ? [quote(reading.returnPath.field)] : [] }] : [];
  },
};
