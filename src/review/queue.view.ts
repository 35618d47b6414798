import type { Counts, QueuePage, QueueRow } from './queue.query';
import { COUNT_CAP } from './queue.query';
import type { FilterName, QueueName, QueueQuery } from './queue.schema';
import { LEAD_QUEUE } from '../core/routing/route';
import { ROUTING, type RoutingRule } from '../core/routing/routing-rule';
import { whyHere } from './why-here';
import { othersThere, thereWords } from './presence.service';
import { promiseBar, waitOf, type PromiseBar } from './promise';
import { CLAIMS, KINDS, readingChip, secondPersonWords, STATES, tierWord, type Chip } from './words';

const RAIL: { name: QueueName; label: string; icon: string; gap?: boolean; alarm?: boolean; leads?: boolean; empty: string }[] = [
  { name: 'mine', label: 'Mine', icon: 'user', empty: 'You have taken nothing. Take next gives you the most urgent ticket.' },
  { name: 'all-open', label: 'All open', icon: 'inbox', empty: 'Nobody waits for a decision. New tickets appear here by themselves.' },
  { name: 'spam', label: 'Spam', icon: 'mail-exclamation', gap: true, empty: 'No spam block waits for a decision.' },
  { name: 'hack', label: 'Hack', icon: 'bug', empty: 'No hack block waits for a decision.' },
  { name: 'second-review', label: 'Second review', icon: 'users', gap: true, empty: 'No decision waits for a second person.' },
  { name: 'for-lead', label: 'For a lead', icon: 'flag', alarm: true, leads: true, empty: 'Nobody has asked for a lead, and no routing rule sends anything here.' },
  { name: 'lift-failed', label: 'Lift failed', icon: 'alert-triangle', alarm: true, empty: 'Every lift that was ordered went through.' },
  { name: 'waiting-for-customer', label: 'Waiting for customer', icon: 'hourglass', empty: 'We wait for nobody.' },
  { name: 'on-hold', label: 'On hold', icon: 'player-pause', empty: 'Nothing is on hold.' },
  { name: 'overdue', label: 'Overdue', icon: 'clock', alarm: true, empty: 'Every promise is kept so far.' },
];

/** What is not one of a few is typed; `values` are offered beside the box. */
const FILTERS: { name: FilterName; label: string; typed?: string; values: { value: string; label: string }[] }[] = [
  { name: 'received', label: 'Received', values: [{ value: '24h', label: 'last 24 h' }, { value: '7d', label: 'last 7 days' }] },
  { name: 'claim', label: 'Claim', values: [{ value: 'mistake', label: 'mistake' }, { value: 'fixed', label: 'fixed' }] },
  {
    name: 'assessment', label: 'Reading',
    values: [{ value: 'for', label: 'for' }, { value: 'against', label: 'against' }, { value: 'mixed', label: 'mixed' }, { value: 'unknown', label: 'cannot tell' }],
  },
  { name: 'tier', label: 'Tier', typed: 'Tier of the customer', values: [] },
  { name: 'rule', label: 'Filter rule', typed: 'Name of the rule', values: [] },
  { name: 'routed', label: 'Queue', typed: 'Queue of the routing', values: [] },
  { name: 'repeats', label: 'Repeats', values: [{ value: 'yes', label: 'blocked before' }] },
  { name: 'taken', label: 'Taken', values: [{ value: 'nobody', label: 'by nobody' }, { value: 'somebody', label: 'by somebody' }] },
];

export interface QueueRowModel {
  ref: string;
  href: string;
  address: string;
  kind: { label: string; icon: string };
  claim: string;
  who: string;
  tier: string | null;
  reading: Chip;
  promise: PromiseBar | null;
  /** instead of the promise, where the ticket waits for somebody else or has ended */
  state: { label: string; until: Date | null } | null;
  repeats: number | null;
  second: string | null;
  liftFailed: string | null;
  blockedAgain: boolean;
  isNew: boolean;
  by: { name: string; you: boolean } | null;
  canTake: boolean;
  /** who else has its page open */
  there: string | null;
  /** reference and version, for what is done with many at once */
  pick: string;
  why: string;
}

