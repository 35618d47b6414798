import type { Texts } from './text';

/** SPF and DKIM. */
export const AUTH_TEXTS = {
  'spf-missing': {
    says: '{domain} has no SPF record: receivers cannot tell who may send for it.',
    tells: 'No v=spf1 record at {domain} ({identity}).',
    strength: 'indicator', trust: 'verified', fix: 'publish_spf', cites: 'RFC 7208 §4.5',
  },
  'spf-ip-not-authorised': {
    says: 'The SPF record of {domain} does not name {ip}.',
    tells: 'SPF for {ip} and {domain} is {result} now ({identity}).',
    strength: 'indicator', trust: 'verified', fix: 'repair_spf', cites: 'RFC 7208 §5',
  },
  'spf-neutral': {
    says: 'The SPF record of {domain} makes no statement on {ip}.',
    tells: 'SPF for {ip} and {domain} is neutral now ({identity}).',
    strength: 'note', trust: 'verified', fix: 'repair_spf', cites: 'RFC 7208 §2.6.2',
  },
  'spf-authorised': {
    says: 'The SPF record of {domain} names your address.',
    tells: 'SPF for {ip} and {domain} is pass now ({identity}, {mechanism}). Over half of recent bad mail passes SPF: it clears nobody.',
    strength: 'note', trust: 'verified', fix: null, cites: 'RFC 7208 §2.6.3', good: true,
  },
  'spf-permerror-multiple': {
    says: '{domain} has {count:SPF record|SPF records}. Only one is allowed; receivers then ignore all of them.',
    tells: '{count:v=spf1 record|v=spf1 records} at {domain}: permerror.',
    strength: 'violation', trust: 'verified', fix: 'repair_spf', cites: 'RFC 7208 §4.5',
  },
  'spf-permerror-lookups': {
    says: 'The SPF record of {domain} needs {count:look-up|look-ups}. More than ten are not allowed.',
    tells: '{count:term that asks|terms that ask} DNS, includes counted: permerror for whoever reaches the eleventh.',
    strength: 'violation', trust: 'verified', fix: 'repair_spf', cites: 'RFC 7208 §4.6.4',
  },
  'spf-permerror-void': {
    says: 'The SPF record of {domain} points at {count:name that does|names that do} not exist. More than two are not allowed.',
    tells: '{count:void look-up|void look-ups}: permerror at the third.',
    strength: 'violation', trust: 'verified', fix: 'repair_spf', cites: 'RFC 7208 §4.6.4',
  },
  'spf-permerror-syntax': {
    says: 'The SPF record of {domain} has a mistake: {why}.',
    tells: 'permerror: {why}.',
    strength: 'violation', trust: 'verified', fix: 'repair_spf', cites: 'RFC 7208 §4.6',
  },
  'spf-plus-all': {
    says: 'The SPF record of {domain} allows the whole internet to send in its name (+all).',
    tells: '"+all": SPF is worth nothing for {domain}.',
    strength: 'indicator', trust: 'verified', fix: 'repair_spf', cites: 'RFC 7208 §5.1',
  },
  'spf-not-aligned': {
    says: 'Bounces of this message go to {domain}, but it is written in the name of {from}: SPF does not count for DMARC.',
    tells: 'Return-Path {domain} is not in the organisation of From {from}. Usual for mail sent by a service; matters for DMARC only.',
    strength: 'note', trust: 'claimed', fix: 'align_dmarc', cites: 'RFC 9989 §4.4 (before: RFC 7489 §3.1.2)',
  },
  'spf-helo-identity': {
    says: 'This message has no return address (as bounces have), so SPF is asked for the name of the server: {domain}.',
    tells: 'Null Return-Path: the SPF identity is the HELO name {domain}; result now: {result}.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'RFC 7208 §2.4',
  },
  'dkim-missing': {
    says: 'The message is not signed (DKIM).',
    tells: 'No DKIM-Signature field. A copy from before the signer has none either.',
    strength: 'indicator', trust: 'claimed', fix: 'sign_dkim', cites: 'RFC 6376 §3.5',
  },
  'dkim-not-aligned': {
    says: 'The message is signed by {domain}, but written in the name of {from}: the signature does not count for DMARC.',
    tells: 'd={domain} is outside the organisation of From {from}.',
    strength: 'note', trust: 'claimed', fix: 'align_dmarc', cites: 'RFC 9989 §4.4 (before: RFC 7489 §3.1.1)',
  },
  'dkim-from-not-signed': {
    says: 'The signature of {domain} leaves out the From line, so receivers ignore it.',
    tells: 'h= of {domain} does not list From: not a valid signature.',
    strength: 'violation', trust: 'claimed', fix: 'repair_dkim', cites: 'RFC 6376 §5.4',
  },
  'dkim-weak-algorithm': {
    says: 'The signature uses {algorithm}, which receivers no longer accept.',
    tells: '{algorithm}: verifiers must not accept it.',
    strength: 'violation', trust: 'claimed', fix: 'repair_dkim', cites: 'RFC 8301 §3',
  },
  'dkim-body-length-tag': {
    says: 'The signature covers only a part of the text (l=), so anybody can add to it.',
    tells: 'l={length}: text may be appended without breaking the signature.',
    strength: 'indicator', trust: 'claimed', fix: 'repair_dkim', cites: 'RFC 6376 §8.2',
  },
  'dkim-expired': {
    says: 'The signature had expired when the message was received.',
    tells: 'x={expires}, received {at}.',
    strength: 'indicator', trust: 'claimed', fix: 'repair_dkim', cites: 'RFC 6376 §3.5',
  },
  'dkim-key-revoked': {
    says: 'The key of the signature was withdrawn in DNS.',
    tells: 'Empty p= at {name}: revoked.',
    strength: 'violation', trust: 'verified', fix: 'repair_dkim', cites: 'RFC 6376 §3.6.1',
  },
  'dkim-key-missing': {
    says: 'The key of the signature is not in DNS.',
    tells: 'No key at {name} now. It may have been rotated since.',
    strength: 'indicator', trust: 'verified', fix: 'repair_dkim', cites: 'RFC 6376 §3.6.2',
  },
  'dkim-headers-proven': {
    says: 'The signature of {domain} fits the header lines that you pasted.',
    tells: 'b= of {domain} verifies over the listed fields and the stated body hash. The owner of {domain} stands by them; it does not prove the time.',
    strength: 'note', trust: 'verified', fix: null, cites: 'RFC 6376 §3.7', good: true,
  },
  'dkim-body-not-checked': {
    says: 'The text itself could not be checked against the signature: it was not supplied.',
    tells: 'bh= was not recomputed: no body.',
    strength: 'note', trust: 'verified', fix: null, cites: 'RFC 6376 §3.7',
  },
  'dkim-body-proven': {
    says: 'The signature of {domain} fits the whole message.',
    tells: 'DKIM of {domain} passes over the whole message with the key in DNS now.',
    strength: 'note', trust: 'verified', fix: null, cites: 'RFC 6376 §6.1', good: true,
  },
  'dkim-headers-broken': {
    says: 'The signature does not fit the header lines as you pasted them. Please paste them unchanged; lines lost or edited while copying do this.',
    tells: 'b= of {domain} does not verify over the pasted fields: {why}. Either a signed line was changed after signing, or in the copy.',
    strength: 'indicator', trust: 'verified', fix: null, cites: 'RFC 6376 §3.7',
  },
  'dkim-fail': {
    says: 'The signature does not fit the text of the message: it was changed on the way or in the copy.',
    tells: 'The body hash of {domain} does not verify ({why}).',
    strength: 'indicator', trust: 'verified', fix: 'repair_dkim', cites: 'RFC 6376 §6.1.3',
  },
  'dkim-not-oversigned': {
    says: 'The signature lets somebody add a second {field} line. List it twice in h=.',
    tells: '{field} stands {count:time|times} in the header and {signed:time|times} in h=: one of them is unsigned.',
    strength: 'indicator', trust: 'claimed', fix: 'repair_dkim', cites: 'RFC 6376 §5.4.2',
  },
} satisfies Texts;
