import { Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { DataSource } from 'typeorm';
import type { Assessment } from '../core/rules/analysis';
import type { BlockKind, Claim } from '../core/ticket/block';
import { readReference } from '../core/ticket/reference';
import type { State } from '../core/ticket/states';
import { isUuid } from '../platform/uuid';
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
  createdAt: Date;
}

export interface QueuePage {
  rows: QueueRow[];
  /** cursor of the next page, null on the last */
  after: string | null;
  /** set when only the newest tickets were searched for words */
  searchedNewest: number | null;
}

export type Counts = Record<QueueName, number>;

export const PAGE = 50;
/** Counts stop here: an exact count of a long queue costs more than it tells. */
export const COUNT_CAP = 1000;
/** Words are looked for in this many of the newest tickets; references, addresses and accounts in all. */
const NEWEST = 20_000;
const COUNTS_BELIEVED_MS = 2000;

const COLUMNS = `t.id, t.ref, host(t.ip) as ip, t.block->>'prefix' as prefix, t.kind, t.claim, t.state, t.account_id as "accountId", t.account_name as "accountName", t.tier,
  t.assessment, t.confidence, t.repeats, t.second_person as "secondPerson", t.lift_failed as "liftFailed", t.blocked_again_at as "blockedAgainAt", t.taken_by as "takenBy",
  s.name as "takenByName", t.priority, t.due_at as "dueAt", t.deadline_at as "deadlineAt", t.created_at as "createdAt"`;
const WAITING = `t.state in ('queued','in_review','second_review')`;

/** What stands in each queue. `$1` is the reader. */
const STANDS: Record<QueueName, string> = {
  mine: `t.taken_by = $1::uuid`,
  'all-open': WAITING,
  spam: `${WAITING} and t.kind = 'spam'`,
  hack: `${WAITING} and t.kind = 'hack'`,
  'second-review': `t.state = 'second_review'`,
  'lift-failed': `${WAITING} and t.lift_failed is not null`,
  'waiting-for-customer': `t.state in ('awaiting_evidence','awaiting_fixes')`,
  'on-hold': `t.state = 'on_hold'`,
  overdue: `${WAITING} and t.due_at < now()`,
};

const ASSESSED: Record<'for' | 'against' | 'mixed' | 'unknown', string> = {
  for: `t.assessment = 'likely_false_positive'`,
  against: `t.assessment = 'likely_abuse'`,
  mixed: `t.assessment = 'mixed'`,
  unknown: `(t.assessment is null or t.assessment = 'insufficient_evidence')`,
};

/** Reads the queue by key, never by offset. Reading is free: the ticket is written elsewhere. */
@Injectable()
export class QueueReader {
  private counted: Promise<Omit<Counts, 'mine'>> | null = null;
  private countedAt = 0;

  constructor(private readonly source: DataSource) {}

  async page(query: QueueQuery, reader: string, limit = PAGE): Promise<QueuePage> {
    const values: unknown[] = [reader];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const search = query.q?.trim() ? searchFor(query.q.trim(), bind) : null;
    // What people look for may have ended long ago; what waits stands in the order of its urgency.
    const byUrgency = !search && !['waiting-for-customer', 'on-hold'].includes(query.queue);
    const where = ['$1::uuid is not null', search ? search.where : STANDS[query.queue], ...filters(query), after(query.after, byUrgency, bind)].filter(Boolean);
    const order = byUrgency ? 't.priority desc, t.due_at, t.id' : 't.created_at desc, t.id';
    const rows = (await this.source.query(
      `select ${COLUMNS} from ticket t left join staff_member s on s.id = t.taken_by where ${where.join(' and ')} order by ${order} limit ${limit + 1}`,
      values,
    )) as QueueRow[];
    const last = rows.length > limit ? rows[limit - 1] : undefined;
    return { rows: rows.slice(0, limit), after: last ? cursor(last, byUrgency) : null, searchedNewest: search?.newestOnly ? NEWEST : null };
  }

  /** How many stand in each queue, up to the cap. The same for everybody but "mine", so it is asked once in two seconds. */
  async counts(reader: string): Promise<Counts> {
    if (!this.counted || Date.now() - this.countedAt > COUNTS_BELIEVED_MS) {
      this.countedAt = Date.now();
      this.counted = this.count(QUEUES.filter((name) => name !== 'mine'), null) as Promise<Omit<Counts, 'mine'>>;
      // A failed count must not be believed for two seconds.
      this.counted.catch(() => (this.counted = null));
    }
    const [shared, own] = await Promise.all([this.counted, this.count(['mine'], reader)]);
    return { ...shared, mine: own['mine'] ?? 0 };
  }

  private async count(names: QueueName[], reader: string | null): Promise<Record<string, number>> {
    const each = names.map((name) => `(select count(*)::int from (select 1 from ticket t where ${STANDS[name]} limit ${COUNT_CAP}) c) as "${name}"`);
    const [row] = (await this.source.query(`select ${each.join(', ')}, $1::uuid as reader`, [reader])) as Record<string, number>[];
    return row ?? {};
  }
}

