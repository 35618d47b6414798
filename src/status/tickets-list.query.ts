import type { DataSource } from 'typeorm';
import { shownState, stateLabel } from '../core/ticket/state-label';
import type { State } from '../core/ticket/states';
import { momentJson, textJson } from '../platform/json-text';
import type { SearchService } from '../tickets/search.service';
import { DECISION_STATE } from '../tickets/ticket.query';
import type { Audience } from '../tickets/ticket.view';
import type { TicketList } from './tickets-api.schema';

/** Times as milliseconds, everything as text in the order of `Row`: no dates, objects and entities are made of what goes straight back into text. */
const COLUMNS = `t.id, t.ref, t.external_ref, t.state, t.closed_reason, t.blocked_again_at is not null, t.claim, t.channel, t.block - array['detections', 'logs'], t.account_id, to_json(t.missing),
  t.queue, t.priority, t.taken_by, date_part('epoch', t.due_at) * 1000, date_part('epoch', t.created_at) * 1000, date_part('epoch', t.updated_at) * 1000, t.version, t.assessment, t.confidence, t.summary`;
/** Outside, a decision that may still be taken back does not exist yet. */
const columnsFor = (audience: Audience): string => `${COLUMNS}, ${audience === 'inside' ? 'null' : `(select ${DECISION_STATE} from decision d where d.id = t.decision_id)`}`;
type Text = string | null;
type Row = [id: string, ref: string, externalRef: Text, state: State, closedReason: Text, blockedAgain: string, claim: string, channel: string, block: string, account: string, missing: string,
  queue: string, priority: string, takenBy: Text, dueAt: Text, createdAt: string, updatedAt: string, version: string, assessment: Text, confidence: Text, summary: Text, decision: Text];
const AS_TEXT = { rowMode: 'array', types: { getTypeParser: () => (value: unknown) => value } };

/**
 * A page of tickets as the JSON of the answer, newest first, by key: a deep page costs what the first one costs. Heads only: without evidence, analysis,
 * decision, fixes, lift, and the block's detections and logs (contract: a list may be leaner than a ticket).
 * @throws the database's 22P02 when `ip` is no address and no network
 */
export async function listTickets(source: DataSource, search: SearchService, query: TicketList, audience: Audience, publicUrl: string): Promise<string> {
  const [at = '', id = ''] = query.after?.split('_') ?? [];
  const after = query.after ? { at, id } : null;
  const filters = (bind: (value: unknown) => string) => [
    query.ip && `t.ip <<= ${bind(query.ip)}::inet`, query.state && `t.state = ${bind(query.state)}`, query.account && `t.account_id = ${bind(query.account)}`, query.queue && `t.queue = ${bind(query.queue)}`,
  ];
  const rows = query.q?.trim()
    ? await search.find<Row>({ q: query.q, inside: audience === 'inside', columns: columnsFor(audience), filters, after, limit: query.limit + 1, how: AS_TEXT })
    : await plain(source, columnsFor(audience), filters, after, query.limit + 1);
  const items = rows.slice(0, query.limit);
  const last = rows.length > query.limit ? items.at(-1) : undefined;
  return `{"items":[${items.map((row) => head(row, audience === 'inside', publicUrl)).join(',')}],"next":${last ? `"${iso(last[15]).slice(1, -1)}_${last[0]}"` : 'null'}}`;
}

/** One statement for each set of filters, prepared once per connection. */
async function plain(source: DataSource, columns: string, filters: (bind: (value: unknown) => string) => (string | undefined)[], after: { at: string; id: string } | null, limit: number): Promise<Row[]> {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  const where = filters(bind).filter(Boolean);
  if (after) {
    // The first half bounds the walk through the index, the second picks within one instant.
    const at = bind(after.at);
    where.push(`t.created_at <= ${at}::timestamptz and (t.created_at < ${at}::timestamptz or t.id > ${bind(after.id)}::uuid)`);
  }
  const text = `select ${columns} from ticket t where ${where.join(' and ') || 'true'} order by t.created_at desc, t.id limit ${bind(limit)}::int`;
  // Plans of their own for every address and account: how many rows they have differs a thousandfold.
  const name = where.some((part) => /t\.(ip|account_id)/.test(part ?? '')) ? {} : { name: `list ${columns.length} ${where.join()}`.slice(0, 60) };
  return (await source.query({ ...name, text, ...AS_TEXT } as unknown as string, values)) as Row[];
}

const iso = (milliseconds: string): string => momentJson(Number(milliseconds));
const text = (value: Text): string => (value === null ? 'null' : textJson(value));

/** What ticketView (src/tickets/ticket.view.ts) says of a ticket, without the parts that cost a look into other tables. A test holds the two together. */
function head(row: Row, inside: boolean, publicUrl: string): string {
  const [, ref, externalRef, kept, closedReason, blockedAgain, claim, channel, block, account, missing, queue, priority, takenBy, dueAt, createdAt, updatedAt, version, assessment, confidence, summary, decision] = row;
  const state = inside ? kept : shownState(kept, decision);
  return `{"ref":"${ref}","externalRef":${text(externalRef)},"state":"${state}","closedReason":${text(closedReason)},"stateLabel":${text(stateLabel(state, { blockedAgain: blockedAgain === 't' }))},`
    + `"claim":"${claim}","channel":"${channel}","block":${block},"account":{"id":${text(account)}},"missing":${missing},"queue":${text(queue)},"priority":${priority},"takenBy":${inside ? text(takenBy) : 'null'},`
    + `"dueAt":${dueAt === null ? 'null' : iso(dueAt)},"createdAt":${iso(createdAt)},"updatedAt":${iso(updatedAt)},"version":${version},`
    + `"links":{"self":"${publicUrl}/api/v1/tickets/${ref}","status":"${publicUrl}/tickets/${ref}"},"assessment":${text(assessment)},"confidence":${confidence ?? 'null'},"summary":${text(summary)}}`;
}
