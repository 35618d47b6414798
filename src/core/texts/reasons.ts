/** A reason code of a decision (product page): a short name for staff, and the sentence that the customer reads. */
export interface ReasonText {
  label: string;
  /** the rule in words, or why it did not hold; shown to the customer */
  says: string;
}

const HEADERS_DIFFER = 'The headers must be those of a message that our filter saw. These do not match our record.';

/** All reason codes with their words. The keys are stable: they are stored with decisions and used by the API. */
export const REASONS: Record<string, ReasonText> = {
  auth_ok_content_misread: { label: 'Authentication good, content misread', says: 'Mail that proves where it comes from is blocked only for what it says. Our filter misread what yours says.' },
  transactional_burst: { label: 'Burst of transactional mail', says: 'Many messages in a short time are allowed when each answers something that its recipient did. Yours did.' },
  mailing_list_or_forwarder: { label: 'Mailing list or forwarder', says: 'Mail that is passed on for others is not counted against the server that passes it on.' },
  shared_ip_collateral: { label: 'Shared address, somebody else’s mail', says: 'A shared address is not blocked for one sender when that sender can be stopped alone.' },
  stale_reputation: { label: 'Old reputation', says: 'What an address did under somebody else does not count for its holder today.' },
  vendor_rule_error: { label: 'The rule of the filter is wrong', says: 'The rule of our filter was wrong. It is being corrected.' },
  authorised_test: { label: 'Authorised test', says: 'A security test that both sides agreed to is not an attack.' },
  monitoring_tool: { label: 'Monitoring tool', says: 'Monitoring of one’s own systems is not an attack.' },
  spoofed_source: { label: 'Spoofed source', says: 'The traffic only bore your address. It did not come from your server.' },
  misattributed_address: { label: 'Wrong address', says: 'The traffic came from another address. Yours was named by mistake.' },
  remediation_verified: { label: 'Repair verified', says: 'A block ends when its cause is gone. We checked that it is.' },
  remediation_plausible: { label: 'Repair plausible', says: 'A block ends when its cause is gone. What you describe fits what we saw.' },
  compromised_account: { label: 'Compromised account', says: 'Nobody else may send through your mailboxes. One of them was used by somebody else.' },
  vulnerable_form_or_cms: { label: 'Vulnerable form or CMS', says: 'A website must not send mail for strangers. A form or script on the server does.' },
  open_relay: { label: 'Open relay', says: 'A mail server may only pass on mail of those who sign in. Yours passes on mail for anybody.' },
  purchased_or_cold_list: { label: 'Purchased or cold list', says: 'Mail to many may only go to people who asked for it.' },
  no_unsubscribe: { label: 'No way to unsubscribe', says: 'Mail to many must let its recipients leave with one click.' },
  spf_fail: { label: 'SPF fails', says: 'Mail must come from an address that the domain’s SPF names.' },
  dkim_fail: { label: 'DKIM fails', says: 'Mail must be signed by its domain, and the signature must fit.' },
  dmarc_misaligned: { label: 'DMARC not aligned', says: 'The domain that people see in From must be the one that SPF or DKIM proves.' },
  ptr_missing_or_mismatch: { label: 'PTR missing or different', says: 'A sending address must have a name that leads back to it and that its server greets with.' },
  scan_confirmed: { label: 'Scan confirmed', says: 'Searching other people’s systems for openings is not allowed from our network.' },
  brute_force_confirmed: { label: 'Password guessing confirmed', says: 'Guessing passwords of other systems is not allowed from our network.' },
  malware_confirmed: { label: 'Malware confirmed', says: 'A server that runs malicious software stays apart until it is cleaned.' },
  remediation_incomplete: { label: 'Repair incomplete', says: 'A block ends when its cause is gone. What you describe does not cover all we saw.' },
  headers_do_not_match: { label: 'Headers do not match', says: HEADERS_DIFFER },
  evidence_forged: { label: 'Evidence forged (internal)', says: HEADERS_DIFFER },
  evidence_missing: { label: 'Evidence missing', says: 'A decision needs something to stand on. One thing is still missing.' },
  evidence_contradictory: { label: 'Evidence contradictory', says: 'What you sent and what we know do not agree in one point. Please clear it up.' },
  withdrawn: { label: 'Withdrawn', says: 'You withdrew the ticket.' },
  expired: { label: 'Expired', says: 'We waited for your answer, and none came in time.' },
  duplicate: { label: 'Duplicate', says: 'Another ticket deals with the same block.' },
  not_owner: { label: 'Not the owner', says: 'The address does not belong to your account, as far as we can see.' },
  block_already_gone: { label: 'Block already gone', says: 'The block is no longer there, so nothing had to be lifted.' },
};

/** What a customer reads for the reasons of a decision: each sentence once, unknown codes left out, nothing internal. */
export function reasonsInWords(codes: readonly string[]): string[] {
  return [...new Set(codes.map((code) => REASONS[code]?.says).filter((says): says is string => says !== undefined))];
}