function filters(query: QueueQuery): string[] {
  return [
    query.claim ? `t.claim = '${query.claim}'` : '',
    query.assessment ? ASSESSED[query.assessment] : '',
    query.taken ? `t.taken_by is ${query.taken === 'nobody' ? '' : 'not '}null` : '',
    query.repeats ? 't.repeats > 0' : '',
    query.received ? `t.created_at > now() - interval '${query.received === '24h' ? '24 hours' : '7 days'}'` : '',
  ];
}

type Bind = (value: unknown) => string;

/** What the words in the search box are: a reference, an address or network, a Message-ID, an account, else words. */
export function searchFor(q: string, bind: Bind): { where: string; newestOnly: boolean } {
  const ref = readReference(q);
  if (ref) {
    return { where: `t.ref = ${bind(ref)}`, newestOnly: false };
  }
  const network = cidr(q);
  if (network) {
    return { where: `t.ip <<= ${bind(network)}::inet`, newestOnly: false };
  }
  const newest = `t.id in (select id from ticket order by created_at desc limit ${NEWEST})`;
  const id = q.replace(/^<|>$/g, '');
  if (/^[^\s@]+@[^\s@]+$/.test(id)) {
    const detection = bind(JSON.stringify({ detections: [{ messageId: id }] }));
    const bracketed = bind(JSON.stringify({ detections: [{ messageId: `<${id}>` }] }));
    const supplied = `exists (select 1 from evidence_item e where e.ticket_id = t.id and e.type in ('message_id','headers') and position(${bind(id)} in e.text) > 0)`;
    return { where: `(t.account_email = lower(${bind(id)}) or (${newest} and (t.block @> ${detection} or t.block @> ${bracketed} or ${supplied})))`, newestOnly: true };
  }
  const words = bind(`%${q.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`);
  const text = ['t.account_name', 't.account_email', 't.statement', 't.summary', 't.external_ref'].map((column) => `${column} ilike ${words}`).join(' or ');
  const notes = `exists (select 1 from message m where m.ticket_id = t.id and m.text ilike ${words})`;
  return { where: `(t.account_id = ${bind(q)} or (${newest} and (${text} or ${notes})))`, newestOnly: true };
}

/** An address or a network in CIDR form, with the bits outside of the mask cleared; null for anything else. */
export function cidr(text: string): string | null {
  const [head = '', bits, ...more] = text.split('/');
  if (more.length > 0 || !(head.includes(':') || /^\d{1,3}(\.\d{1,3}){3}$/.test(head)) || head.includes('%') || !ipaddr.isValid(head)) {
    return null;
  }
  const parsed = ipaddr.process(head);
  const most = parsed.kind() === 'ipv4' ? 32 : 128;
  if (bits === undefined) {
    return parsed.toString();
  }
  const length = /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
  if (!(length >= 0 && length <= most)) {
    return null;
  }
  const whole = `${parsed.toString()}/${length}`;
  return `${(most === 32 ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(whole).toString()}/${length}`;
}

function after(text: string | undefined, byUrgency: boolean, bind: Bind): string {
  const key = text ? readCursor(text) : null;
  if (!key || key.byUrgency !== byUrgency) {
    return '';
  }
  const [number, at, id] = [bind(key.priority), bind(key.at), bind(key.id)];
  // The first half bounds the index scan; the second picks within one priority.
  return byUrgency
    ? `(t.priority <= ${number}::int and (t.priority < ${number}::int or (t.due_at, t.id) > (${at}::timestamptz, ${id}::uuid)))`
    : `(${number}::int = 0 and (t.created_at < ${at}::timestamptz or (t.created_at = ${at}::timestamptz and t.id > ${id}::uuid)))`;
}

/** The key of a row, opaque to the reader of the page. */
export function cursor(row: Pick<QueueRow, 'priority' | 'dueAt' | 'createdAt' | 'id'>, byUrgency: boolean): string {
  const key = byUrgency ? ['u', row.priority, row.dueAt?.toISOString() ?? '', row.id] : ['c', 0, row.createdAt.toISOString(), row.id];
  return Buffer.from(key.join(' ')).toString('base64url');
}

/** Reads a cursor; null when it is none of ours. */
export function readCursor(text: string): { byUrgency: boolean; priority: number; at: string; id: string } | null {
  const found = /^([uc]) (-?\d{1,9}) (\d{4}-[\dTZ:.-]{10,30}) ([0-9a-f-]{36})$/.exec(Buffer.from(text, 'base64url').toString('latin1'));
  const [, order, priority, at = '', id = ''] = found ?? [];
  return found && isUuid(id) && !Number.isNaN(Date.parse(at)) ? { byUrgency: order === 'u', priority: Number(priority), at, id } : null;
}
