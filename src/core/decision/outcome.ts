/** What a reviewer can decide. */
export const OUTCOMES = ['lift', 'require_fixes', 'uphold', 'request_information', 'hold'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Lifting for one of these says that the filter was wrong (rule 15). */
export const FALSE_POSITIVE: readonly string[] = [
  'auth_ok_content_misread', 'transactional_burst', 'mailing_list_or_forwarder', 'shared_ip_collateral', 'stale_reputation', 'vendor_rule_error', 'authorised_test',
  'monitoring_tool', 'spoofed_source', 'misattributed_address',
];
const REPAIRED = ['remediation_verified', 'remediation_plausible'];
const NOT_YET = [
  'compromised_account', 'vulnerable_form_or_cms', 'open_relay', 'purchased_or_cold_list', 'no_unsubscribe', 'spf_fail', 'dkim_fail', 'dmarc_misaligned',
  'ptr_missing_or_mismatch', 'scan_confirmed', 'brute_force_confirmed', 'malware_confirmed', 'remediation_incomplete', 'headers_do_not_match', 'evidence_forged',
];
const ASKING = ['evidence_missing', 'evidence_contradictory'];

/** The reason codes that fit an outcome, in the order in which a reviewer finds them (product, reason codes). */
export const REASONS_FOR: Record<Outcome, readonly string[]> = {
  lift: [...FALSE_POSITIVE, ...REPAIRED],
  require_fixes: NOT_YET,
  uphold: NOT_YET,
  request_information: ASKING,
  // Whoever waits may wait for anything: any reason but those that close a ticket.
  hold: [...ASKING, ...NOT_YET, ...FALSE_POSITIVE, ...REPAIRED],
};

/** Reasons that say that somebody else controls the server, or that it relays: DNS does not end a compromise (rule 7). */
export const COMPROMISE: readonly string[] = ['compromised_account', 'vulnerable_form_or_cms', 'open_relay', 'scan_confirmed', 'brute_force_confirmed', 'malware_confirmed', 'evidence_forged'];

/** Whether a decision says that the filter was wrong. */
export const isFalsePositive = (reasons: readonly string[]): boolean => reasons.some((reason) => FALSE_POSITIVE.includes(reason));
