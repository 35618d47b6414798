import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { shownState, stateLabel } from '../core/ticket/state-label';
import type { State } from '../core/ticket/states';
import { CONFIG, type Config } from '../platform/config/config';
import { idsOf } from '../platform/database/ids-of';
import { momentJson, textJson } from '../platform/json-text';
import { KeptTexts } from '../platform/kept-texts';
import { SearchService } from '../tickets/search.service';
import { DECISION_STATE, ROW_VERSION } from '../tickets/ticket.query';
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

/** The row and its version: each change of a ticket writes its row anew. */
const KEY = `t.id, ${ROW_VERSION}`;
const keyOf = (id: string, version: string): string => `${id}${version}`;
type Filters = (bind: (value: unknown) => string) => string[];
interface Head {
  id: string;
  /** milliseconds since 1970 */
  createdAt: string;
  json: string;
}

/** A page on which nothing stands, and after which nothing comes. */
export const EMPTY_PAGE = '{"items":[],"next":null}';

/** Pages of tickets as the JSON of the answer, by key: a deep page costs what the first one costs. */
@Injectable()
export class TicketListReader {
  private readonly kept = new KeptTexts<Head>();

  constructor(
    private readonly source: DataSource,
    private readonly search: SearchService,
    @Inject(CONFIG) private readonly config: Pick<Config, 'PUBLIC_URL'>,
  ) {}

  /**
   * Newest first. Heads only: without evidence, analysis, decision, fixes, lift, and the block's detections and logs (contract: a list may be leaner than a ticket).
   * @throws the database's 22P02 when `ip` is no address and no network
   */
  async page(query: TicketList, audience: Audience): Promise<string> {
    const [at = '', id = ''] = query.after?.split('_') ?? [];
    const after = query.after ? { at, id } : null;
    const filters: Filters = (bind) => [
      query.ip && `t.ip <<= ${bind(query.ip)}::inet`, query.state && `t.state = ${bind(query.state)}`, query.account && `t.account_id = ${bind(query.account)}`, query.queue && `t.queue = ${bind(query.queue)}`,
    ].filter((part): part is string => Boolean(part));
    const limit = query.limit + 1;
    const heads = query.q?.trim()
      ? this.made(await this.search.find<Row>({ q: query.q, inside: audience === 'inside', columns: columnsFor(audience), filters, after, limit, how: AS_TEXT }), audience)
      : await this.standing(audience, filters, after, limit);
    const items = heads.slice(0, query.limit);
    const last = heads.length > query.limit ? items.at(-1) : undefined;
    return `{"items":[${items.map(({ json }) => json).join(',')}],"next":${last ? `"${iso(last.createdAt).slice(1, -1)}_${last.id}"` : 'null'}}`;
  }

  /**
   * Inside, a head says nothing but what stands in the ticket's row, so one that was made of the same version of the row is shown again: most of a page was on the page before.
   * What is new is read by its id, under the same filters; when it does not fit them any more, the page as a whole is read in one statement.
   */
  private async standing(audience: Audience, filters: Filters, after: { at: string; id: string } | null, limit: number): Promise<Head[]> {
    if (audience === 'inside') {
      const keys = await plain<[id: string, version: string]>(this.source, KEY, filters, after, limit);
      const heads = keys.map(([id, version]) => this.kept.get(keyOf(id, version)));
      const unknown = keys.flatMap(([id], i) => (heads[i] ? [] : [id]));
      const read = new Map((unknown.length > 0 ? await this.read(unknown, filters) : []).map((head) => [head.id, head]));
      if (read.size === unknown.length) {
        return keys.map(([id], i) => heads[i] ?? read.get(id)!);
      }
    }
    return this.made(await plain<Row>(this.source, columnsFor(audience), filters, after, limit), audience);
  }

  private async read(ids: string[], filters: Filters): Promise<Head[]> {
    const { where, values, bind } = conditions(filters);
    const text = `select ${columnsFor('inside')}, ${ROW_VERSION} from ticket t where ${[...where, `t.id = any(${idsOf(bind(ids))})`].join(' and ')}`;
    const rows = (await this.source.query({ name: `heads ${where.join()}`.slice(0, 60), text, ...AS_TEXT } as unknown as string, values)) as [...Row, version: string][];
    const heads = this.made(rows as unknown as Row[], 'inside');
    rows.forEach((row, i) => this.kept.set(keyOf(row[0], row.at(-1)!), heads[i]!));
    return heads;
  }

  private made(rows: Row[], audience: Audience): Head[] {
    return rows.map((row) => ({ id: row[0], createdAt: row[15], json: headJson(row, audience === 'inside', this.config.PUBLIC_URL) }));
  }
}

function conditions(filters: Filters): { where: string[]; values: unknown[]; bind: (value: unknown) => string } {
  const values: unknown[] = [];
  const bind = (value: unknown): string => `$${values.push(value)}`;
  return { where: filters(bind), values, bind };
}

/** One statement for each set of filters, prepared once per connection. */
async function plain<T>(source: DataSource, columns: string, filters: Filters, after: { at: string; id: string } | null, limit: number): Promise<T[]> {
  const { where, values, bind } = conditions(filters);
  if (after) {
    // The first half bounds the walk through the index, the second picks within one instant.
    const at = bind(after.at);
    where.push(`t.created_at <= ${at}::timestamptz and (t.created_at < ${at}::timestamptz or t.id > ${bind(after.id)}::uuid)`);
  }
  const text = `select ${columns} from ticket t where ${where.join(' and ') || 'true'} order by t.created_at desc, t.id limit ${bind(limit)}::int`;
  // Plans of their own for every address and account: how many rows they have differs a thousandfold.
  const name = where.some((part) => /t\.(ip|account_id)/.test(part)) ? {} : { name: `list ${columns.length} ${where.join()}`.slice(0, 60) };
  return (await source.query({ ...name, text, ...AS_TEXT } as unknown as string, values)) as T[];
}

const iso = (milliseconds: string): string => momentJson(Number(milliseconds));
const text = (value: Text): string => (value === null ? 'null' : textJson(value));

/** What ticketView (src/tickets/ticket.view.ts) says of a ticket, without the parts that cost a look into other tables. A test holds the two together. */
function headJson(row: Row, inside: boolean, publicUrl: string): string {
  const [, ref, externalRef, kept, closedReason, blockedAgain, claim, channel, block, account, missing, queue, priority, takenBy, dueAt, createdAt, updatedAt, version, assessment, confidence, summary, decision] = row;
  const state = inside ? kept : shownState(kept, decision);
  return `{"ref":"${ref}","externalRef":${text(externalRef)},"state":"${state}","closedReason":${text(closedReason)},"stateLabel":${text(stateLabel(state, { blockedAgain: blockedAgain === 't' }))},`
    + `"claim":"${claim}","channel":"${channel}","block":${block},"account":{"id":${text(account)}},"missing":${missing},"queue":${text(queue)},"priority":${priority},"takenBy":${inside ? text(takenBy) : 'null'},`
    + `"dueAt":${dueAt === null ? 'null' : iso(dueAt)},"createdAt":${iso(createdAt)},"updatedAt":${iso(updatedAt)},"version":${version},`
    + `"links":{"self":"${publicUrl}/api/v1/tickets/${ref}","status":"${publicUrl}/tickets/${ref}"},"assessment":${text(assessment)},"confidence":${confidence ?? 'null'},"summary":${text(summary)}}`;
}
