import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

export interface ChangeLine {
  id: string;
  event: string;
  byKind: string;
  byId: string | null;
  byName: string;
  at: Date;
  /** details and what was said, as one */
  detail: Record<string, unknown>;
  /** the member of staff it was about, by name */
  staff: string | null;
  /** the webhook endpoint it was about, by its URL */
  endpoint: string | null;
}

export interface ChangesAsked {
  events?: readonly string[];
  by?: string;
  /** number of the line before which to go on */
  before?: string;
}

export const CHANGES_SHOWN = 50;

/** Reads what the audit says of the desk itself: lines that belong to no ticket. */
@Injectable()
export class AuditReader {
  constructor(private readonly source: DataSource) {}

  /** The newest first, one more than is shown. Sorted as the index on (ticket_id, id) has them, so that a page reads what it shows. */
  async changes({ events, by, before }: ChangesAsked): Promise<ChangeLine[]> {
    return (await this.source.query(
      `select a.id, a.event, a.by_kind as "byKind", a.by_id as "byId", a.by_name as "byName", a.at, coalesce(a.detail, '{}') || coalesce(a.said, '{}') as detail, s.name as staff, w.url as endpoint
       from audit_entry a left join staff_member s on s.id::text = a.detail->>'staff' left join webhook_endpoint w on w.id::text = a.detail->>'endpoint'
       where a.ticket_id is null and ($1::text[] is null or a.event = any($1)) and ($2::text is null or a.by_id = $2) and ($3::bigint is null or a.id < $3)
       order by a.ticket_id desc, a.id desc limit ${CHANGES_SHOWN + 1}`,
      [events ?? null, by ?? null, before ?? null],
    )) as ChangeLine[];
  }

  /** When the newest line was written that the chain has sealed; null while nothing is sealed, or when it was let go since. */
  async sealedUntil(): Promise<Date | null> {
    const [row] = (await this.source.query('select at from audit_entry where id = (select last_id from audit_seal order by id desc limit 1)')) as { at: Date }[];
    return row?.at ?? null;
  }
}
