import { Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { SYSTEM, type Actor } from './actor';
import { AuditEntry } from './audit-entry.entity';
import { commitment } from './commitment';
import { moveHorizon } from './horizon';

export interface AuditLine {
  ticketId: string | null;
  event: string;
  from?: string | null;
  to?: string | null;
  by: Actor;
  detail?: Record<string, unknown>;
  /** what the NOC is told of it: type and id of each event, the same in webhooks and feed */
  tells?: Record<string, string>;
  /** what somebody wrote, or what names somebody: kept beside the chain, which holds only a salted commitment to it, so that it can be erased */
  said?: Record<string, unknown>;
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
  said: Record<string, unknown> | null;
  at: string;
}

/** The only writer of audit_entry. */
@Injectable()
export class AuditService {
  /** Writes a line in the transaction of what it tells of (I8). */
  async record(tx: EntityManager, line: AuditLine): Promise<void> {
    const { at: _at, ...values } = this.row(line, new Date(0));
    await tx.query(
      `insert into audit_entry (ticket_id, event, from_state, to_state, by_kind, by_id, by_name, detail, said, at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, clock_timestamp())`,
      [...Object.values(values).slice(0, 7), ...[values.detail, values.said].map((part) => (part === null ? null : JSON.stringify(part)))],
    );
  }

  /** Many lines at once, in their order. */
  async recordAll(tx: EntityManager, lines: AuditLine[]): Promise<void> {
    const rows = lines.map((line) => this.row(line, new Date(0)));
    await tx.query(
      `insert into audit_entry (ticket_id, event, from_state, to_state, by_kind, by_id, by_name, detail, said, at)
       select ticket_id, event, from_state, to_state, by_kind, by_id, by_name, detail, said, clock_timestamp() from json_populate_recordset(null::audit_entry, $1)`,
      [JSON.stringify(rows)],
    );
  }

  /** The same line as a row, for the statement that opens many tickets at once. */
  row(line: AuditLine, at: Date): AuditRow {
    const detail = line.tells ? { ...line.detail, tells: line.tells } : line.detail;
    const said = line.said ? { salt: randomBytes(16).toString('hex'), ...line.said } : null;
    return {
      ticket_id: line.ticketId, event: line.event, from_state: line.from ?? null, to_state: line.to ?? null,
      by_kind: line.by.kind, by_id: line.by.id, by_name: line.by.name, said, at: at.toISOString(),
      detail: said ? { ...detail, commits: commitment(said) } : (detail ?? null),
    };
  }

  /**
   * Lets lines go that are older than `months`, at most `atMost` in this transaction. First the horizon moves, which is itself a line of the chain.
   * @returns how many lines went
   */
  async letGo(tx: EntityManager, months: number, atMost: number): Promise<number> {
    const moved = await moveHorizon(tx, months);
    if (moved) {
      await this.record(tx, { ticketId: null, event: 'audit_forgotten', by: SYSTEM, detail: { months, ...moved } });
    }
    const [, gone] = (await tx.query('delete from audit_entry where id in (select id from audit_entry where id <= (select last_id from audit_horizon) order by id limit $1)', [atMost])) as [unknown, number];
    return gone;
  }

  /** The history of one ticket, oldest first; what was said is told among the details, as long as it is kept. */
  async of(tx: EntityManager, ticketId: string): Promise<AuditEntry[]> {
    const lines = await tx.find(AuditEntry, { where: { ticketId }, order: { id: 'ASC' } });
    return lines.map((line) => (line.said ? { ...line, detail: { ...line.detail, ...line.said } } : line));
  }
}
