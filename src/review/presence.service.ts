import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

export type Doing = 'looking' | 'typing';
export interface There {
  name: string;
  doing: Doing;
}

/** Whoever was not heard of for so long is gone: three missed beats of a page. */
const GONE_SECONDS = 50;

/** Who is on a ticket, the reader among them, as an SQL expression: null for nobody. */
export const thereAt = (ticket: string): string => `(select json_agg(json_build_object('id', s.id, 'name', s.name, 'doing', p.doing) order by s.name) from presence p join staff_member s on s.id = p.staff_id
  where p.ticket_id = ${ticket} and p.seen_at > now() - make_interval(secs => ${GONE_SECONDS}))`;

/** Without the one who reads. */
export const othersThere = (there: readonly (There & { id: string })[] | null, reader: string): There[] => (there ?? []).filter(({ id }) => id !== reader).map(({ name, doing }) => ({ name, doing }));

/** Who else is on tickets, as SQL. */
export const thereOn = (tickets: string, reader: string): string => `select p.ticket_id as "ticketId", s.name, p.doing from presence p join staff_member s on s.id = p.staff_id
  where p.ticket_id = any(${tickets}) and p.staff_id <> ${reader} and p.seen_at > now() - make_interval(secs => ${GONE_SECONDS}) order by s.name`;

/** Who looks at which ticket just now. The only writer of presence; what it says is worth a minute, and nothing depends on it. */
@Injectable()
export class PresenceService {
  constructor(private readonly source: DataSource) {}

  /** Somebody has the page of a ticket open. */
  async beat(ticketId: string, staffId: string, doing: Doing): Promise<void> {
    await this.source.query(
      `insert into presence (ticket_id, staff_id, doing) values ($1, $2, $3)
       on conflict (ticket_id, staff_id) do update set seen_at = clock_timestamp(), doing = excluded.doing,
         since = case when presence.doing <> excluded.doing or presence.seen_at < clock_timestamp() - make_interval(secs => ${GONE_SECONDS}) then clock_timestamp() else presence.since end`,
      [ticketId, staffId, doing],
    );
  }

  /** Somebody left the page. */
  async leave(ticketId: string, staffId: string): Promise<void> {
    await this.source.query(`update presence set seen_at = '-infinity', since = clock_timestamp() where ticket_id = $1 and staff_id = $2`, [ticketId, staffId]);
  }

  /** Who else is there, by ticket. */
  async onTickets(ticketIds: string[], reader: string): Promise<Map<string, There[]>> {
    const rows = ticketIds.length === 0 ? [] : ((await this.source.query(
      thereOn('$1', '$2'), [ticketIds, reader],
    )) as (There & { ticketId: string })[]);
    const by = new Map<string, There[]>();
    rows.forEach(({ ticketId, name, doing }) => by.set(ticketId, [...(by.get(ticketId) ?? []), { name, doing }]));
    return by;
  }

  /** The name of who has a ticket; null for nobody. */
  async holder(ticketId: string): Promise<string | null> {
    const [row] = (await this.source.query('select s.name from ticket t join staff_member s on s.id = t.taken_by where t.id = $1', [ticketId])) as { name: string }[];
    return row?.name ?? null;
  }

  /** References of tickets to which somebody came, or on which somebody began something else, since then. Forgets who is long gone. */
  async changedSince(at: Date): Promise<{ refs: string[]; now: Date }> {
    const [row] = (await this.source.query(
      `select clock_timestamp() as now, array(select distinct t.ref from presence p join ticket t on t.id = p.ticket_id where p.since > $1) as refs`, [at],
    )) as { refs: string[]; now: Date }[];
    return row ?? { refs: [], now: at };
  }

  async forget(): Promise<void> {
    await this.source.query(`delete from presence where seen_at < now() - interval '1 hour'`);
  }
}

/** "Anna Keller is writing, Milan Tesar is looking": null when nobody else is there. */
export const thereWords = (there: There[] | undefined): string | null =>
  there && there.length > 0 ? there.map(({ name, doing }) => `${name} is ${doing === 'typing' ? 'writing' : 'looking'}`).join(', ') : null;
