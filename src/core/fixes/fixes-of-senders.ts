import type { Fix } from './fix';

/** Fixes of senders: names, signatures, records, and how one writes to many. */
export const SENDER_FIXES: readonly Fix[] = [
  {
    code: 'use_authenticated_submission', title: 'Send with a sign-in and encryption', when: 'after_lift', verification: ['sample'],
    text: 'Users and programs should hand mail in on port 465 or 587 with a sign-in, encrypted.',
    steps: ['Switch on submission (465 with TLS, or 587 with STARTTLS) and require a sign-in there.', 'Set mail programs, printers and applications to it.', 'Close port 25 for your own users.'],
    questions: [],
  },
  {
    code: 'set_ptr', title: 'Give the address a name (PTR)', when: 'before_lift', verification: ['dns'],
    text: 'Receivers refuse addresses without a name, or with the general name of the range.',
    steps: [
      'Choose the full name of your mail server, such as mail.example.org, and let it lead to the address (A or AAAA record).',
      'Enter it as reverse name (PTR) of the address in the control panel.',
      'For IPv6, do the same for the one address that sends.',
    ],
    questions: [],
  },
  {
    code: 'match_ptr', title: 'Make the names agree', when: 'before_lift', verification: ['dns'],
    text: 'The name of the address must lead back to the address, and the server should greet with it.',
    steps: ['Let the PTR name lead to the address (A or AAAA record).', 'Let the server greet with it: "myhostname" (Postfix), "primary_hostname" (Exim), FQDN of the send connector (Exchange).'],
    questions: [],
  },
  {
    code: 'publish_spf', title: 'Publish an SPF record', when: 'before_lift', verification: ['dns'],
    text: 'SPF says which addresses send mail for your domain.',
    steps: ['Add a TXT record at your domain: "v=spf1 ip4:YOUR-ADDRESS -all", with "include:" for each service that sends for you.', 'Only one such record may exist.'],
    questions: [],
  },
  {
    code: 'repair_spf', title: 'Repair the SPF record', when: 'before_lift', verification: ['dns'],
    text: 'The record does not cover your address, or receivers cannot use it.',
    steps: [
      'Name the address: "ip4:" or "ip6:".',
      'Keep one record only, at most ten terms that need a look-up (include, a, mx, exists, redirect), and none that leads nowhere.',
      'End with "-all" or "~all", never "+all".',
    ],
    questions: [],
  },
  {
    code: 'sign_dkim', title: 'Sign mail with DKIM', when: 'after_lift', verification: ['sample'],
    text: 'A DKIM signature shows that a message really is yours and was not changed.',
    steps: [
      'Make a key pair (RSA 2048) and publish the public half as TXT at SELECTOR._domainkey.YOUR-DOMAIN.',
      'Switch on signing (OpenDKIM, rspamd, your control panel) with d= of the domain in From.',
      'Send a test message.',
    ],
    questions: [],
  },
  {
    code: 'repair_dkim', title: 'Repair the DKIM signature', when: 'after_lift', verification: ['dns', 'sample'],
    text: 'The signature is there, but receivers cannot use it.',
    steps: [
      'Check that the key of the selector is in DNS and fits the private one.',
      'Use rsa-sha256 with 2048 bits; sign From, To, Subject, Date and Message-ID, list From twice, leave out l=.',
      'Sign last: a footer or a filter that comes after breaks the signature.',
    ],
    questions: [],
  },
  {
    code: 'publish_dmarc', title: 'Publish a DMARC record', when: 'before_lift', verification: ['dns'],
    text: 'DMARC tells receivers what to do with mail that only pretends to be yours.',
    steps: ['Add a TXT record at _dmarc.YOUR-DOMAIN: "v=DMARC1; p=none; rua=mailto:YOUR-ADDRESS".', 'When the reports are clean, raise p to quarantine, then to reject.'],
    questions: [],
  },
  {
    code: 'align_dmarc', title: 'Let SPF or DKIM stand for your From domain', when: 'after_lift', verification: ['sample'],
    text: 'The domain in From must be the one that SPF or DKIM shows.',
    steps: ['Sign with d= of the domain in From (or its organisation).', 'Or use a Return-Path within it; services call this a custom bounce domain.'],
    questions: [],
  },
  {
    code: 'honest_headers', title: 'Write honest headers', when: 'after_lift', verification: ['sample'],
    text: 'From, Subject, Date and Message-ID must be there once each, well written, and true.',
    steps: ['Show your own name and address in From.', 'Do not begin a subject with "Re:" unless it answers something.', 'Let the mail library write Date and Message-ID; set the clock by NTP.'],
    questions: [],
  },
  {
    code: 'add_unsubscribe', title: 'Let people unsubscribe', when: 'after_lift', verification: ['sample'],
    text: 'Mail to many needs List-Unsubscribe with one click. Large receivers refuse it otherwise.',
    steps: [
      'Add "List-Unsubscribe: <https://YOUR-SITE/unsubscribe/KEY>, <mailto:…>" and "List-Unsubscribe-Post: List-Unsubscribe=One-Click".',
      'Let DKIM sign both fields.',
      'Take people off the list at once, without asking them to sign in.',
    ],
    questions: [],
  },
  {
    code: 'clean_content', title: 'Tidy up the content', when: 'after_lift', verification: ['sample'],
    text: 'Loud subjects, many links and scripts make wanted mail look unwanted.',
    steps: ['Write the subject in normal letters, without rows of exclamation marks.', 'Fewer links, all to your own domain, no link shorteners.', 'No scripts; a text part beside the HTML part.'],
    questions: [],
  },
  {
    code: 'warm_up', title: 'Raise the volume step by step', when: 'after_lift', verification: ['statement'],
    text: 'An address without a history that sends thousands at once is taken for a stolen one.',
    steps: ['Begin with some hundred messages a day, to those who know you best.', 'Double every two or three days while complaints and bounces stay low.'],
    questions: ['How many messages a day do you plan for the next two weeks?'],
  },
  {
    code: 'reduce_volume', title: 'Send less', when: 'after_lift', verification: ['statement'],
    text: 'More was sent than recipients or the address can bear.',
    steps: ['Limit messages per hour and account on the server.', 'Leave out those who have not opened anything for months, and all who bounce.'],
    questions: ['What limits are set now?', 'Who is left out?'],
  },
  {
    code: 'separate_brands', title: 'Give each brand an address of its own', when: 'advice', verification: ['statement'],
    text: 'When unrelated senders share an address, one spoils it for all.',
    steps: ['Sort senders by brand or customer.', 'Give each its own address, PTR and DKIM key.'],
    questions: ['Which senders use which address from now on?'],
  },
  {
    code: 'dedicated_ip', title: 'Send from an address of your own', when: 'advice', verification: ['statement'],
    text: 'Mail of value should not share its address with shops, hosting customers or visitors.',
    steps: ['Order an address for mail alone and set its PTR.', 'Send only mail from it; keep web traffic and NAT on another.'],
    questions: ['Which address sends your mail from now on?'],
  },
  {
    code: 'monitor_abuse_address', title: 'Read abuse@ and postmaster@', when: 'advice', verification: ['dns', 'statement'],
    text: 'Complaints that reach you early never reach us.',
    steps: ['Let your domain take mail (MX record).', 'Create abuse@ and postmaster@ and name who reads them.', 'Register for the feedback loops of large receivers.'],
    questions: ['Who reads abuse@, and how often?'],
  },
];
