import type { Texts } from './text';

/** The way the message took, and what receivers wrote about it. */
export const TRACE_TEXTS = {
  'trace-parsed': {
    says: 'Its way has {count:step|steps}; all of it could be read.',
    tells: 'Every Received field ({count}) was understood. Gaps between "by" and "from" names are normal and mean nothing.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 5321 §4.4', good: true,
  },
  'trace-local-injection': {
    says: 'The message was handed in on the server itself, by a program or a script, not by a mail program with a sign-in.',
    tells: 'Handed in locally on {by}{user}: a script, cron or a web application.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 5321 §4.4',
  },
  'submission-local-uid': {
    says: 'The server wrote down which of its system users handed the message in: {user}.',
    tells: 'Handed in by system user {user}. Resolve it on the host: 33 is often www-data, 48 apache.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice',
  },
  'hop-unparseable': {
    says: 'One step of the way could not be read.',
    tells: 'A Received field in no known form: neither a name, an address nor a local hand-over could be read.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 5321 §4.4',
  },
  'hop-no-date': {
    says: 'One step of the way has no time that can be read.',
    tells: 'A Received field without a readable date.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 5321 §4.4',
  },
  'hop-clock-skew': {
    says: 'A clock on the way is {minutes:minute|minutes} ahead. Please set the time on your server by NTP.',
    tells: 'A lower hop is {minutes} min later than the one above it: clock skew, not forgery.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 5321 §4.4',
  },
  'hop-illegal-ip': {
    says: 'One step names an address that cannot exist ({ip}).',
    tells: 'A hop offers "{ip}" as an address. No mail server writes such a thing by itself.',
    strength: 'violation', trust: 'claimed', fix: null, cites: 'RFC 5321 §4.1.3',
  },
  'hop-forged-provider-name': {
    says: 'One step of the way does not agree with our own records.',
    tells: 'A hop says it was written by {by}, which is ours, but it lies below a hop written by {above} whose peer is not ours.',
    strength: 'violation', trust: 'contradicted', fix: null, cites: 'RFC 5321 §4.4', internal: true,
  },
  'hop-loop-suspect': {
    says: 'The message went through {count:server|servers}. That is a loop: please check forwards and transport rules.',
    tells: '{count:Received field|Received fields}: a mail loop.',
    strength: 'violation', trust: 'claimed', fix: null, cites: 'RFC 5321 §6.3',
  },
  'forwarded': {
    says: 'The message was forwarded: your server took it for {first} and passed it on.',
    tells: 'A forward: accepted for {first}, passed on to {second}. The sender that the recipient sees is not the one who caused the traffic.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 7960 §3.2',
  },
  'ar-trusted': {
    says: 'A receiver that we know checked this message.',
    tells: 'Authentication-Results of {authserv}, a configured authserv-id, above every hop of others, on a message that the filter recorded: {results}.',
    strength: 'note', trust: 'consistent', fix: null, cites: 'RFC 8601 §5', good: true,
  },
  'auth-proven': {
    says: 'The receiver confirmed who sent this message.',
    tells: '{authserv} found {results}. It says who sent, not that it was wanted.',
    strength: 'note', trust: 'consistent', fix: null, cites: 'RFC 8601 §2.7', good: true,
  },
  'ar-unconfirmed': {
    says: 'A receiver that we know may have checked this message, but we cannot match the message to our record.',
    tells: 'Authentication-Results of {authserv}, a configured authserv-id, but the message is not one of the filter\'s: no more than the customer\'s word.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 8601 §5',
  },
  'ar-untrusted': {
    says: 'The receiver\'s check results were read, but cannot be relied on: {results}.',
    tells: 'Authentication-Results of {authserv}, which is no configured authserv-id: {results}. Shown, weighs nothing.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 8601 §5',
  },
  'ar-forged-trusted-id': {
    says: 'One of the check results does not agree with our own records.',
    tells: 'A field in the name of {authserv}, which we trust, lies below a hop written by {above}: not written by that receiver.',
    strength: 'violation', trust: 'contradicted', fix: null, cites: 'RFC 8601 §5', internal: true,
  },
  'ar-no-authserv-id': {
    says: 'The check results do not say who made them.',
    tells: 'Authentication-Results without an authserv-id (the Outlook form).',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 8601 §2.2',
  },
  'ar-conflicting': {
    says: 'The check results say two different things about {methods}, so they say nothing.',
    tells: 'Two different results of one method in one field ({methods}): taken as no result.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 8601 §2.3',
  },
  'ar-dmarc-pass': {
    says: 'The receiver wrote that DMARC passed.',
    tells: 'dmarc=pass according to {authserv}.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 8601 §2.7', good: true,
  },
  'ar-dmarc-fail': {
    says: 'The receiver wrote that DMARC did not pass.',
    tells: 'dmarc={result} according to {authserv}.',
    strength: 'note', trust: 'claimed', fix: 'align_dmarc', cites: 'RFC 8601 §2.7',
  },
  'ar-spf-fail': {
    says: 'The receiver wrote that SPF did not pass.',
    tells: 'spf={result} according to {authserv}.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 8601 §2.7',
  },
  'ar-dkim-fail': {
    says: 'The receiver wrote that the DKIM signature did not fit.',
    tells: 'dkim={result} according to {authserv}.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 8601 §2.7',
  },
  'arc-seal-proven': {
    says: 'A receiver on the way sealed its check results, and the seal holds.',
    tells: 'ARC set {instance} by {domain}: the seal verifies over the pasted fields with the key in DNS now.',
    strength: 'note', trust: 'verified', fix: null, cites: 'RFC 8617 §5.1', good: true,
  },
  'arc-broken': {
    says: 'The ARC seals of this copy do not hold. That can happen when lines are changed or lost while copying.',
    tells: 'ARC does not hold: {why}. A copy that lost or changed a line does this too.',
    strength: 'indicator', trust: 'consistent', fix: null, cites: 'RFC 8617 §5.2',
  },
} satisfies Texts;
