import { Controller, Get, Inject, Query } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Allow } from '../auth/access';
import { stateLabel } from '../core/ticket/state-label';
import type { State } from '../core/ticket/states';
import { CONFIG, type Config } from '../platform/config/config';

const feed = z.strictObject({
  after: z.string().regex(/^\d{0,18}$/, 'must be the "next" of the page before').default('').overwrite((id) => id || '0'),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});

interface Row {
  id: string;
  ref: string;
  event: string;
  from: string | null;
  to: State;
  at: Date;
  externalRef: string | null;
}

/** What a reviewer may still take back is not told, nor what came after it: the order must hold. */
const UNDOABLE = ['lift_decided', 'lift_approved', 'fixes_required', 'upheld', 'information_requested', 'held'];

/** Lines in which a decision within its undo window is looked for: an hour of a busy desk. An index on the time would cost every intake. */
const RECENT = 20_000;

/** Everything the webhooks tell, in order, for a NOC that would rather ask. */
@Controller('api/v1/events')
export class EventsController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
  ) {}

  /**
   * Changes of state after a cursor, oldest first. A line appears once every transaction that began before it has ended, so
   * that no late commit can slip in behind the cursor.
   */
  @Get()
  @Allow({ scopes: ['noc', 'read', 'lead'] })
  async list(@Query({ schema: feed }) query: z.output<typeof feed>): Promise<{ items: object[]; next: string }> {
    const rows = (await this.source.query(
      `select a.id, t.ref, a.event, a.from_state as "from", a.to_state as "to", a.at, t.external_ref as "externalRef"
       from audit_entry a join ticket t on t.id = a.ticket_id
       where a.id > $1 and a.to_state is not null and a.to_state is distinct from a.from_state
         and a.id < coalesce((
           select min(id) from (select id, event, at from audit_entry order by id desc limit ${RECENT}) recent where event = any($3) and at > now() - make_interval(secs => $4)), 9223372036854775807)
         and a.xmin::text::bigint < (pg_snapshot_xmin(pg_current_snapshot())::text::bigint & 4294967295)
       order by a.id limit $2`,
      [query.after, query.limit, UNDOABLE, this.config.UNDO_SECONDS],
    )) as Row[];
    return {
      items: rows.map((row) => ({
        id: row.id, type: 'ticket.state_changed', timestamp: row.at.toISOString(),
        data: { ref: row.ref, externalRef: row.externalRef, event: row.event, from: row.from, to: row.to, stateLabel: stateLabel(row.to), url: `${this.config.PUBLIC_URL}/tickets/${row.ref}` },
      })),
      next: rows.at(-1)?.id ?? query.after,
    };
  }
}
