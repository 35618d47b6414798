/** How to find one message in the logs of a mail server. */
export interface Trace {
  id: string;
  name: string;
  steps: { text: string; command: string }[];
}

export const EXAMPLE_ID = 'MESSAGE-ID@example.org';
/**
 * A Message-ID is chosen by whoever sent the message and ends up in a command that somebody copies into a root shell. Only signs that mean nothing
 * between single quotes are taken; the commands look for fixed strings.
 */
const HARMLESS = /^[A-Za-z0-9._+=@%~^/#$&*{}|?:-]{3,200}$/;

/** The Message-ID as it may stand in a command, without its angle brackets; null for one with signs that could do harm. */
export function inCommand(messageId: string): string | null {
  const bare = messageId.trim().replace(/^<|>$/g, '');
  return HARMLESS.test(bare) && bare.includes('@') && !bare.startsWith('-') ? bare : null;
}

/** The commands, with this Message-ID filled in. @param id as `inCommand` gave it */
export function traces(id: string): Trace[] {
  return [
    {
      id: 'postfix', name: 'Postfix', steps: [
        { text: 'Find the queue id that the message had. It stands before “message-id=”.', command: `zgrep -hF 'message-id=<${id}>' /var/log/mail.log*` },
        { text: 'Show everything that happened to it: who handed it in (sasl_username, or uid= for a script), and where it went.', command: `zgrep -hF 'QUEUE-ID' /var/log/mail.log*` },
        { text: 'Without log files, on systemd:', command: `journalctl -u 'postfix*' --since '3 days ago' | grep -F '${id}'` },
      ],
    },
    {
      id: 'exim', name: 'Exim, cPanel, DirectAdmin', steps: [
        { text: 'Show every line about it, put together. “A=dovecot_login:NAME” is the mailbox, “U=NAME” the user whose script sent it.', command: `exigrep '${id.replace(/[.+*?^${}|\\]/g, '\\$&')}' /var/log/exim_mainlog` },
        { text: 'Which directory did a script send it from?', command: `grep -F 'cwd=' /var/log/exim_mainlog | grep -v /var/spool | awk -F'cwd=' '{print $2}' | awk '{print $1}' | sort | uniq -c | sort -n | tail` },
      ],
    },
    {
      id: 'sendmail', name: 'Sendmail', steps: [
        { text: 'Find the queue id. It stands before “from=”.', command: `zgrep -hF 'msgid=<${id}>' /var/log/maillog*` },
        { text: 'Show everything that happened to it: “relay=” says who handed it in, “stat=” how it ended.', command: `zgrep -hF 'QUEUE-ID' /var/log/maillog*` },
      ],
    },
  ];
}
