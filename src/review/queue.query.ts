import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Assessment } from '../core/rules/analysis';
import type { BlockKind, Claim } from '../core/ticket/block';
import { LEAD_QUEUE } from '../core/routing/route';
import type { State } from '../core/ticket/states';
import { askedTogether } from '../platform/database/asked-together';
import type { Gathered } from '../platform/gathered';
import { Refreshed } from '../platform/refreshed';
import { SearchService } from '../tickets/search.service';
import { ROW_VERSION } from '../tickets/ticket.query';
import { facetsOf, mostUrgent } from './queue.facets';
import { after, cursor, orderOf, ORDERS, readCursor, type Bind, type Order, type Place } from './queue.place';
import { thereAt, type There } from './presence.service';
import { QUEUES, type QueueName, type QueueQuery } from './queue.schema';

/** One ticket as the queue shows it. */
export interface QueueRow {
  id: string;
  ref: string;
  ip: string;
  prefix: string | null;
  kind: BlockKind;
  claim: Claim;
  state: State;
  accountId: string;
  accountName: string | null;
  tier: string | null;
  language: string | null;
  escalatedAt: Date | null;
  assessment: Assessment | null;
  confidence: number | null;
  repeats: number;
  secondPerson: string[];
  liftFailed: string | null;
  blockedAgainAt: Date | null;
  takenBy: string | null;
  takenByName: string | null;
  priority: number;
  dueAt: Date | null;
  deadlineAt: Date | null;
  deadlineEvent: string | null;
  createdAt: Date;
  version: number;
  /** the transaction that wrote the row: another one whenever anything about the ticket has changed */
  rowVersion: string;
  /** who has its page open, the reader too; null for nobody */
  there: (There & { id: string })[] | null;
}

export interface QueuePage {
  rows: QueueRow[];
  /** cursor of the next page, null on the last */
  after: string | null;
}

export type Counts = Record<QueueName, number>;

export const PAGE = 50;
/** Counts stop here: an exact count of a long queue costs more than it tells. */
export const COUNT_CAP = 1000;
/** So old may a count be before it is made anew, and so old while it is being made: nobody waits for it as long as pages are asked for. */
const [COUNTS_FRESH_MS, COUNTS_BELIEVED_MS] = [2000, 4000];

const COLUMNS = `t.id, t.ref, host(t.ip) as ip, t.block->>'prefix' as prefix, t.kind, t.claim, t.state, t.account_id as "accountId", t.account_name as "accountName", t.tier, t.language, t.escalated_at as "escalatedAt",
  t.assessment, t.confidence, t.repeats, t.second_person as "secondPerson", t.lift_failed as "liftFailed", t.blocked_again_at as "blockedAgainAt", t.taken_by as "takenBy",
  s.name as "takenByName", t.priority, t.due_at as "dueAt", t.deadline_at as "deadlineAt", t.deadline_event as "deadlineEvent", t.created_at as "createdAt", t.version, ${ROW_VERSION} as "rowVersion",
  ${thereAt('t.id')} as there`;
const JOINS = 'left join staff_member s on s.id = t.taken_by';
const WAITING = `t.state in ('queued','in_review','second_review')`;

/** What stands in each queue. `$1` is the reader. */
const STANDS: Record<QueueName, string> = {
  mine: `t.taken_by = $1::uuid`,
  'all-open': WAITING,
  spam: `${WAITING} and t.kind = 'spam'`,
  hack: `${WAITING} and t.kind = 'hack'`,
  'second-review': `t.state = 'second_review'`,
  'for-lead': `t.state = 'queued' and t.queue = '${LEAD_QUEUE}'`,
  'lift-failed': `${WAITING} and t.lift_failed is not null`,
  'waiting-for-customer': `t.state in ('awaiting_evidence','awaiting_fixes')`,
  'on-hold': `t.state = 'on_hold'`,
  overdue: `${WAITING} and t.due_at < now()`,
};

/** Counted along an index, in its order: without one the table is read from its beginning until enough are found. */
const ALONG: Partial<Record<QueueName, string>> = {
  'all-open': 'order by -t.priority, t.due_at, t.id',
  spam: `order by t.claim, coalesce(t.assessment, ''), -t.priority, t.due_at, t.id`,
  hack: `order by t.claim, coalesce(t.assessment, ''), -t.priority, t.due_at, t.id`,
  overdue: 'order by t.due_at',
};

const counted = (stands: string, along = ''): string => `(select count(*)::int from (select 1 from ticket t where ${stands} ${along} limit ${COUNT_CAP}) c)`;

/** How many tickets somebody has, up to the cap, as an SQL expression. */
export const mineOf = (reader: string): string => counted(`t.taken_by = ${reader}`);

