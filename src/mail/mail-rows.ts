import type { DataSource, EntityManager } from 'typeorm';
import { Gathered, orEachAlone } from '../platform/gathered';
import type { MailDelivery } from './mail-delivery.entity';
import type { MailTemplate } from './mail-templates';

/** Whoever asks while a question is on its way shares the next one. TypeORM hands the object on to pg, which prepares a named statement once per connection. */
const named = (name: string, text: string): string => ({ name, text }) as unknown as string;

/** What was sent to an address before, and what stops it. `templates`: those that count; none, and hour and day are 0. */
interface AskedBefore { to: string; templates: MailTemplate[]; ticketId: string | null }
/** `remembers`: a backup was restored, and there are mails that left and that it did not know; nearly never. */
export interface SentBefore { stop: string | null; hour: number; day: number; about: number; remembers: boolean }

const SENT_BEFORE = `select (select says from mail_stop where address = lower(q.recipient) and lifted_at is null limit 1) as stop, s.hour, s.day,
    (select count(*)::int from mail_delivery where ticket_id = q.ticket_id and template <> 'message' and state <> 'suppressed' and created_at > now() - interval '1 day') as about,
    exists (select from mail_sent_before) as remembers
  from json_to_recordset($1) q(i int, recipient text, templates text[], ticket_id uuid)
  cross join lateral (select count(*) filter (where created_at > now() - interval '1 hour')::int as hour, count(*)::int as day from mail_delivery d
    where cardinality(q.templates) > 0 and lower(d.recipient) = lower(q.recipient) and d.template = any(q.templates) and d.state <> 'suppressed' and d.created_at > now() - interval '1 day') s order by q.i`;

/** What stops each address, how often it was sent such a mail, and what machines wrote about the ticket today. */
export async function sentBefore(runner: Pick<EntityManager, 'query'>, asked: AskedBefore[]): Promise<SentBefore[]> {
  const rows = asked.map(({ to, templates, ticketId }, i) => ({ i, recipient: to, templates, ticket_id: ticketId }));
  const found = (await runner.query(named('sent-before', SENT_BEFORE), [JSON.stringify(rows)])) as SentBefore[];
  return asked.map((_, i) => found[i] ?? { stop: null, hour: 0, day: 0, about: 0, remembers: false });
}

/** The same for those of one moment, in one statement. */
export class GatherSentBefore extends Gathered<AskedBefore, SentBefore> {
  constructor(source: DataSource) {
    super(async (round) => {
      const found = await sentBefore(source, round.map(({ what }) => what));
      found.forEach((before, i) => round[i]?.done(before));
    });
  }
}

export type Made = Pick<MailDelivery, 'id' | 'ticketId' | 'outboxId' | 'template' | 'recipient' | 'subject' | 'messageId' | 'raw' | 'state' | 'lastAnswer' | 'createdAt'>;

const KEEP = `insert into mail_delivery (id, ticket_id, outbox_id, template, recipient, subject, message_id, raw, state, last_answer, created_at)
  select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[], $9::text[], $10::text[], $11::timestamptz[])
  on conflict (outbox_id) do nothing returning id`;

/** Keeps rendered mails. @returns the ids of those that are kept now: the outbox row of any other has its mail already */
export async function keepMails(runner: Pick<EntityManager, 'query'>, mails: Made[]): Promise<Set<string>> {
  const all = <K extends keyof Made>(key: K): Made[K][] => mails.map((mail) => mail[key]);
  const made = (await runner.query(named('keep-mails', KEEP), [
    all('id'), all('ticketId'), all('outboxId'), all('template'), all('recipient'), all('subject'), all('messageId'), all('raw'), all('state'), all('lastAnswer'), all('createdAt').map((at) => at.toISOString()),
  ])) as { id: string }[];
  return new Set(made.map(({ id }) => id));
}

/** Those of one moment in one statement and one commit. */
export class GatherDeliveries extends Gathered<Made, boolean> {
  constructor(source: DataSource) {
    super((round) => orEachAlone(round, async (some) => {
      const ids = await keepMails(source, some.map(({ what }) => what));
      some.forEach(({ what, done }) => done(ids.has(what.id)));
    }));
  }
}
