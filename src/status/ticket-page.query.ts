import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { normaliseMessageId } from '../core/headers/normalise-message-id';
import type { Reached } from '../core/ticket/progress';
import { Clock } from '../platform/clock';
import { askedTogether } from '../platform/database/asked-together';
import type { Gathered } from '../platform/gathered';
import { Ticket } from '../tickets/ticket.entity';
import { PARTS, type TicketParts } from '../tickets/ticket.query';
import { shownTo } from './account-sharing.service';
import type { TicketPageData } from './ticket-page.data';

type Row = Ticket & Omit<TicketParts, 'evidence'> & {
  reached: { to_state: string; first: string; last: string }[];
  analysed: Date | null;
  messages: { byKind: string; text: string; at: string; channel: string }[];
  sent: { type: string; name: string | null; size: number; text: string | null; at: string; channel: string }[];
  links: { id: string; label: string; expiresAt: string; uses: number; usedAt: string | null }[];
};

/** One ticket and all that its page needs, for each question `q`. Whole texts are not needed here, and a log may be large. */
const sql = (ticket: string, questions: string, which: string): string => `select q.i, ${ticket}, ${PARTS},
  coalesce((select json_agg(json_build_object('to_state', a.to_state, 'first', a.first, 'last', a.last)) from (
    select to_state, min(at) as first, max(at) as last from audit_entry where ticket_id = t.id and to_state is distinct from from_state group by to_state) a), '[]') as reached,
  (select created_at from analysis where id = t.analysis_id) as analysed,
  coalesce((select json_agg(json_build_object('byKind', m.by_kind, 'text', m.text, 'at', m.at, 'channel', m.channel) order by m.at) from message m where m.ticket_id = t.id and not m.internal), '[]') as messages,
  coalesce((select json_agg(json_build_object('type', e.type, 'name', e.name, 'size', e.size, 'at', e.received_at, 'channel', e.channel,
    'text', case when e.type in ('message_id', 'cannot_supply', 'queue_inspected') then left(e.text, 2000) end) order by e.received_at, e.id)
    from evidence_item e where e.ticket_id = t.id), '[]') as sent,
  coalesce((select json_agg(json_build_object('id', l.id, 'label', l.label, 'expiresAt', l.expires_at, 'uses', l.uses, 'usedAt', l.used_at) order by l.created_at desc)
    from evidence_link l where l.ticket_id = t.id and l.revoked_at is null and l.expires_at > q.now), '[]') as links
  from ${questions} cross join lateral (select * from ticket t where ${which} limit 1) t`;

const OWN = [`unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) with ordinality q(ref, account_id, email, now, i)`, `t.ref = q.ref and t.account_id = q.account_id and ${shownTo('q.email')}`] as const;
const ANY = ['unnest($1::uuid[], $2::timestamptz[]) with ordinality q(id, now, i)', 't.id = q.id'] as const;

/** Reads all that the customer's page of a ticket needs, in one statement for everybody who asks at that moment. */
@Injectable()
export class TicketPageQuery {
  private readonly own: Gathered<{ ref: string; accountId: string; email: string }, Row[]>;
  private readonly any: Gathered<string, Row[]>;

  constructor(source: DataSource, clock: Clock) {
    const ticket = source.getMetadata(Ticket).columns.map(({ databaseName, propertyName }) => `t.${databaseName} as "${propertyName}"`).join(', ');
    const nows = (round: unknown[]): Date[] => round.map(() => clock.now());
    this.own = askedTogether(source, sql(ticket, ...OWN), (round) => [round.map((each) => each.ref), round.map((each) => each.accountId), round.map((each) => each.email), nows(round)]);
    this.any = askedTogether(source, sql(ticket, ...ANY), (ids) => [ids, nows(ids)]);
  }

  /**
   * The account and its contact are part of the question, so that somebody else's ticket and one that does not exist are the same "nothing".
   * @param email the contact who asks
   */
  async owned(ref: string, accountId: string, email: string): Promise<TicketPageData | null> {
    const [row] = await this.own.ask({ ref, accountId, email });
    return row ? pageData(row) : null;
  }

  /** For a link that shows nothing of a person. */
  async byId(id: string): Promise<TicketPageData | null> {
    const [row] = await this.any.ask(id);
    return row ? pageData(row) : null;
  }
}

function pageData({ reached, analysed, messages, sent, links, ...row }: Row): TicketPageData {
  const { analysis, decision, fixes, lift, mailStopped, ...ticket } = row;
  const ids = [analysis?.message.messageId ?? null, ...sent.filter((item) => item.type === 'message_id').map((item) => item.text)]
    .map((id) => (id === null ? null : normaliseMessageId(id))).filter((id) => id !== null);
  const alerted = new Set((ticket.block.detections ?? []).flatMap((seen) => (seen.messageId ? [normaliseMessageId(seen.messageId)] : [])));
  return {
    ticket, parts: { analysis, decision, fixes, lift, mailStopped }, reached: reachedOf(ticket, decision?.decidedAt ?? null, reached),
    asked: decision?.outcome === 'request_information' && decision.state === 'final',
    analysedAt: analysed,
    messages: messages.map((message) => ({ ...message, at: new Date(message.at) })),
    files: sent.filter((item) => item.type in KINDS).map((item) => ({ type: KINDS[item.type] ?? item.type, name: item.name, size: item.size, receivedAt: new Date(item.at), byLink: item.channel === 'link' })),
    excused: sent.filter((item) => item.type === 'cannot_supply').flatMap((item) => item.text ?? []),
    queueInspected: sent.findLast((item) => item.type === 'queue_inspected')?.text === 'true',
    explained: new Set(ids.filter((id) => alerted.has(id))).size,
    evidenceLinks: links.map((link) => ({ ...link, expiresAt: new Date(link.expiresAt), usedAt: link.usedAt === null ? null : new Date(link.usedAt) })),
  };
}

/** What the customer sent, in their words. */
const KINDS: Record<string, string> = {
  headers: 'Headers', message: 'A message', sample: 'Another message', remediation: 'What was repaired', explanation: 'An explanation', logs: 'Log lines', message_id: 'A Message-ID', file: 'A file',
};

function reachedOf(ticket: Ticket, decidedAt: string | null, rows: Row['reached']): Reached {
  const at = (state: string, which: 'first' | 'last'): Date | null => {
    const found = rows.find((row) => row.to_state === state);
    return found ? new Date(found[which]) : null;
  };
  return {
    received: ticket.createdAt, analysing: at('analysing', 'first'), decided: decidedAt ? new Date(decidedAt) : null, lifting: at('lifting', 'last'), lifted: at('lifted', 'last'),
    ended: ticket.state === 'upheld' || ticket.state === 'closed' ? ticket.stateSince : null,
  };
}
