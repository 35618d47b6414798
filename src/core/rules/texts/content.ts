import type { Texts } from './text';

/** The message's own fields, lists and bulk mail, and the filter's counters. */
export const CONTENT_TEXTS = {
  'subject-caps': {
    says: 'The subject is written in capitals.',
    tells: '{percent} % of its letters are capitals (decoded). Hardly above newsletters today.',
    strength: 'indicator', trust: 'claimed', fix: 'clean_content', cites: 'practice',
  },
  'subject-exclaims': {
    says: 'The subject shouts (exclamation marks).',
    tells: 'Exclamation marks in the subject: about five times as frequent in bad mail.',
    strength: 'indicator', trust: 'claimed', fix: 'clean_content', cites: 'practice',
  },
  'subject-fake-reply': {
    says: 'The subject says it is an answer, but the message answers nothing.',
    tells: 'Re: with neither In-Reply-To nor References.',
    strength: 'indicator', trust: 'claimed', fix: 'honest_headers', cites: 'RFC 5322 §3.6.4',
  },
  'from-display-spoof': {
    says: 'The sender\'s name shows an address of another organisation ({shown}).',
    tells: 'The display name shows {shown}, the address is {address}.',
    strength: 'indicator', trust: 'claimed', fix: 'honest_headers', cites: 'RFC 5322 §3.6.2',
  },
  'from-multiple': {
    says: 'The message has {what}. {allowed} is allowed.',
    tells: '{what}: receivers may show any of them, and DMARC cannot be told.',
    strength: 'violation', trust: 'claimed', fix: 'honest_headers', cites: 'RFC 5322 §3.6.2, RFC 9989 §5.3.1',
  },
  'replyto-freemail': {
    says: 'Answers go to a free mailbox ({replyto}), not to {from}.',
    tells: 'Reply-To {replyto}, From {from}. Alone it tells nothing.',
    strength: 'note', trust: 'claimed', fix: 'honest_headers', cites: 'RFC 5322 §3.6.2',
  },
  'unsub-missing': {
    says: 'This is mail to many, and it offers no way to unsubscribe.',
    tells: 'Bulk markers ({markers}) and no List-Unsubscribe.',
    strength: 'indicator', trust: 'claimed', fix: 'add_unsubscribe', cites: 'RFC 2369 §3.2',
  },
  'unsub-no-one-click': {
    says: 'Unsubscribing works, but not by one click.',
    tells: 'List-Unsubscribe without one-click ({why}).',
    strength: 'note', trust: 'claimed', fix: 'add_unsubscribe', cites: 'RFC 8058 §3.1',
  },
  'unsub-not-https': {
    says: 'The one-click address to unsubscribe must use https.',
    tells: 'List-Unsubscribe-Post with no https address.',
    strength: 'violation', trust: 'claimed', fix: 'add_unsubscribe', cites: 'RFC 8058 §3.1',
  },
  'unsub-post-malformed': {
    says: 'The one-click line must read exactly "List-Unsubscribe=One-Click".',
    tells: 'List-Unsubscribe-Post: "{value}".',
    strength: 'violation', trust: 'claimed', fix: 'add_unsubscribe', cites: 'RFC 8058 §3.1',
  },
  'unsub-not-signed': {
    says: 'The unsubscribe lines are not covered by the DKIM signature, so receivers do not offer the button.',
    tells: 'Not in h=: {fields}.',
    strength: 'violation', trust: 'claimed', fix: 'add_unsubscribe', cites: 'RFC 8058 §4',
  },
  'unsub-one-click-ok': {
    says: 'Recipients can unsubscribe by one click.',
    tells: 'https, exact value, both fields in h=. Needed, proves nothing.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 8058 §3.1', good: true,
  },
  'auto-reply': {
    says: 'This is an automatic answer.',
    tells: '{field}: {value}.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 3834 §5',
  },
  'backscatter-suspect': {
    says: 'This is a bounce. Bounces to people who never wrote to you are spam to them: refuse unknown recipients during the delivery instead.',
    tells: 'Null Return-Path and {from}: backscatter, if the original sender was forged.',
    strength: 'indicator', trust: 'claimed', fix: null, cites: 'RFC 3834 §2, RFC 5321 §4.5.5',
  },
  'hdr-missing-required': {
    says: 'The message lacks {fields}.',
    tells: 'Missing: {fields}.',
    strength: 'violation', trust: 'claimed', fix: 'honest_headers', cites: 'RFC 5322 §3.6',
  },
  'hdr-duplicate': {
    says: 'The message has {fields} more than once. Once is allowed.',
    tells: 'More than once: {fields}.',
    strength: 'violation', trust: 'claimed', fix: 'honest_headers', cites: 'RFC 5322 §3.6',
  },
  'message-id-malformed': {
    says: 'The Message-ID is not written as it must be.',
    tells: '"{value}": rare, and practically only in bad mail (3.5 %, 0 % in good).',
    strength: 'violation', trust: 'claimed', fix: 'honest_headers', cites: 'RFC 5322 §3.6.4',
  },
  'date-future': {
    says: 'The Date line is {hours:hour|hours} after the time at which the message was received. Please set the clock.',
    tells: 'Date is {hours} h after the first hop.',
    strength: 'indicator', trust: 'claimed', fix: 'honest_headers', cites: 'RFC 5322 §3.6.1',
  },
  'date-stale': {
    says: 'The Date line is {days:day|days} before the message was sent.',
    tells: 'Date is {days:day|days} before the first hop: an old message sent again, or a wrong clock.',
    strength: 'indicator', trust: 'claimed', fix: 'honest_headers', cites: 'RFC 5322 §3.6.1',
  },
  'filter-header-spam': {
    says: 'A filter on the way marked the message as spam.',
    tells: '{field}: {value}. Somebody else\'s filter, in a field that anybody can write.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice',
  },
  'content-link-heavy': {
    says: 'The message is little more than links ({links}).',
    tells: '{links:link|links} in {size:character|characters}. Newsletters do this more often than bad mail: weighs nothing.',
    strength: 'note', trust: 'claimed', fix: 'clean_content', cites: 'practice',
  },
  'content-script': {
    says: 'The message holds a program (script). Mail must not.',
    tells: 'A <script> element, an on… attribute or a javascript: link in the text. As frequent in newsletters of old as in bad mail: weighs nothing.',
    strength: 'note', trust: 'claimed', fix: 'clean_content', cites: 'practice',
  },
  'volume-no-warmup': {
    says: 'Your address sent much more than it ever had: raise the volume step by step.',
    tells: '{hour:message|messages} in the last hour, {before} in the 30 days before.',
    strength: 'indicator', trust: 'verified', fix: 'warm_up', cites: 'practice',
  },
  'mixed-sender-identities': {
    says: 'Many unrelated senders use this address. Please give each brand an address of its own.',
    tells: '{count:From organisation|From organisations} on the address in a day.',
    strength: 'indicator', trust: 'verified', fix: 'separate_brands', cites: 'practice',
  },
  'from-domain-no-mail': {
    says: '{domain} receives no mail, so nobody can answer or complain.',
    tells: 'No MX and no address at {domain}.',
    strength: 'indicator', trust: 'verified', fix: 'monitor_abuse_address', cites: 'RFC 5321 §5.1, RFC 7505 §4.2',
  },
} satisfies Texts;
