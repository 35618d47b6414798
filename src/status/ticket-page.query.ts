import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { normaliseMessageId } from '../core/headers/normalise-message-id';
import type { Analysis } from '../core/rules/analysis';
import type { Reached } from '../core/ticket/progress';
import { storedTests, type StoredTests } from '../evidence/test-messages.service';
import { Clock } from '../platform/clock';
import { askedTogether } from '../platform/database/asked-together';
import type { Gathered } from '../platform/gathered';
import { Ticket } from '../tickets/ticket.entity';
import { PARTS, type TicketParts } from '../tickets/ticket.query';
import { shownTo } from './account-sharing.service';
import { KnownReadings, type KnownReading } from './known-readings';
import type { TicketPageData } from './ticket-page.data';

type Row = Ticket & Omit<TicketParts, 'evidence' | 'analysis'> & {
  reached: { to_state: string; first: string; last: string }[];
  /** no body when it is the one that was known */
  reading: { mark: string; at: string; body: Analysis | null } | null;
  messages: { byKind: string; text: string; at: string; channel: string }[];
  sent: { type: string; name: string | null; size: number; text: string | null; at: string; channel: string }[];
  links: { id: string; label: string; expiresAt: string; uses: number; usedAt: string | null }[];
  tests: StoredTests | null;
};

/** One ticket and all that its page needs, for each question `q`. Whole texts are not needed here, and a log may be large. */
const sql = (ticket: string, questions: string, which: string): string => `select q.i, ${ticket}, ${PARTS},
  coalesce((select json_agg(json_build_object('to_state', a.to_state, 'first', a.first, 'last', a.last)) from (
    select to_state, min(at) as first, max(at) as last from audit_entry where ticket_id = t.id and to_state is distinct from from_state group by to_state) a), '[]') as reached,
  (select json_build_object('mark', a.mark, 'at', a.created_at, 'body', case when a.mark <> q.known then a.body end)
    from (select id || ' ' || xmin::text as mark, created_at, body from analysis where id = t.analysis_id) a) as reading,
  coalesce((select json_agg(json_build_object('byKind', m.by_kind, 'text', m.text, 'at', m.at, 'channel', m.channel) order by m.at) from message m where m.ticket_id = t.id and not m.internal), '[]') as messages,
  coalesce((select json_agg(json_build_object('type', e.type, 'name', e.name, 'size', e.size, 'at', e.received_at, 'channel', e.channel,
    'text', case when e.type in ('message_id', 'cannot_supply', 'queue_inspected') then left(e.text, 2000) end) order by e.received_at, e.id)
    from evidence_item e where e.ticket_id = t.id), '[]') as sent,
  coalesce((select json_agg(json_build_object('id', l.id, 'label', l.label, 'expiresAt', l.expires_at, 'uses', l.uses, 'usedAt', l.used_at) order by l.created_at desc)
    from evidence_link l where l.ticket_id = t.id and l.revoked_at is null and l.expires_at > q.now), '[]') as links,
  ${storedTests('t.account_id', 't.id', 'q.now')} as tests
  from ${questions} cross join lateral (select * from ticket t where ${which} limit 1) t`;

const OWN = ['json_to_recordset($1) q(i int, ref text, account_id text, email text, now timestamptz, known text)', `t.ref = q.ref and t.account_id = q.account_id and ${shownTo('q.email')}`] as const;
const ANY = ['json_to_recordset($1) q(i int, id uuid, now timestamptz, known text)', 't.id = q.id'] as const;

/** Reads all that the customer's page of a ticket needs, in one statement for everybody who asks at that moment. */
@Injectable()
export class TicketPageQuery {
  private readonly readings = new KnownReadings();
  private readonly own: Gathered<{ ref: string; account_id: string; email: string; now: Date; known: string }, Row[]>;
  private readonly any: Gathered<{ id: string; now: Date; known: string }, Row[]>;

  constructor(source: DataSource, private readonly clock: Clock) {
    const ticket = source.getMetadata(Ticket).columns.map(({ databaseName, propertyName }) => `t.${databaseName} as "${propertyName}"`).join(', ');
    this.own = askedTogether(source, sql(ticket, ...OWN));
    this.any = askedTogether(source, sql(ticket, ...ANY));
  }

  /**
   * The account and its contact are part of the question, so that somebody else's ticket and one that does not exist are the same "nothing".
   * @param email the contact who asks
   */
  async owned(ref: string, accountId: string, email: string): Promise<TicketPageData | null> {
    const known = this.readings.of(ref);
    const [row] = await this.own.ask({ ref, account_id: accountId, email, now: this.clock.now(), known: known?.mark ?? '' });
    return row ? this.data(row, known) : null;
  }

  /** For a link that shows nothing of a person. */
  async byId(id: string): Promise<TicketPageData | null> {
    const [row] = await this.any.ask({ id, now: this.clock.now(), known: '' });
    return row ? this.data(row, null) : null;
  }

  private data(row: Row, known: KnownReading | null): TicketPageData {
    const { mark = '', body = null } = row.reading ?? {};
    const analysis = body ?? (known?.mark === mark ? known.analysis : null);
    if (analysis) {
      this.readings.keep(row.ref, { mark, analysis });
    }
    return pageData(row, analysis);
  }
}

function pageData({ reached, reading, messages, sent, links, tests, ...row }: Row, analysis: Analysis | null): TicketPageData {
  const { decision, fixes, lift, mailStopped, ...ticket } = row;
  const ids = [analysis?.message.messageId ?? null, ...sent.filter((item) => item.type === 'message_id').map((item) => item.text)]
    .map((id) => (id === null ? null : normaliseMessageId(id))).filter((id) => id !== null);
  const alerted = new Set((ticket.block.detections ?? []).flatMap((seen) => (seen.messageId ? [normaliseMessageId(seen.messageId)] : [])));
  return {
    ticket, parts: { analysis, decision, fixes, lift, mailStopped }, reached: reachedOf(ticket, decision?.decidedAt ?? null, reached),
    asked: decision?.outcome === 'request_information' && decision.state === 'final',
    analysedAt: reading ? new Date(reading.at) : null,
    messages: messages.map((message) => ({ ...message, at: new Date(message.at) })),
    files: sent.filter((item) => item.type in KINDS).map((item) => ({ type: KINDS[item.type] ?? item.type, name: item.name, size: item.size, receivedAt: new Date(item.at), byLink: item.channel === 'link' })),
    excused: sent.filter((item) => item.type === 'cannot_supply').flatMap((item) => item.text ?? []),
    queueInspected: sent.findLast((item) => item.type === 'queue_inspected')?.text === 'true',
    explained: new Set(ids.filter((id) => alerted.has(id))).size,
    evidenceLinks: links.map((link) => ({ ...link, expiresAt: new Date(link.expiresAt), usedAt: link.usedAt === null ? null : new Date(link.usedAt) })),
    tests,
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
