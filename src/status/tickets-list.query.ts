import { isIP } from 'node:net';
import type { EntityManager } from 'typeorm';
import { readReference } from '../core/ticket/reference';
import type { Ticket } from '../tickets/ticket.entity';
import { NO_PARTS } from '../tickets/ticket.query';
import { ticketView, type Audience, type ShownTicket } from '../tickets/ticket.view';
import type { TicketList } from './tickets-api.schema';

/** As columns, without entities: making fifty of those cost four times what everything else here does. Long parts of a block stay where they are. */
const COLUMNS = `t.id, t.ref, t.external_ref as "externalRef", t.state, t.closed_reason as "closedReason", t.blocked_again_at as "blockedAgainAt", t.claim, t.channel,
  t.block - array['detections', 'logs'] as block, t.account_id as "accountId", t.missing, t.queue, t.priority, t.taken_by as "takenBy", t.due_at as "dueAt",
  t.created_at as "createdAt", t.updated_at as "updatedAt", t.version, t.assessment, t.confidence, t.summary`;
type Row = ShownTicket & Pick<Ticket, 'id' | 'assessment' | 'confidence' | 'summary'>;

/**
 * A page of tickets, newest first, by key: a deep page costs what the first one costs. Heads only, without evidence, analysis and the block's detections.
 * @throws the database's 22P02 when `ip` is no address and no network
 */
export async function listTickets(tx: EntityManager, query: TicketList, audience: Audience, publicUrl: string): Promise<{ items: unknown[]; next: string | null }> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const where = [
    query.ip && `t.ip <<= ${bind(query.ip)}::inet`,
    query.state && `t.state = ${bind(query.state)}`,
    query.account && `t.account_id = ${bind(query.account)}`,
    query.queue && `t.queue = ${bind(query.queue)}`,
    query.q && found(query.q, bind),
    query.after && follows(query.after, bind),
  ].filter(Boolean);
  const rows = (await tx.query(
    `select ${COLUMNS} from ticket t where ${where.join(' and ') || 'true'} order by t.created_at desc, t.id limit ${query.limit + 1}`,
    values,
  )) as Row[];
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  return { items: page.map((row) => head(row, publicUrl, audience)), next: rows.length > query.limit && last ? `${last.createdAt.toISOString()}_${last.id}` : null };
}

type Bind = (value: unknown) => string;

/** Words are looked for in this many of the newest tickets; references, addresses and accounts in all. */
const NEWEST = 20_000;

/** A reference, an address or a network, an account or the NOC's own reference; else words: of the customer, or of the detections (Message-ID, domain, subject). */
function found(q: string, bind: Bind): string {
  const ref = readReference(q);
  if (ref) {
    return `t.ref = ${bind(ref)}`;
  }
  const [head = '', bits] = q.split('/');
  if (isIP(head) && !head.includes('%') && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIP(head) === 4 ? 32 : 128)))) {
    return `t.ip <<= network(${bind(q)}::inet)`;
  }
  const text = bind(q);
  const words = bind(`%${q.replace(/^<|>$/g, '').replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`);
  const spoken = ['t.account_email', 't.account_name', 't.statement', `t.block->>'detections'`].map((column) => `${column} ilike ${words}`).join(' or ');
  return `(t.account_id = ${text} or t.external_ref = ${text} or (t.id in (select id from ticket order by created_at desc limit ${NEWEST}) and (${spoken})))`;
}

/** What stands after the last row of the page before. The first half bounds the walk through the index, the second picks within one instant. */
function follows(after: string, bind: Bind): string {
  const [at, id] = after.split('_').map((part) => bind(part));
  return `t.created_at <= ${at}::timestamptz and (t.created_at < ${at}::timestamptz or t.id > ${id}::uuid)`;
}

/** What a list shows: the ticket without the parts that cost a look into other tables (what is undefined does not appear in JSON). */
function head(ticket: Row, publicUrl: string, audience: Audience): object {
  const { assessment, confidence, summary } = ticket;
  const left = { evidence: undefined, analysis: undefined, decision: undefined, requiredFixes: undefined, lift: undefined };
  return Object.assign(ticketView(ticket, NO_PARTS, publicUrl, audience), left, { assessment, confidence, summary });
}
