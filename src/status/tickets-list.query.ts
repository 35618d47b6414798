import type { EntityManager } from 'typeorm';
import { readReference } from '../core/ticket/reference';
import { Ticket } from '../tickets/ticket.entity';
import { NO_PARTS } from '../tickets/ticket.query';
import { ticketView, type Audience } from '../tickets/ticket.view';
import type { TicketList } from './tickets-api.schema';

/** A page of tickets, newest first, by key: a deep page costs what the first one costs. Heads only, without evidence and analysis. */
export async function listTickets(tx: EntityManager, query: TicketList, audience: Audience, publicUrl: string): Promise<{ items: unknown[]; next: string | null }> {
  const find = tx.createQueryBuilder(Ticket, 't').orderBy('t.created_at', 'DESC').addOrderBy('t.id', 'DESC').limit(query.limit + 1);
  if (query.ip) {
    find.andWhere('t.ip <<= cast(:ip as inet)', { ip: query.ip });
  }
  if (query.state) {
    find.andWhere('t.state = :state', { state: query.state });
  }
  if (query.account) {
    find.andWhere('t.account_id = :account', { account: query.account });
  }
  if (query.queue) {
    find.andWhere('t.queue = :queue', { queue: query.queue });
  }
  if (query.q) {
    const ref = readReference(query.q);
    find.andWhere(ref ? 't.ref = :q' : '(t.account_email = :q or t.account_id = :q or t.external_ref = :q or host(t.ip) = :q)', { q: ref ?? query.q });
  }
  if (query.after) {
    const [at = '', id = ''] = query.after.split('_');
    find.andWhere('(t.created_at, t.id) < (cast(:at as timestamptz), cast(:id as uuid))', { at, id });
  }
  const rows = await find.getMany();
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return { items: page.map((ticket) => head(ticket, publicUrl, audience)), next: rows.length > query.limit && last ? `${last.createdAt.toISOString()}_${last.id}` : null };
}

/** What a list shows: the ticket without the parts that cost a look into other tables. */
function head(ticket: Ticket, publicUrl: string, audience: Audience) {
  const { evidence: _e, analysis: _a, decision: _d, requiredFixes: _f, lift: _l, ...rest } = ticketView(ticket, NO_PARTS, publicUrl, audience);
  return { ...rest, assessment: ticket.assessment, confidence: ticket.confidence, summary: ticket.summary };
}
