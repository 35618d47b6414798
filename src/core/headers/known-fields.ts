/**
 * How strongly a field name says "this is a mail header": 3 for what only the transport writes, 2 for trace and signatures, 1 for what
 * people also write in a text, 0 for a name that could be anything.
 */
export function fieldWeight(key: string): number {
  const weight = WEIGHTS.get(key);
  if (weight !== undefined) {
    return weight;
  }
  return PREFIXES.some((prefix) => key.startsWith(prefix)) ? 1 : 0;
}

const PREFIXES = ['x-', 'arc-', 'list-', 'resent-', 'content-', 'dkim-', 'feedback-', 'thread-', 'auto-', 'authentication-'];

const WEIGHTS = new Map<string, number>([
  ...of(3, 'received', 'message-id'),
  ...of(
    2,
    'return-path',
    'delivered-to',
    'dkim-signature',
    'arc-seal',
    'arc-message-signature',
    'arc-authentication-results',
    'x-received',
  ),
  ...of(
    2,
    'authentication-results',
    'received-spf',
    'mime-version',
    'envelope-to',
    'x-original-to',
    'x-php-originating-script',
    'domainkey-signature',
  ),
  ...of(
    1,
    'from',
    'to',
    'cc',
    'bcc',
    'subject',
    'date',
    'sent',
    'sender',
    'reply-to',
    'in-reply-to',
    'references',
    'errors-to',
    'precedence',
  ),
  ...of(
    1,
    'user-agent',
    'importance',
    'priority',
    'organization',
    'comments',
    'keywords',
    'delivery-date',
    'lines',
    'status',
    'require-recipient-valid-since',
  ),
  ...of(
    1,
    'return-receipt-to',
    'disposition-notification-to',
    'mailing-list',
    'list-unsubscribe',
    'bounces-to',
    'msip_labels',
    'accept-language',
    'spamdiagnosticoutput',
  ),
]);

function of(weight: number, ...keys: string[]): [string, number][] {
  return keys.map((key) => [key, weight]);
}
