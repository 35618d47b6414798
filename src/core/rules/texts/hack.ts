import type { Texts } from './text';

/** Claims about a `hack` block: log excerpts and the account of what was done. */
export const HACK_TEXTS = {
  'hack-log-fits-block': {
    says: 'Your log shows the blocked address at the time of the block.',
    tells: '{lines:line|lines} of {kinds} with {ip} within a day of the block.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice', good: true,
  },
  'hack-log-agrees-with-ours': {
    says: 'Your log agrees with what we recorded.',
    tells: '{count:address is|addresses are} in both logs: {addresses}.',
    strength: 'note', trust: 'consistent', fix: null, cites: 'practice', good: true,
  },
  'hack-log-outside-window': {
    says: 'The log you sent is from another time than the block. Please send the hours around it.',
    tells: 'Times from {from} to {to}; block at {blockedAt}.',
    strength: 'indicator', trust: 'claimed', fix: null, cites: 'practice',
  },
  'hack-log-other-address': {
    says: 'The log you sent does not name the blocked address.',
    tells: '{lines:line names|lines name} an address, but not {ip}.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice',
  },
  'hack-log-unreadable': {
    says: 'We could not read times or addresses in the log you sent. Please send the lines as they are in the file.',
    tells: 'No line in a known form (sshd, fail2ban, web access, firewall, mail).',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice',
  },
  'hack-logins-accepted': {
    says: 'The log shows sign-ins that succeeded after many that failed. Please change those passwords and keys.',
    tells: '{accepted} accepted after {failed} failed for {who}: likely a broken account.',
    strength: 'indicator', trust: 'claimed', fix: 'rotate_secrets', cites: 'practice',
  },
  'mail-log-traces-message': {
    says: 'Your mail log traces a message of the block.',
    tells: '{lines:line of the mail log belongs|lines of the mail log belong} to a message that the filter recorded.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice', good: true,
  },
  'mail-log-signed-in': {
    says: 'According to your mail log, {user} signed in to send it.',
    tells: 'The mail log names the sign-in {user}.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice',
  },
  'mail-log-local-user': {
    says: 'According to your mail log, {user} handed it in on the server itself: a script or a program.',
    tells: 'The mail log names the local user or folder {user}.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice',
  },
  'mail-queue-size': {
    says: '{count:message waits|messages wait} in your queue. What waits goes out the moment the block is gone.',
    tells: '{count:message|messages} in the queue according to the excerpt.',
    strength: 'note', trust: 'claimed', fix: 'drain_queue', cites: 'practice',
  },
  'mail-queue-empty': {
    says: 'Your queue is empty: nothing goes out by itself when the block is gone.',
    tells: 'The excerpt shows an empty queue.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice', good: true,
  },
  'remediation-complete': {
    says: 'Your account says what the cause was, what you did and when, and how things are now.',
    tells: 'Cause, actions, times and the state now are all there. It is the customer\'s word.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice', good: true,
  },
  'remediation-no-cause': {
    says: 'Your account does not say yet what the cause was.',
    tells: 'No cause named.',
    strength: 'indicator', trust: 'claimed', fix: null, cites: 'practice',
  },
  'remediation-no-actions': {
    says: 'Your account does not say yet what you did about it.',
    tells: 'No action named.',
    strength: 'indicator', trust: 'claimed', fix: null, cites: 'practice',
  },
  'remediation-no-times': {
    says: 'Your account does not say yet when you did it.',
    tells: 'No time named.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice',
  },
  'remediation-no-state': {
    says: 'Your account does not say yet how things are now (stopped, clean, empty, watched).',
    tells: 'Nothing on the state now.',
    strength: 'note', trust: 'claimed', fix: null, cites: 'practice',
  },
  'remediation-seen-again': {
    says: 'We saw the same again after the time at which you say it was repaired.',
    tells: 'A detection at {at}, after the repair at {repaired}.',
    strength: 'indicator', trust: 'verified', fix: null, cites: 'practice',
  },
} satisfies Texts;
