import { INBOUND_STATES, type InboundState } from './inbound-mail.entity';
import type { MailSummary } from './mailbox.service';
import { reasonInWords } from './reasons';

/** What a person should look at. */
export const UNSETTLED: readonly InboundState[] = ['quarantined', 'pending'];

const LOOK: Record<InboundState, { label: string; tone: string; icon: string }> = {
  stored: { label: 'Not read yet', tone: 'unknown', icon: 'clock' },
  pending: { label: 'Waits for its account', tone: 'warn', icon: 'hourglass' },
  ticket: { label: 'Ticket', tone: 'good', icon: 'check' },
  reply: { label: 'Answer', tone: 'good', icon: 'message' },
  bounce: { label: 'Bounce', tone: 'unknown', icon: 'arrow-back-up' },
  automatic: { label: 'Automatic', tone: 'unknown', icon: 'repeat' },
  duplicate: { label: 'Came before', tone: 'unknown', icon: 'copy' },
  quarantined: { label: 'Quarantined', tone: 'warn', icon: 'mail-exclamation' },
};

/** What the list of incoming mails shows. */
export function quarantineList({ items, next }: { items: MailSummary[]; next: string | null }, state?: InboundState): object {
  const at = (query: string): string => `/desk/quarantine${query}`;
  return {
    title: 'Quarantine', section: 'quarantine', state: state ?? '',
    states: [{ label: 'To look at', href: at(''), current: !state }, ...INBOUND_STATES.map((each) => ({ label: LOOK[each].label, href: at(`?state=${each}`), current: each === state }))],
    rows: items.map((mail) => ({ ...mail, ...LOOK[mail.state], why: reasonInWords(mail.reason), subject: mail.subject || '(no subject)', from: mail.from ?? '(no sender)' })),
    next: next ? at(`?${state ? `state=${state}&` : ''}after=${next}`) : null,
  };
}