export interface QueueModel {
  title: string;
  heading: string;
  lead: string;
  queue: QueueName;
  rail: { name: QueueName; href: string; label: string; icon: string; count: string; current: boolean; gap: boolean; bad: boolean }[];
  filters: { name: FilterName; label: string; on: { label: string; href: string } | null; typed: string | null; kept: { name: string; value: string }[]; choices: { label: string; href: string }[] }[];
  hidden: { name: string; value: string }[];
  sort: { label: string; choices: { label: string; href: string; current: boolean }[] } | null;
  q: string;
  empty: string;
  next: string | null;
  first: string | null;
  back: string;
}

/** What templates/review/queue.hbs shows besides the rows. @param leads whether the reader takes what leads were asked: then its queue stands in the rail */
export function queueView(query: QueueQuery, page: QueuePage, counts: Counts, routing: readonly RoutingRule[] = ROUTING, leads = false): QueueModel {
  const queue = RAIL.find((entry) => entry.name === query.queue) ?? RAIL[1]!;
  const search = query.q?.trim() ?? '';
  const total = counts[query.queue];
  const filtered = FILTERS.some((filter) => query[filter.name]);
  return {
    title: search ? `Search: ${search}` : `${queue.label} (${capped(total)})`,
    heading: search ? 'Search' : queue.label,
    lead: lead(query, page, total, search, filtered),
    queue: query.queue,
    rail: RAIL.filter((entry) => leads || !entry.leads || entry.name === query.queue).map((entry) => ({
      name: entry.name, href: `/desk?queue=${entry.name}`, label: entry.label, icon: entry.icon, count: capped(counts[entry.name]), current: !search && entry.name === query.queue,
      gap: entry.gap ?? false, bad: (entry.alarm ?? false) && counts[entry.name] > 0,
    })),
    filters: FILTERS.map((filter) => filterView(filter, query, page.rows, routing)),
    hidden: [{ name: 'queue', value: query.queue }],
    q: query.q ?? '',
    sort: sortView(query, search),
    empty: search ? 'Nothing found. Search takes a reference, an address, a network such as 203.0.113.0/24, a Message-ID, an account, or words.'
      : filtered ? 'Nothing here fits these filters. Remove one above.' : queue.empty,
    next: page.after ? address(query, { after: page.after }) : null,
    first: query.after ? address(query, { after: undefined }) : null,
    back: address(query, {}),
  };
}

const WAITING: readonly string[] = ['queued', 'in_review', 'second_review'];
const promiseOf = (row: QueueRow, now: Date): PromiseBar | null => (WAITING.includes(row.state) ? promiseBar(row.createdAt, row.dueAt, now) : null);
const whyOf = (row: QueueRow, now: Date, routing: readonly RoutingRule[], promise = promiseOf(row, now)): string =>
  whyHere(row, promise?.left ? `${promise.left} of ${promise.promised}` : STATES[row.state], routing);

export function rowView(row: QueueRow, reader: string, now: Date, routing: readonly RoutingRule[] = ROUTING): QueueRowModel {
  const waits = WAITING.includes(row.state);
  const promise = promiseOf(row, now);
  return {
    ref: row.ref, href: `/desk/tickets/${row.ref}`, address: row.prefix ?? row.ip, kind: KINDS[row.kind], claim: CLAIMS[row.claim],
    who: row.accountName ?? row.accountId, tier: tierWord(row.tier), reading: readingChip(row.assessment, row.confidence), promise,
    state: promise ? null : { label: STATES[row.state], ...waitOf(row) },
    repeats: row.repeats > 0 ? row.repeats + 1 : null,
    second: row.secondPerson.length > 0 ? secondPersonWords(row.secondPerson) : null,
    liftFailed: row.liftFailed, blockedAgain: row.blockedAgainAt !== null,
    isNew: waits && now.getTime() - row.createdAt.getTime() < 15 * 60_000,
    by: row.takenBy ? { name: row.takenByName ?? 'Somebody', you: row.takenBy === reader } : null,
    canTake: row.state === 'queued',
    there: thereWords(othersThere(row.there, reader)), pick: `${row.ref}@${row.version}`,
    why: whyOf(row, now, routing, promise),
  };
}

