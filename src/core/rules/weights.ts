import type { Weighs } from './analysis';
import type { FindingCode } from './texts';

/**
 * How much each finding adds to the sum that the page shows: above 0 speaks for the claim, below 0 against it.
 * What is not here informs and adds nothing. The values follow what the signs were worth on 13,900 mails: most signs that
 * people believe in (chain gaps, Reply-To elsewhere, HTML only, slow hops, Message-ID of another domain) tell nothing.
 * A passed SPF or DMARC adds nothing: over half of recent bad mail passes (verdict rule 9). Neither does a record that is missing
 * or broken: that is something to fix, and no sign of abuse (verdict rule 5).
 */
export const WEIGHTS: Partial<Record<FindingCode, number>> = {
  // the filter's own record
  'claim-message-id-match': 3,
  'claim-message-id-not-in-alert': -1,
  'claim-time-outside-window': -2,
  'claim-headers-altered': -4,
  'sample-not-representative': -2,
  'volume-no-warmup': -2,
  'mixed-sender-identities': -2,
  // what we proved ourselves
  'dkim-headers-proven': 2,
  'dkim-body-proven': 2,
  'dkim-headers-broken': -1,
  'dkim-fail': -1,
  'arc-seal-proven': 1,
  'spf-ip-not-authorised': -1,
  'spf-plus-all': -1,
  'dkim-key-revoked': -1,
  'dmarc-fail-enforced': -2,
  'ptr-missing': -1,
  'fcrdns-fail': -1,
  'ptr-generic': -1,
  'blocklist-listed': -1,
  // what a third party wrote
  'claim-ip-in-chain': 1,
  'claim-ip-not-in-chain': -1,
  'ar-trusted': 1,
  'ar-forged-trusted-id': -4,
  'hop-forged-provider-name': -4,
  'hop-illegal-ip': -1,
  'hop-loop-suspect': -1,
  'helo-not-fqdn': -1,
  // what the message says of itself: may show a problem, never clears
  'dkim-from-not-signed': -1,
  'dkim-weak-algorithm': -1,
  'open-relay-suspect': -4,
  'script-compromised-suspect': -4,
  'mailbox-compromise-suspect': -4,
  'service-account-sender': -1,
  'subject-caps': -1,
  'subject-exclaims': -1,
  'subject-fake-reply': -1,
  'from-display-spoof': -2,
  'from-multiple': -2,
  'unsub-missing': -1,
  'backscatter-suspect': -1,
  'hdr-missing-required': -1,
  'hdr-duplicate': -1,
  'message-id-malformed': -2,
  // hack claims
  'hack-log-fits-block': 1,
  'hack-log-agrees-with-ours': 1,
  'hack-log-outside-window': -1,
  'hack-logins-accepted': -2,
  'remediation-complete': 1,
  'remediation-no-cause': -1,
  'remediation-no-actions': -1,
  'remediation-seen-again': -3,
};

/** The weight of a code with its direction. */
export function weigh(code: FindingCode): { weighs: Weighs; weight: number } {
  const weight = WEIGHTS[code] ?? 0;
  return { weight, weighs: weight > 0 ? 'for' : weight < 0 ? 'against' : 'neutral' };
}
