import { Inject, Injectable } from '@nestjs/common';
import { setTimeout as rest } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { LINE, told, type Line, type Told } from './told';

/** An event with its id, which is also the `webhook-id` of its webhooks, and the cursor after it. */
export interface FedEvent extends Told {
  id: string;
  cursor: string;
}
type Row = Line & { id: string; n: number; type: string; eventId: string };

/** What a reviewer may still take back is not told, nor what came after it: the order must hold. */
const UNDOABLE = ['lift_decided', 'lift_approved', 'fixes_required', 'upheld', 'information_requested', 'held'];
/** Lines in which a decision within its undo window is looked for: an hour of a busy desk. An index on the time would cost every intake. */
const RECENT = 20_000;
/** How long a page waits for transactions that write the audit right now, and how often it looks. In milliseconds. */
const [PATIENCE_MS, LOOK_MS] = [2_000, 5];

/** Lines that tell something, one row an event. Lines from before events had ids tell of the state alone. */
const EVENTS = `select a.id, n.n::int as n, n.type, n.event_id as "eventId", ${LINE}
  from audit_entry a join ticket t on t.id = a.ticket_id
  cross join lateral (
    select type, event_id, row_number() over (order by type desc) as n from jsonb_each_text(coalesce(a.detail->'tells', jsonb_build_object('ticket.state_changed', 'line-' || a.id))) told(type, event_id)) n
  where a.id >= $1 and a.id <= $2 and (a.detail ? 'tells' or a.to_state is distinct from a.from_state)
    and not (a.event = any($3) and a.detail ? 'decision' and exists (
      select from audit_entry u where u.ticket_id = a.ticket_id and u.id > a.id and u.event = 'decision_undone' and u.detail->>'decision' = a.detail->>'decision'))`;

/** Everything the webhooks tell, in the order of the audit: nothing is stored for it, and whoever has read to a cursor has missed nothing below it. */
@Injectable()
export class FeedService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
  ) {}

  /** @param after a cursor: line, or line and event within it ("17.1"); a line alone means all of it */
  async page(after: string, limit: number): Promise<FedEvent[]> {
    const [line = '0', n] = after.split('.');
    const settled = await this.settled(line);
    if (settled === null) {
      return [];
    }
    const rows = (await this.source.query(
      `select * from (${EVENTS}) e where (e.id > $1 or e.n > $4) and e.id < coalesce((
         select min(id) from (select id, event, at from audit_entry order by id desc limit ${RECENT}) recent where event = any($3) and at > now() - make_interval(secs => $5)), 9223372036854775807)
       order by e.id, e.n limit $6`,
      [line, settled, UNDOABLE, n ?? 9, this.config.UNDO_SECONDS, limit],
    )) as Row[];
    return rows.map((row) => ({ id: row.eventId, cursor: `${row.id}.${row.n}`, ...told(row.type, row, this.config.PUBLIC_URL) }));
  }

  /**
   * The newest line below which nothing can appear any more. Numbers are given before commits, and neither they nor transaction
   * numbers come in the order of commits. But who will commit a number below one that is seen has begun to write before: it is
   * waited for. Null when it takes too long: the page is empty then, and the reader asks again.
   */
  private async settled(after: string): Promise<string | null> {
    const [row] = (await this.source.query('select max(id) as newest from audit_entry')) as { newest: string | null }[];
    if (!row?.newest || BigInt(row.newest) < BigInt(after)) {
      return null;
    }
    const until = this.clock.now().getTime() + PATIENCE_MS;
    for (let writers = await this.writers(); writers.length > 0; ) {
      if (this.clock.now().getTime() > until) {
        return null;
      }
      await rest(LOOK_MS);
      const still = new Set(await this.writers());
      writers = writers.filter((writer) => still.has(writer));
    }
    return row.newest;
  }

  /** Transactions that write the audit at this moment: they hold this lock from before their first number until they end. */
  private async writers(): Promise<string[]> {
    const rows = (await this.source.query(
      `select distinct virtualtransaction as id from pg_locks
       where locktype = 'relation' and relation = 'audit_entry'::regclass and mode = 'RowExclusiveLock' and database = (select oid from pg_database where datname = current_database())`,
    )) as { id: string }[];
    return rows.map(({ id }) => id);
  }
}
