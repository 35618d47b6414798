import type { DataSource } from 'typeorm';
import type { TraitOf } from '../core/memory/traits';
import { Gathered, orEachAlone } from '../platform/gathered';

/** TypeORM hands the object on to pg, which prepares a named statement once per connection. */
const named = (name: string, text: string): string => ({ name, text }) as unknown as string;

/** From of the message that a reading is about; null for a reading that read none, or is gone. */
export class GatherSenders extends Gathered<string, string | null> {
  constructor(source: DataSource) {
    super(async (round) => {
      const found = (await source.query(named('read-senders', `select id, body->'message'->>'from' as "from" from analysis where id = any($1)`), [round.map(({ what }) => what)])) as { id: string; from: string | null }[];
      round.forEach(({ what, done }) => done(found.find(({ id }) => id === what)?.from ?? null));
    });
  }
}

interface TicketTraits { ticketId: string; at: Date; traits: TraitOf[] }

/** What stands there already stays; what no longer holds goes. $1: the traits as JSON, $2: the tickets. */
const WRITE = `with now as (select ticket_id, at, trait, value from json_to_recordset($1) as t(ticket_id uuid, at timestamptz, trait text, value text)),
    gone as (delete from ticket_trait where ticket_id = any($2) and (ticket_id, trait, value) not in (select ticket_id, trait, value from now))
  insert into ticket_trait (trait, value, at, ticket_id) select trait, value, at, ticket_id from now on conflict do nothing`;

/** The traits of tickets, those of one moment in one statement and one commit. */
export class GatherTraits extends Gathered<TicketTraits, void> {
  constructor(source: DataSource) {
    super((round) => orEachAlone(round, async (some) => {
      // A ticket that was read twice at once has the traits that were asked for last.
      const last = new Map(some.map(({ what }) => [what.ticketId, what]));
      const rows = [...last.values()].flatMap(({ ticketId, at, traits }) => traits.map(({ trait, value }) => ({ ticket_id: ticketId, at, trait, value })));
      await source.query(named('write-traits', WRITE), [JSON.stringify(rows), [...last.keys()]]);
      some.forEach(({ done }) => done());
    }));
  }
}