const ASSESSED: Record<'for' | 'against' | 'mixed' | 'unknown', string> = {
  for: `t.assessment = 'likely_false_positive'`,
  against: `t.assessment = 'likely_abuse'`,
  mixed: `t.assessment = 'mixed'`,
  unknown: `(t.assessment is null or t.assessment = 'insufficient_evidence')`,
};

/** Reads the queue by key, never by offset. Reading is free: the ticket is written elsewhere. */
@Injectable()
export class QueueReader {
  private readonly counted = new Refreshed(() => this.count(), COUNTS_FRESH_MS, COUNTS_BELIEVED_MS);
  private readonly own: Gathered<{ reader: string }, { mine: number }[]>;

  constructor(
    private readonly source: DataSource,
    private readonly search: SearchService,
  ) {
    this.own = askedTogether(source, `select q.i, ${mineOf('q.reader')} as mine from json_to_recordset($1) q(i int, reader uuid)`);
  }

  async page(query: QueueQuery, reader: string, limit = PAGE): Promise<QueuePage> {
    const order = orderOf(query);
    const key = query.after ? readCursor(query.after) : null;
    const place = key && key.order === order ? key : null;
    const rows = query.q?.trim() ? await this.found(query, query.q, place, limit + 1) : await this.standing(query, reader, order, place, limit + 1);
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return { rows: rows.slice(0, limit), after: last ? cursor(last, order) : null };
  }

  /** Of these tickets, those that (still) stand where the reader looks: for a page that is open already. */
  async again(query: QueueQuery, reader: string, refs: string[]): Promise<QueueRow[]> {
    const values: unknown[] = [reader, refs];
    const where = ['$1::uuid is not null', 't.ref = any($2)', query.q?.trim() ? '' : STANDS[query.queue], ...filters(query, (value) => `$${values.push(value)}`)].filter(Boolean);
    return (await this.source.query(`select ${COLUMNS} from ticket t ${JOINS} where ${where.join(' and ')}`, values)) as QueueRow[];
  }

  private async standing(query: QueueQuery, reader: string, order: Order, place: Place | null, limit: number): Promise<QueueRow[]> {
    const values: unknown[] = [reader];
    const bind: Bind = (value) => `$${values.push(value)}`;
    const where = ['$1::uuid is not null', STANDS[query.queue], ...filters(query, bind), place ? after(place, bind) : ''].filter(Boolean);
    const facets = order === 'u' ? facetsOf(query) : null;
    const from = facets ? `(${mostUrgent(facets, where.join(' and '), limit, bind)}) p join ticket t on t.id = p.id ${JOINS}` : `ticket t ${JOINS} where ${where.join(' and ')}`;
    return (await this.source.query(`select ${COLUMNS} from ${from} order by ${ORDERS[order]} limit ${limit}`, values)) as QueueRow[];
  }

  /** What people look for may have ended long ago: the newest of all. */
  private found(query: QueueQuery, q: string, place: Place | null, limit: number): Promise<QueueRow[]> {
    return this.search.find<QueueRow>({ q, inside: true, columns: COLUMNS, joins: JOINS, filters: (bind) => filters(query, bind), after: place && { at: place.at, id: place.id }, limit });
  }

  /** How many stand in each queue, up to the cap. */
  async counts(reader: string): Promise<Counts> {
    const [shared, [own]] = await Promise.all([this.shared(), this.own.ask({ reader })]);
    return { ...shared, mine: own?.mine ?? 0 };
  }

  /** The same without "mine": as it is the same for everybody, it is asked once in two seconds. */
  shared(): Promise<Omit<Counts, 'mine'>> {
    return this.counted.get();
  }

  private async count(): Promise<Omit<Counts, 'mine'>> {
    const each = QUEUES.filter((name) => name !== 'mine').map((name) => `${counted(STANDS[name], ALONG[name])} as "${name}"`);
    // A value that says nothing: a statement that has one is prepared.
    const [row] = (await this.source.query(`select ${each.join(', ')} where $1::boolean`, [true])) as Omit<Counts, 'mine'>[];
    return row!;
  }
}

function filters(query: QueueQuery, bind: Bind): string[] {
  return [
    query.tier ? `lower(t.tier) = lower(${bind(query.tier)})` : '',
    query.routed ? `t.queue = ${bind(query.routed)}` : '',
    query.rule ? `exists (select from ticket_trait r where r.ticket_id = t.id and r.trait = 'rule' and r.value = ${bind(query.rule)})` : '',
    query.claim ? `t.claim = '${query.claim}'` : '',
    query.assessment ? ASSESSED[query.assessment] : '',
    query.taken ? `t.taken_by is ${query.taken === 'nobody' ? '' : 'not '}null` : '',
    query.repeats ? 't.repeats > 0' : '',
    query.received ? `t.created_at > now() - interval '${query.received === '24h' ? '24 hours' : '7 days'}'` : '',
  ];
}
