/** Why a mail ended where it did, in words for staff. */
export const REASONS: Record<string, string> = {
  unreadable: 'It could not be read.',
  empty: 'It has no content.',
  too_many_parts: 'It has more parts than we read.',
  header_too_large: 'Its header is longer than we read.',
  no_sender: 'It names no sender.',
  several_from: 'It names several senders, or one that can be read in two ways.',
  dead_address: 'The address it was sent to is not ours, or no longer.',
  no_address: 'It names no IP address.',
  not_our_address: 'None of the addresses it names is the provider’s.',
  no_block: 'The address it names is not blocked.',
  which_block: 'Several blocks fit what it says: the customer has to say which.',
  in_the_future: 'The time it names is still to come.',
  unknown_sender: 'Its sender is no contact of any account.',
  not_owner: 'Its sender’s account does not hold the address.',
  unverified: 'Its sender could not be proven.',
  confirm_hack: 'A claim about an attack is confirmed from the control panel.',
  delivery_report: 'A delivery report about a mail of ours.',
  failed_recipients: 'A mail server says that a mail of ours failed.',
  looks_like_a_bounce: 'It reads like a bounce.',
  auto_submitted: 'A machine sent it (Auto-Submitted).',
  precedence: 'It is bulk mail (Precedence).',
  mailing_list: 'It came through a mailing list.',
  report: 'It is a report made by a machine.',
  autoresponder: 'An autoresponder sent it.',
  own_mail: 'It is our own mail coming back.',
  too_many_hops: 'It has gone through more than 30 servers.',
  null_sender: 'A machine sent it (no sender to answer to).',
  same_bytes: 'The same mail came before.',
};

/** The words for a reason code; the code itself where there are none. */
export const reasonInWords = (code: string | null): string => (code === null ? '' : (REASONS[code] ?? code.replaceAll('_', ' ')));
