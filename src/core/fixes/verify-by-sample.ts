import type { Analysis } from '../rules/analysis';
import { organisation } from '../headers/organisation';
import { fixOf } from './catalogue';
import type { FixVerdict } from './verify-fix';

/** A message that came to us straight from the customer's server. */
export interface FixSample {
  /** where the connection came from; null when another mail server of ours handed the message over */
  peerIp: string | null;
  /** the blocked address, or every address that the block covers */
  isFromTheAddress: boolean;
  /** the blocked address, for words */
  ip: string;
  /** domain in From of the messages that the ticket is about; null when none is known */
  domain: string | null;
  analysis: Pick<Analysis, 'findings' | 'message'>;
}

/** Can a test message show this fix, or its part in it? */
export const isVerifiedBySample = (code: string): boolean => fixOf(code)?.verification.includes('sample') ?? false;

/** Where the absence of a complaint is no proof: what must have been seen, and what it means. */
const NEEDED: Record<string, { seen: string[]; good: string; missing: string }> = {
  sign_dkim: { seen: ['dkim-body-proven'], good: 'The test message is signed, and the signature holds.', missing: 'The test message has no DKIM signature that holds.' },
  repair_dkim: { seen: ['dkim-body-proven'], good: 'The signature of the test message holds, body and headers.', missing: 'The test message has no DKIM signature that holds.' },
  align_dmarc: { seen: ['dkim-body-proven', 'spf-authorised'], good: 'SPF or DKIM of the test message stands for the domain in From.', missing: 'Neither SPF nor DKIM of the test message stands for the domain in From.' },
  use_authenticated_submission: {
    seen: ['submission-authenticated'], good: 'The test message was handed to your server with a sign-in.',
    missing: 'The test message does not show that it was handed in with a sign-in (ESMTPA or ESMTPSA in its first Received line). Send it from a mail program through port 465 or 587.',
  },
  add_unsubscribe: {
    seen: ['unsub-one-click-ok'], good: 'The test message can be unsubscribed from with one click.',
    missing: 'The test message carries no List-Unsubscribe with one click. Send it as you send to your list.',
  },
  honest_headers: { seen: [], good: 'From, Subject, Date and Message-ID of the test message are as they should be.', missing: '' },
  clean_content: { seen: [], good: 'Nothing loud was found in the test message.', missing: '' },
};

/** Findings that speak against a fix although another fix is what they ask for. */
const ALSO_AGAINST: Record<string, string[]> = { sign_dkim: ['dkim-not-aligned', 'dkim-fail', 'dkim-headers-broken', 'dkim-key-missing', 'dkim-key-revoked'] };

/**
 * What a test message says of a fix. Only a live connection from the blocked address counts, with mail of the domain that the ticket is about:
 * everything else could come from anywhere.
 */
export function verifyBySample(code: string, { peerIp, isFromTheAddress, ip, domain, analysis }: FixSample): FixVerdict {
  const needed = NEEDED[code];
  if (!needed) {
    return { state: 'unknown', says: 'A test message cannot show this.' };
  }
  if (!isFromTheAddress) {
    return { state: 'unknown', says: `The test message came from ${peerIp ?? 'another mail server'}, not from ${ip}. Send it from the server that is blocked.` };
  }
  const from = domainOf(analysis.message.from);
  if (domain !== null && (from === null || registered(from) !== registered(domain))) {
    return { state: 'unknown', says: `The test message is from ${from ?? 'nobody'}; this ticket is about mail of ${domain}.` };
  }
  const hits = analysis.findings.filter((finding) => finding.outcome === 'hit' && (finding.fix === code || (ALSO_AGAINST[code] ?? []).includes(finding.code ?? '')));
  const codes = new Set(analysis.findings.filter((finding) => finding.outcome === 'pass' || finding.outcome === 'hit').map((finding) => finding.code));
  if (code === 'align_dmarc') {
    const stands = (codes.has('dkim-body-proven') && !codes.has('dkim-not-aligned')) || (codes.has('spf-authorised') && !codes.has('spf-not-aligned'));
    return stands ? { state: 'verified', says: needed.good } : { state: 'failed', says: needed.missing };
  }
  if (hits.length > 0) {
    return { state: 'failed', says: [...new Set(hits.map((hit) => hit.says))].join(' ') };
  }
  return needed.seen.every((seen) => codes.has(seen)) ? { state: 'verified', says: needed.good } : { state: 'failed', says: needed.missing };
}

const domainOf = (from: string | null): string | null => /@([a-z0-9.-]{1,253})\W*$/i.exec(from ?? '')?.[1]?.toLowerCase() ?? null;
const registered = (domain: string): string => organisation(domain) ?? domain.toLowerCase();
