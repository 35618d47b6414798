import type { DeliveryState } from './mail-delivery.entity';
import type { MailStop } from './mail-stops.service';
import type { OutgoingRow } from './outgoing.query';

export const DELIVERY_STATES = ['pending', 'sending', 'sent', 'failed', 'kept', 'suppressed'] as const satisfies DeliveryState[];

/** How a state is said and coloured: never by colour only. */
const LOOK: Record<DeliveryState, { label: string; tone: string; icon: string }> = {
  pending: { label: 'Waiting', tone: 'unknown', icon: 'clock' },
  sending: { label: 'Being sent', tone: 'unknown', icon: 'send' },
  sent: { label: 'Sent', tone: 'good', icon: 'check' },
  failed: { label: 'Failed', tone: 'bad', icon: 'circle-x' },
  kept: { label: 'Kept here', tone: 'warn', icon: 'inbox' },
  suppressed: { label: 'Not sent', tone: 'warn', icon: 'ban' },
};

interface ListQuery {
  state?: DeliveryState;
  q?: string;
}

/** What the list of outgoing mails shows. */
export function outgoingList({ rows, after }: { rows: OutgoingRow[]; after: string | null }, query: ListQuery, stops: readonly MailStop[] = [], canLift = false): object {
  const href = (more: Record<string, string | undefined>): string => {
    const parts = Object.entries({ ...query, ...more }).flatMap(([key, value]) => (value ? [`${key}=${encodeURIComponent(value)}`] : []));
    return `/desk/outgoing-mail${parts.length > 0 ? `?${parts.join('&')}` : ''}`;
  };
  return {
    title: 'Outgoing mail', section: 'outgoing-mail', q: query.q ?? '', state: query.state ?? '',
    states: [{ label: 'All', href: href({ state: undefined }), current: !query.state }, ...DELIVERY_STATES.map((state) => ({ label: LOOK[state].label, href: href({ state }), current: query.state === state }))],
    rows: rows.map(shown), stops, canLift, next: after ? href({ after }) : null,
  };
}

/** What the page of one mail shows. `parts` is null where its words are for its reader only. */
export function outgoingMail(row: OutgoingRow, parts: { text?: string; html?: string; headers: { key: string; originalKey?: string; value: string }[] } | null): object {
  return {
    title: row.subject, section: 'outgoing-mail', mail: shown(row), secret: parts === null, text: parts?.text ?? '', hasHtml: Boolean(parts?.html),
    headers: (parts?.headers ?? []).filter((header) => !header.key.startsWith('content-')).map((header) => ({ name: header.originalKey ?? header.key, value: header.value })),
  };
}

const shown = (row: OutgoingRow): object => ({ ...row, ...LOOK[row.state], tries: row.attempts > 1 ? row.attempts : null });
