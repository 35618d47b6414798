import type { Texts } from './text';

/** The claim beside the filter's own record, and what was handed in. */
export const CLAIM_TEXTS = {
  'claim-message-id-match': {
    says: 'This is one of the messages that led to the block.',
    tells: 'The Message-ID equals one that the filter recorded at {at}. {note}',
    strength: 'note', trust: 'verified', fix: null, cites: 'RFC 5322 §3.6.4', good: true,
  },
  'claim-message-id-not-in-alert': {
    says: 'This message is not among those that we recorded for the block. Please send one that the alert names.',
    tells: 'The filter recorded {count:Message-ID|Message-IDs}, and this is none of them. A clean message that was not alerted proves nothing about the alert.',
    strength: 'indicator', trust: 'verified', fix: null, cites: 'RFC 5322 §3.6.4',
  },
  'claim-time-outside-window': {
    says: 'The times in these headers do not belong to the time of the block. Please send a message from around that time.',
    tells: 'The message passed at {at}; the block or the filter\'s record says {expected} ({hours} h apart).',
    strength: 'indicator', trust: 'contradicted', fix: null, cites: 'RFC 5322 §3.3',
  },
  'claim-headers-altered': {
    says: 'These headers differ from what we recorded for the same message. Please send them again, unchanged, from the original message.',
    tells: 'The Message-ID is one of the filter\'s, but the {field} is not: recorded "{recorded}", supplied "{supplied}".',
    strength: 'violation', trust: 'contradicted', fix: null, cites: 'RFC 5322 §3.6.5', internal: true,
  },
  'claim-ip-in-chain': {
    says: 'Your address is where the receiving server saw it.',
    tells: '{ip} is the peer in the hop written by {by}{writer}.',
    strength: 'note', trust: 'consistent', fix: null, cites: 'RFC 5321 §4.4', good: true,
  },
  'claim-ip-not-in-chain': {
    says: 'Your address does not appear on the way that this message took. Please check that it was sent from the blocked address.',
    tells: '{ip} is {among}.',
    strength: 'indicator', trust: 'consistent', fix: null, cites: 'RFC 5321 §4.4',
  },
  'claim-ip-only-in-untrusted-hop': {
    says: 'Your address appears only in a part of the headers that the receiving server did not write. Please send a copy as a recipient received it.',
    tells: '{ip} is only in hop {hop}; the hop of the receiving side names {other}. Everything below that one is the sender\'s word.',
    strength: 'indicator', trust: 'claimed', fix: null, cites: 'RFC 5321 §4.4',
  },
  'provenance-sender-copy': {
    says: 'This is a copy from your own side (sent folder or queue): it has not been through another server. A copy as a recipient received it would say more.',
    tells: 'No hop of a receiving server: the sender\'s own copy. Not suspicious, but every line of it is the sender\'s word.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 5321 §4.4',
  },
  'sample-not-representative': {
    says: 'This explains {explained} of {total:message|messages} behind the block. Please send one of each other kind as well.',
    tells: '{explained} of {total:alerted message|alerted messages} explained; {others:is|are} of another kind or unknown{kinds}.',
    strength: 'indicator', trust: 'verified', fix: null, cites: 'practice',
  },
  'input-message-id-only': {
    says: 'Only a Message-ID was supplied. With the headers of the message we can read much more.',
    tells: 'Only a Message-ID. It may have been copied from our own alert, so it weighs nothing by itself.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice',
  },
  'input-unreadable': {
    says: 'Nothing could be read: {why}.',
    tells: 'Nothing could be read: {why}.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice',
  },
  'input-body-present': {
    says: 'The whole message was supplied; only its header lines were read as headers.',
    tells: 'A body was supplied. Lines in it that look like headers were not read as headers.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 5322 §2.1',
  },
  'input-dsn-embedded': {
    says: 'You sent a bounce. We opened it and read the message inside.',
    tells: 'The original header block was taken out of the bounce (text/rfc822-headers or message/rfc822).',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 3464 §2',
  },
  'input-forwarded': {
    says: 'You sent a forwarded message. We opened it and read the message inside.',
    tells: 'The header block was taken out of a forwarded message. Forwarding as an attachment keeps it whole; forwarding inline does not.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 2046 §5.2.1',
  },
  'input-repaired': {
    says: 'To find the headers in what you sent, we did this: {steps}.',
    tells: 'The header block was not on top as it left the server. Done to find it: {steps}. Line numbers count in the block that was found.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice',
  },
  'input-limit': {
    says: 'The headers are longer than we read ({limits}); the rest was left out.',
    tells: 'Reading stopped at a limit: {limits}. No statement rests on what lies behind it.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice',
  },
  'body-not-assessed': {
    says: 'Nothing is said about the text, the links or the attachments: only headers were supplied.',
    tells: 'Headers only. No statement on links, text or scripts.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice',
  },
} satisfies Texts;
