import type { Mail } from '../core/evidence/mail';
import { shownParts } from '../core/texts/fold-quotes';
import { understoodInWords } from '../core/texts/understood';
import { episode } from '../core/ticket/episode';
import { INBOUND_STATES, type InboundMail, type InboundState } from './inbound-mail.entity';
import type { Counts } from './mail-list.query';
import type { MailSummary } from './mailbox.service';
import type { Candidate } from './quarantine.service';
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
const SAID = { dismissed: 'The mail is dismissed. It is kept under “Quarantined”.', released: 'The mail is read again, as a letter.' };
const DOORS: Record<string, string> = { api: 'the API', smtp: 'SMTP', lmtp: 'LMTP', imap: 'IMAP', pipe: 'a pipe' };

interface Query {
  state?: InboundState;
  q?: string;
  reason?: string;
  said?: keyof typeof SAID;
}

/** What the list of incoming mails shows. */
export function quarantineList({ items, next }: { items: MailSummary[]; next: string | null }, counts: Counts, reasons: { reason: string; n: number }[], query: Query) {
  const { state, q, reason } = query;
  const at = (more: Record<string, string | undefined>): string => {
    const parts = Object.entries({ state, q, reason, ...more }).flatMap(([name, value]) => (value ? [`${name}=${encodeURIComponent(value)}`] : []));
    return `/desk/quarantine${parts.length > 0 ? `?${parts.join('&')}` : ''}`;
  };
  return {
    title: 'Quarantine', section: 'quarantine', state: state ?? '', q: q ?? '', reason: reason ?? '', said: query.said ? SAID[query.said] : null, filtered: Boolean(q ?? reason ?? state),
    states: [
      { label: 'To look at', href: at({ state: undefined, reason: undefined }), current: !state, n: null },
      ...INBOUND_STATES.filter((each) => counts[each] > 0 || each === state).map((each) => ({ label: LOOK[each].label, href: at({ state: each, reason: undefined }), current: each === state, n: counts[each] })),
    ],
    reasons: reasons.length > 1 || reason ? reasons.map((each) => ({ value: each.reason, label: `${reasonInWords(each.reason)} (${each.n})`, current: each.reason === reason })) : [],
    rows: items.map((mail) => ({ ...mail, ...LOOK[mail.state], why: reasonInWords(mail.reason), subject: mail.subject || '(no subject)', from: mail.from ?? '(no sender)' })),
    next: next ? at({ after: next }) : null,
  };
}

/** What the page of one mail shows, and what can be done with it by whoever looks. */
export function mailPage({ row, mail, ref }: { row: InboundMail; mail: Mail | null; ref: string | null }, { canHandle, candidates, ip }: { canHandle: boolean; candidates: readonly Candidate[]; ip: string | undefined }) {
  const waits = row.state === 'pending' || row.state === 'quarantined';
  const said = row.understood;
  return {
    title: row.subject || 'A mail', section: 'quarantine',
    mail: {
      id: row.id, subject: row.subject || '(no subject)', from: row.fromAddress ?? '(no sender)', recipient: row.recipient, peer: row.peerIp, door: DOORS[row.door] ?? row.door,
      receivedAt: row.receivedAt, kilobytes: Math.max(1, Math.round(row.size / 1024)), messageId: row.messageId, ref, ...LOOK[row.state], why: reasonInWords(row.reason),
      handledBy: row.handledBy, handledNote: row.handledNote, handledAt: row.handledAt,
    },
    text: mail ? shownParts(mail.text) : null,
    headers: mail?.headers.slice(0, 200) ?? [],
    attachments: (mail?.attachments ?? []).map((part) => ({ name: part.name || '(no name)', type: part.type, bytes: part.bytes.byteLength })),
    understood: said && !said.bounce ? understoodInWords(said).map((line) => (line.label === 'You say' ? { ...line, label: 'It says' } : line)) : [],
    bounce: said?.bounce ?? null,
    canHandle: canHandle && waits && mail !== null,
    canDismiss: canHandle && waits && row.reason !== 'dismissed',
    canRelease: canHandle && mail !== null && (waits || row.state === 'automatic'),
    ip: ip ?? said?.ips[0] ?? '',
    asked: Boolean(ip),
    candidates: candidates.map(({ block, account }, i) => ({
      first: i === 0, ip: block.ip, episode: episode(block), kindWord: block.kind === 'spam' ? 'Spam' : 'Attack', blockedAt: block.blockedAt, account: account.name ?? account.id, accountId: account.id,
    })),
    claim: said?.claim ?? '',
  };
}