/** The same row over the API. */
export function rowJson(row: QueueRow, reader: string, now: Date, routing: readonly RoutingRule[]) {
  const { ref, ip, prefix, kind, claim, state, accountId, accountName, tier, assessment, confidence, repeats, secondPerson, liftFailed, blockedAgainAt, takenBy, takenByName, priority, dueAt, createdAt, version } = row;
  return {
    ref, ip, prefix, kind, claim, state, account: { id: accountId, name: accountName }, tier, assessment, confidence, repeats, secondPerson, liftFailed, blockedAgainAt, takenBy, takenByName, priority, dueAt, createdAt, version,
    why: whyOf(row, now, routing), there: othersThere(row.there, reader),
  };
}

/** A filter in the address: set, it is taken away by a click; else what can be chosen, and a box for what can be typed. */
function filterView({ name, label, typed, values }: (typeof FILTERS)[number], query: QueueQuery, rows: readonly QueueRow[], routing: readonly RoutingRule[]): QueueModel['filters'][number] {
  const set = query[name];
  const offered = name === 'tier' ? seen(rows.map((row) => row.tier)) : name === 'routed' ? seen(['spam', 'hack', LEAD_QUEUE, ...routing.map((rule) => rule.queue)]) : values;
  return {
    name, label, typed: typed ?? null,
    on: set ? { label: values.find((value) => value.value === set)?.label ?? set, href: address(query, { [name]: undefined, after: undefined }) } : null,
    choices: offered.map((value) => ({ label: value.label, href: address(query, { [name]: value.value, after: undefined }) })),
    kept: Object.entries(query).flatMap(([key, value]) => (value && ![name, 'after', 'said'].includes(key) ? [{ name: key, value }] : [])),
  };
}

const seen = (values: (string | null)[]) => [...new Set(values)].flatMap((value) => (value ? [{ value, label: value }] : [])).sort((a, b) => a.label.localeCompare(b.label));

function lead(query: QueueQuery, page: QueuePage, total: number, search: string, filtered: boolean): string {
  if (search) {
    const found = page.rows.length === 0 ? '' : `${page.rows.length}${page.after ? ' or more' : ''} found, the newest first`;
    return found;
  }
  const order = query.sort === 'oldest' ? 'the oldest first' : query.sort === 'newest' || (!query.sort && ['waiting-for-customer', 'on-hold'].includes(query.queue)) ? 'the newest first' : 'the most urgent first';
  return filtered ? `filtered, ${order}` : `${total === 1 ? '1 ticket' : `${capped(total)} tickets`}, ${order}`;
}

const capped = (count: number): string => (count >= COUNT_CAP ? `${COUNT_CAP - 1}+` : String(count));

export const cappedCounts = (counts: Counts): Record<string, string> => Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, capped(count)]));

const SORTS = [{ value: 'urgency', label: 'most urgent' }, { value: 'newest', label: 'newest' }, { value: 'oldest', label: 'oldest' }];

function sortView(query: QueueQuery, search: string): QueueModel['sort'] {
  if (search) {
    return null; // what is found stands in the order of its age
  }
  const now = query.sort ?? (['waiting-for-customer', 'on-hold'].includes(query.queue) ? 'newest' : 'urgency');
  return {
    label: SORTS.find((sort) => sort.value === now)?.label ?? now,
    choices: SORTS.map(({ value, label }) => ({ label, current: value === now, href: address(query, { sort: value, after: undefined }) })),
  };
}

/** The address of this page with some things changed; what stands at its default is left out. */
const address = (query: QueueQuery, change: Partial<Record<keyof QueueQuery, string | undefined>>): string => addressOf({ ...query, ...change });

/** The address of a queue page. */
export function addressOf(query: Partial<Record<keyof QueueQuery, string | undefined>>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, said: undefined, refs: undefined })) {
    if (value) {
      params.set(name, value);
    }
  }
  return `/desk?${params.toString()}`;
}
