import type { EntityManager } from 'typeorm';
import { normaliseMessageId } from '../core/headers/normalise-message-id';
import type { Reached } from '../core/ticket/progress';
import { Ticket } from '../tickets/ticket.entity';
import { ticketParts } from '../tickets/ticket.query';
import { shownTo } from './account-sharing.service';
import type { TicketPageData } from './ticket-page.data';

interface Around {
  reached: { to_state: string; first: string; last: string }[];
  analysed: string | null;
  messages: { byKind: string; text: string; at: string; channel: string }[];
  /** whether this contact of the account is shown the ticket */
  seen: boolean;
  evidence: { type: string; name: string | null; size: number; text: string | null; at: string; channel: string }[];
}

/** Whole texts are not needed here, and a log may be large. */
const SQL = `select
  coalesce((select json_agg(json_build_object('to_state', a.to_state, 'first', a.first, 'last', a.last)) from (
    select to_state, min(at) as first, max(at) as last from audit_entry where ticket_id = $1 and to_state is distinct from from_state group by to_state) a), '[]') as reached,
  (select created_at from analysis where id = (select analysis_id from ticket where id = $1)) as analysed,
  coalesce((select json_agg(json_build_object('byKind', m.by_kind, 'text', m.text, 'at', m.at, 'channel', m.channel) order by m.at) from message m where m.ticket_id = $1 and not m.internal), '[]') as messages,
  coalesce((select json_agg(json_build_object('type', e.type, 'name', e.name, 'size', e.size, 'at', e.received_at, 'channel', e.channel,
    'text', case when e.type in ('message_id', 'cannot_supply', 'queue_inspected') then left(e.text, 2000) end) order by e.received_at, e.id)
    from evidence_item e where e.ticket_id = $1), '[]') as evidence,
  ($2::text is null or exists (select from ticket t where t.id = $1 and ${shownTo('$2::text')})) as seen`;

/**
 * All that the customer's page needs. The account and its contact are part of the question, so that somebody else's ticket and one that does
 * not exist are the same "nothing".
 * @param email the contact who asks; null for a link that shows nothing of a person
 */
export async function loadTicketPage(tx: EntityManager, where: { ref: string; accountId: string } | { id: string }, email: string | null): Promise<TicketPageData | null> {
  const ticket = await tx.findOneBy(Ticket, where);
  if (!ticket) {
    return null;
  }
  const [parts, around] = [await ticketParts(tx, ticket.id), ((await tx.query({ name: 'ticket-around', text: SQL } as unknown as string, [ticket.id, email])) as Around[])[0]];
  if (!around?.seen) {
    return null;
  }
  const ids = [parts.analysis?.message.messageId ?? null, ...around.evidence.filter((item) => item.type === 'message_id').map((item) => item.text)]
    .map((id) => (id === null ? null : normaliseMessageId(id))).filter((id) => id !== null);
  const alerted = new Set((ticket.block.detections ?? []).flatMap((seen) => (seen.messageId ? [normaliseMessageId(seen.messageId)] : [])));
  return {
    ticket, parts, reached: reachedOf(ticket, parts.decision?.decidedAt ?? null, around.reached),
    asked: parts.decision?.outcome === 'request_information' && parts.decision.state === 'final',
    analysedAt: around.analysed ? new Date(around.analysed) : null,
    messages: around.messages.map((message) => ({ ...message, at: new Date(message.at) })),
    files: around.evidence.filter((item) => item.type in KINDS).map((item) => ({ type: KINDS[item.type] ?? item.type, name: item.name, size: item.size, receivedAt: new Date(item.at), byLink: item.channel === 'link' })),
    excused: around.evidence.filter((item) => item.type === 'cannot_supply').flatMap((item) => item.text ?? []),
    queueInspected: around.evidence.findLast((item) => item.type === 'queue_inspected')?.text === 'true',
    explained: new Set(ids.filter((id) => alerted.has(id))).size,
  };
}

/** What the customer sent, in their words. */
const KINDS: Record<string, string> = {
  headers: 'Headers', message: 'A message', sample: 'Another message', remediation: 'What was repaired', explanation: 'An explanation', logs: 'Log lines', message_id: 'A Message-ID', file: 'A file',
};

function reachedOf(ticket: Ticket, decidedAt: string | null, rows: Around['reached']): Reached {
  const at = (state: string, which: 'first' | 'last'): Date | null => {
    const found = rows.find((row) => row.to_state === state);
    return found ? new Date(found[which]) : null;
  };
  return {
    received: ticket.createdAt, analysing: at('analysing', 'first'), decided: decidedAt ? new Date(decidedAt) : null, lifting: at('lifting', 'last'), lifted: at('lifted', 'last'),
    ended: ticket.state === 'upheld' || ticket.state === 'closed' ? ticket.stateSince : null,
  };
}
