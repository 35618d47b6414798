import type { QueueQuery } from './queue.schema';

/** What a ticket that nobody has read, or nobody could read, has as its reading. */
const UNREAD = ['', 'insufficient_evidence'];
const READINGS: Record<NonNullable<QueueQuery['assessment']>, string[]> = { for: ['likely_false_positive'], against: ['likely_abuse'], mixed: ['mixed'], unknown: UNREAD };
const QUEUES: readonly QueueQuery['queue'][] = ['all-open', 'spam', 'hack', 'overdue'];

/** The kinds, claims and readings that a reader asks for, where these narrow what waits. */
export interface Facets {
  kinds: string[];
  claims: string[];
  readings: string[];
}

/** Null when the whole queue is asked for, or one that is short. */
export function facetsOf({ queue, claim, assessment }: QueueQuery): Facets | null {
  const kind = queue === 'spam' || queue === 'hack' ? queue : null;
  if (!QUEUES.includes(queue) || !(kind ?? claim ?? assessment)) {
    return null;
  }
  return { kinds: kind ? [kind] : ['spam', 'hack'], claims: claim ? [claim] : ['mistake', 'fixed'], readings: assessment ? READINGS[assessment] : [...UNREAD, ...READINGS.for, ...READINGS.against, ...READINGS.mixed] };
}

/**
 * The most urgent of what fits, as ids: from each combination the first few, which stand together in the index ticket_facets, and of all these the first. One walk
 * through everything that waits would read a hundred thousand tickets where the urgent ones happen not to fit.
 * @param where conditions on t; `limit` rows of `id, priority, due_at`
 */
export function mostUrgent(facets: Facets, where: string, limit: number, bind: (value: unknown) => string): string {
  const [kinds, claims, readings] = [facets.kinds, facets.claims, facets.readings].map((values) => `unnest(${bind(values)}::text[])`);
  return `select f.id from ${kinds} k cross join ${claims} c cross join ${readings} a cross join lateral (
      select t.id, t.priority, t.due_at from ticket t where ${where} and t.kind = k and t.claim = c and coalesce(t.assessment, '') = a order by -t.priority, t.due_at, t.id limit ${limit}) f
    order by -f.priority, f.due_at, f.id limit ${limit}`;
}
