import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor } from './actor';
import { AuditEntry } from './audit-entry.entity';

export interface AuditLine {
  ticketId: string | null;
  event: string;
  from?: string | null;
  to?: string | null;
  by: Actor;
  detail?: Record<string, unknown>;
}

/** The column names of audit_entry, as the gathered insert wants them. */
export interface AuditRow {
  ticket_id: string | null;
  event: string;
  from_state: string | null;
  to_state: string | null;
  by_kind: string;
  by_id: string | null;
  by_name: string;
  detail: Record<string, unknown> | null;
  at: string;
}

/** The only writer of audit_entry. */
@Injectable()
export class AuditService {
  /** Writes a line in the transaction of what it tells of (I8). */
  async record(tx: EntityManager, line: AuditLine): Promise<void> {
    const { at: _at, ...values } = this.row(line, new Date(0));
    await tx.query(
      `insert into audit_entry (ticket_id, event, from_state, to_state, by_kind, by_id, by_name, detail, at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())`,
      [...Object.values(values).slice(0, 7), values.detail === null ? null : JSON.stringify(values.detail)],
    );
  }

  /** Many lines at once, in their order. */
  async recordAll(tx: EntityManager, lines: AuditLine[]): Promise<void> {
    const rows = lines.map((line) => this.row(line, new Date(0)));
    await tx.query(
      `insert into audit_entry (ticket_id, event, from_state, to_state, by_kind, by_id, by_name, detail, at)
       select ticket_id, event, from_state, to_state, by_kind, by_id, by_name, detail, clock_timestamp() from json_populate_recordset(null::audit_entry, $1)`,
      [JSON.stringify(rows)],
    );
  }

  /** The same line as a row, for the statement that opens many tickets at once. */
  row(line: AuditLine, at: Date): AuditRow {
    return {
      ticket_id: line.ticketId, event: line.event, from_state: line.from ?? null, to_state: line.to ?? null,
      by_kind: line.by.kind, by_id: line.by.id, by_name: line.by.name, detail: line.detail ?? null, at: at.toISOString(),
    };
  }

  /** The history of one ticket, oldest first. */
  of(tx: EntityManager, ticketId: string): Promise<AuditEntry[]> {
    return tx.find(AuditEntry, { where: { ticketId }, order: { id: 'ASC' } });
  }
}
