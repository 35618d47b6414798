import type { Fix } from './fix';

/** Fixes on the server: mail stopped and traced, accounts, scripts, relays, compromised hosts. */
export const HOST_FIXES: readonly Fix[] = [
  {
    code: 'isolate_host', title: 'Isolate the server', when: 'before_lift', verification: ['statement', 'log'],
    text: 'A server that somebody else controls must not reach others while it is being repaired.',
    steps: [
      'Boot it into rescue mode, or close all outgoing connections in its firewall except your own sign-in.',
      'Keep a copy of the disk before you change anything: it shows how they came in.',
      'Tell us how it is isolated now and since when.',
    ],
    questions: ['How is the server isolated, and since when?', 'Which connections does it still make?'],
  },
  {
    code: 'remove_malware', title: 'Remove the malicious software', when: 'before_lift', verification: ['statement', 'log'],
    text: 'Cleaning rarely finds everything. Setting the server up anew from a good backup is quicker and safer.',
    steps: [
      'Find the way in first (access logs, changed files, new users, cron and systemd units, authorized_keys).',
      'Set the system up anew, or restore a backup from before the break-in, and close the way in before it goes back on line.',
      'If you clean instead: name each file and process removed, and check start-up scripts, cron and web directories.',
    ],
    questions: ['What was found, and where?', 'How did it come in?', 'Was the system set up anew or cleaned, and when?'],
  },
  {
    code: 'stop_mail', title: 'Stop the mail', when: 'before_lift', verification: ['statement'],
    text: 'While the cause is unknown, nothing more may leave. What waits in the queue goes out the moment the block is gone.',
    steps: [
      'Postfix: "postfix stop", or set "default_transport = hold:". Exim: "systemctl stop exim4". Windows: stop the SMTP service.',
      'Stop the program that sends, too: a newsletter tool, a cron job, a web form.',
      'Tell us when it was stopped.',
    ],
    questions: ['Which program sent the mail?', 'When was it stopped?'],
  },
  {
    code: 'drain_queue', title: 'Inspect and clear the queue', when: 'before_lift', verification: ['statement', 'log'],
    text: 'Unwanted mail that still waits in the queue would block the address again within minutes.',
    steps: [
      'Look at what waits: "postqueue -p" (Postfix), "exim -bp" (Exim), the queue viewer (Exchange).',
      'Delete what is not wanted: "postsuper -d QUEUE-ID", or "postsuper -d ALL" when nothing is wanted; "exim -Mrm QUEUE-ID".',
      'Send us the output after that.',
    ],
    questions: ['How many messages waited, and of what kind?', 'What does the queue show now? Paste the output.'],
  },
  {
    code: 'trace_message_id', title: 'Trace the messages in your logs', when: 'before_lift', verification: ['log'],
    text: 'The alert names the messages. Your mail log says who handed them in: that is the cause.',
    steps: [
      'Search the log for a Message-ID of the alert: "grep MESSAGE-ID /var/log/mail.log" or "exigrep MESSAGE-ID /var/log/exim4/mainlog".',
      'Take the queue id of the line found and search for it: the first line names the client, the sign-in (sasl_username, A=) or the user (uid, U=).',
      'Send us these lines, unchanged.',
    ],
    questions: ['Which account, script or client handed in the message?'],
  },
  {
    code: 'secure_account', title: 'Secure the account', when: 'before_lift', verification: ['statement'],
    text: 'Somebody else sends with a sign-in of yours.',
    steps: [
      'Change the password of the mailbox, from a computer that is not infected, and end all open sessions.',
      'Delete forwarding rules, filters and app passwords that nobody knows.',
      'Switch on a second factor, and limit messages per hour and account.',
    ],
    questions: ['Which account was it?', 'When was the password changed?', 'How did it get into other hands, as far as you know?'],
  },
  {
    code: 'fix_script', title: 'Close the script that sends', when: 'before_lift', verification: ['statement'],
    text: 'A web form, a CMS or an uploaded script sends mail for strangers.',
    steps: [
      'Find it: the fields X-PHP-Originating-Script or X-Source of the message, "mail.log" in php.ini, or the access log at the second of the message.',
      'Remove it, or update the CMS with all plug-ins and themes; a form needs a fixed recipient, a limit and a captcha.',
      'Look for other files of the same day: uploaded scripts are seldom alone. Forbid PHP in upload folders.',
    ],
    questions: ['Which script was it (path and name)?', 'What was changed, and when?', 'What did you find besides?'],
  },
  {
    code: 'close_open_relay', title: 'Relay for signed-in users only', when: 'before_lift', verification: ['statement'],
    text: 'The server passes on mail from strangers to strangers.',
    steps: [
      'Postfix: "smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination"; keep mynetworks to your own hosts.',
      'Exim: hostlist relay_from_hosts; Exchange: no anonymous relay on the receive connector.',
      'Try it from outside: mail from a foreign sender to a foreign recipient must be refused at RCPT.',
    ],
    questions: ['What allowed the relaying?', 'What did you change, and what does the server answer from outside now?'],
  },
  {
    code: 'patch_system', title: 'Bring the system up to date', when: 'before_lift', verification: ['statement'],
    text: 'The way in stays open until the software is current.',
    steps: ['Install all updates of the system and of every application.', 'Remove what has no updates any more.', 'Switch on automatic security updates.'],
    questions: ['Which versions run now?', 'What was removed?'],
  },
  {
    code: 'rotate_secrets', title: 'Change passwords and keys', when: 'before_lift', verification: ['statement'],
    text: 'Whoever was inside knows every password and key of the server.',
    steps: [
      'Change all passwords, SSH keys, API keys and database passwords that were on it.',
      'Look through authorized_keys and the users; remove what nobody knows.',
      'Allow SSH by key only.',
    ],
    questions: ['Which secrets were changed, and when?'],
  },
  {
    code: 'close_services', title: 'Close what need not be open', when: 'before_lift', verification: ['statement', 'log'],
    text: 'Services open to everybody are found and abused (open DNS resolvers, memcached, NTP, databases, proxies).',
    steps: ['List what listens: "ss -tulpn".', 'Stop what is not needed; bind the rest to 127.0.0.1 or close it in the firewall.', 'Send us the list after that.'],
    questions: ['What was open, and what is open now?'],
  },
];
