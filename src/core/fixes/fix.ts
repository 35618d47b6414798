/** When a fix must be done (product, the fixes we ask for). */
export type FixWhen = 'before_lift' | 'after_lift' | 'advice';
/** By what a fix is shown to be done: a look-up by us, a new sample or test message, the customer's answers, or a log excerpt. */
export type Verification = 'dns' | 'sample' | 'statement' | 'log';

/** One required fix, as the customer reads it. */
export interface Fix {
  code: FixCode;
  title: string;
  /** what is wrong, or why it matters, in a sentence or two */
  text: string;
  /** how to do it, step by step */
  steps: readonly string[];
  /** unless a reviewer says otherwise */
  when: FixWhen;
  /** what shows that it is done; several: all of them */
  verification: readonly Verification[];
  /** asked of the customer where a statement is part of the verification */
  questions: readonly string[];
}

export const FIX_CODES = [
  'isolate_host', 'remove_malware', 'stop_mail', 'drain_queue', 'trace_message_id', 'secure_account', 'fix_script', 'close_open_relay', 'patch_system', 'rotate_secrets',
  'close_services', 'use_authenticated_submission', 'set_ptr', 'match_ptr', 'publish_spf', 'repair_spf', 'sign_dkim', 'repair_dkim', 'publish_dmarc', 'align_dmarc',
  'honest_headers', 'add_unsubscribe', 'clean_content', 'warm_up', 'reduce_volume', 'separate_brands', 'dedicated_ip', 'monitor_abuse_address',
] as const;
export type FixCode = (typeof FIX_CODES)[number];

export const isFixCode = (code: string): code is FixCode => (FIX_CODES as readonly string[]).includes(code);
