import type { EvidenceItem } from '../evidence/evidence';
import type { BlockKind, Claim } from '../ticket/block';

/** What we ask a customer for: a heading and how to supply it. */
export interface Ask {
  item: EvidenceItem;
  title: string;
  how: string;
}

/** The words with which a missing item is asked for, in the form, on the ticket's page and in the mail. */
export function askFor(item: EvidenceItem, { claim, kind }: { claim: Claim; kind: BlockKind }): Ask {
  switch (item) {
    case 'ip':
      return { item, title: 'The blocked address', how: 'The IPv4 or IPv6 address that the alert names.' };
    case 'block_time':
      return { item, title: 'When it was blocked', how: 'The time in the alert, as exactly as you can say it. Name the time zone.' };
    case 'headers':
      return {
        item,
        title: 'The headers of a blocked message',
        how: 'Paste the lines that begin with “Received:”, “Message-ID:” and “From:”, or attach the whole message as an .eml file. A message that the alert lists is best.',
      };
    case 'remediation':
      return kind === 'spam'
        ? { item, title: 'What you repaired', how: 'What the cause was, what you did and when. Say also that mail was stopped, and what you found in the queue.' }
        : { item, title: 'What you found and did', how: 'What was found on the server, what you did and when, and how it was kept apart from the network meanwhile.' };
    case 'explanation':
      return kind === 'spam'
        ? { item, title: 'What this mail is', how: 'One or two sentences: what was sent, and to whom.' }
        : { item, title: 'What the traffic was', how: 'Which program made the connections, to whom, and why that was legitimate.' };
    case 'logs':
      return claim === 'fixed'
        ? { item, title: 'Parts of your logs', how: 'The lines that show the attack, and the quiet after your repair.' }
        : { item, title: 'Parts of your logs', how: 'The lines that show what made the connections.' };
  }
}
