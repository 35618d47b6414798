import type { Texts } from './text';

/** DMARC, names of the address, and how mail is handed in. */
export const DOMAIN_TEXTS = {
  'dmarc-missing': {
    says: '{domain} has no DMARC record: receivers do not know what to do with mail that only pretends to come from it.',
    tells: 'No DMARC record at {domain} nor up the tree.',
    strength: 'indicator', trust: 'verified', fix: 'publish_dmarc', cites: 'RFC 9989 §4.10',
  },
  'dmarc-invalid': {
    says: 'The DMARC record of {domain} cannot be used: {why}.',
    tells: 'The record at {name} is void: {why}.',
    strength: 'violation', trust: 'verified', fix: 'publish_dmarc', cites: 'RFC 9989 §4.8',
  },
  'dmarc-monitor-only': {
    says: 'The DMARC record of {domain} only watches (p=none). Once your reports are clean, set it to quarantine.',
    tells: 'p=none applies to {domain}.',
    strength: 'note', trust: 'verified', fix: null, cites: 'RFC 9989 §4.7',
  },
  'dmarc-fail-enforced': {
    says: '{domain} asks receivers to refuse mail that neither SPF nor DKIM covers, and this message is not covered.',
    tells: '{policy} at {domain}, and neither SPF nor DKIM is aligned: receivers refuse it.',
    strength: 'indicator', trust: 'verified', fix: 'align_dmarc', cites: 'RFC 9989 §5.3',
  },
  'dmarc-test-mode': {
    says: 'The DMARC record of {domain} is marked as a test (t=y).',
    tells: 't=y: the policy is taken one step lower.',
    strength: 'note', trust: 'verified', fix: null, cites: 'RFC 9989 §4.7',
  },
  'dmarc-removed-tag': {
    says: 'The DMARC record of {domain} uses {tags}, which the standard no longer has. Receivers ignore it.',
    tells: 'Removed in RFC 9989: {tags}.',
    strength: 'note', trust: 'verified', fix: null, cites: 'RFC 9989 App. A.6',
  },
  'dmarc-published': {
    says: '{domain} has a DMARC record.',
    tells: 'DMARC record at {name}: {policy}.',
    strength: 'note', trust: 'verified', fix: null, cites: 'RFC 9989 §4.10', good: true,
  },
  'ptr-missing': {
    says: 'Your address {ip} has no name (PTR record).',
    tells: 'No PTR for {ip} now.',
    strength: 'indicator', trust: 'verified', fix: 'set_ptr', cites: 'RFC 1912 §2.1',
  },
  'fcrdns-fail': {
    says: 'The name of your address ({name}) does not lead back to {ip}.',
    tells: 'PTR {name} does not resolve to {ip}: no forward confirmation.',
    strength: 'indicator', trust: 'verified', fix: 'match_ptr', cites: 'RFC 8601 §2.7.3',
  },
  'ptr-generic': {
    says: 'Your address still has the general name of its range ({name}). A mail server needs a name of its own.',
    tells: '{name} is the generic pool name of the range.',
    strength: 'indicator', trust: 'verified', fix: 'set_ptr', cites: 'practice',
  },
  'ptr-confirmed': {
    says: 'Your address has a name ({name}) that leads back to it.',
    tells: 'PTR {name} resolves back to {ip}.',
    strength: 'note', trust: 'verified', fix: null, cites: 'RFC 8601 §2.7.3', good: true,
  },
  'blocklist-listed': {
    says: 'Others list your address {ip} too: {zones}. Once the cause is gone, ask them to take it off.',
    tells: '{ip} is listed at {zones} now. Somebody else\'s word, and it may come from the same event.',
    strength: 'indicator', trust: 'verified', fix: null, cites: 'RFC 5782 §2.1',
  },
  'helo-not-fqdn': {
    says: 'Your server greets as "{helo}". It should use its full name.',
    tells: 'HELO/EHLO "{helo}" is no full name.',
    strength: 'violation', trust: 'consistent', fix: 'match_ptr', cites: 'RFC 5321 §4.1.1.1',
  },
  'helo-ptr-mismatch': {
    says: 'Your server greets as {helo}, but its address is called {name}. The two should agree.',
    tells: 'HELO {helo} and PTR {name} differ, and HELO does not resolve to {ip}.',
    strength: 'note', trust: 'verified', fix: 'match_ptr', cites: 'practice',
  },
  'submission-authenticated': {
    says: 'The sender signed in to hand the message over.',
    tells: 'The hop written by {by} says that the sender signed in{as}. Only that server says so.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 3848', good: true,
  },
  'submission-no-tls': {
    says: 'The sender signed in without encryption: the password can be read on the way.',
    tells: 'Sign-in without TLS at {by}.',
    strength: 'indicator', trust: 'claimed', fix: 'use_authenticated_submission', cites: 'RFC 8314 §3',
  },
  'open-relay-suspect': {
    says: 'It looks as if your server passed on mail from a stranger ({ip}) to a stranger, without a sign-in. Please check who may relay.',
    tells: '{by} took mail from {ip} without a sign-in for {recipient} and passed it on; sender {sender} and recipient are both foreign to it.',
    strength: 'indicator', trust: 'claimed', fix: 'close_open_relay', cites: 'RFC 5321 §7.9',
  },
  'script-origin': {
    says: 'A script on your server sent the message: {script}.',
    tells: '{field} names {script}.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice',
  },
  'script-compromised-suspect': {
    says: 'The script that sent the message ({script}) lies or runs where no mail script should. Please look at it first.',
    tells: '{why}: {script}.',
    strength: 'indicator', trust: 'claimed', fix: 'fix_script', cites: 'practice',
  },
  'mailbox-identified': {
    says: 'The message was sent with the sign-in of {mailbox}.',
    tells: '{field} names the mailbox {mailbox}.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice',
  },
  'mailbox-compromise-suspect': {
    says: 'The message was sent with the sign-in of {mailbox}, but in the name of {from}. Please change that password first.',
    tells: 'Signed in as {mailbox}, From is {from}, another organisation: a stolen password looks like this.',
    strength: 'indicator', trust: 'claimed', fix: 'secure_account', cites: 'practice',
  },
  'service-account-sender': {
    says: 'The message was sent in the name of a system account ({sender}): a web application that sends without a sign-in.',
    tells: 'Envelope sender {sender}: a service account.',
    strength: 'indicator', trust: 'claimed', fix: 'fix_script', cites: 'practice',
  },
} satisfies Texts;
