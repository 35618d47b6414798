import type { DataSource } from 'typeorm';
import { OutboxService } from '../outbox/outbox.service';
import { crashPoint } from '../platform/crash-points';
import { Gathered, type Asked } from '../platform/gathered';

/** Rows of one ticket by table, in column names, as each service made them for its own tables. */
export type Rows = Record<Table, object[]>;
const TABLES = ['ticket', 'evidence_item', 'audit_entry', 'outbox_message', 'idempotency_key'] as const;
type Table = (typeof TABLES)[number];

/** Columns are named, so that a default of the database holds for every other. */
const COLUMNS: Record<Table, string> = {
  ticket: `id, ref, external_ref, state, closed_reason, claim, channel, ip, kind, blocked_at, block_id, episode, block, account_id, account_email, account_name,
    tier, language, rejection, statement, missing, queue, priority, second_person, repeats, due_at, first_due_at, deadline_at, deadline_event, created_at, updated_at, state_since`,
  evidence_item: 'id, ticket_id, type, text, bytes, name, media_type, size, by_kind, by_id, channel, received_at',
  audit_entry: 'ticket_id, event, from_state, to_state, by_kind, by_id, by_name, detail, at',
  outbox_message: 'id, ticket_id, job, ref_id, what, due_at',
  idempotency_key: 'owner, key, request_hash, status, answer, ticket_id, created_at',
};

const select = (table: Table): string =>
  COLUMNS[table].split(',').map((c) => c.trim()).map((c) => (c === 'due_at' && table === 'outbox_message' ? 'coalesce(due_at, clock_timestamp())' : c)).join(', ');
const also = (table: Table, more: string): string => (table === 'outbox_message' ? `, ${more}` : '');
const insert = (table: Table, n: number): string =>
  `insert into ${table} (${COLUMNS[table]}${also(table, OutboxService.newWork.columns)}) select ${select(table)}${also(table, OutboxService.newWork.values())} from json_populate_recordset(null::${table}, $${n})`;
/** One statement for all five tables: foreign keys are checked at its end, so the order inside does not matter. */
const STATEMENT = `with ${TABLES.slice(1).map((table, i) => `${table}_ as (${insert(table, i + 2)})`).join(', ')} ${insert('ticket', 1)}`;

/**
 * Opens tickets in gathered statements: one is in flight, whatever arrives meanwhile goes into the next. No timer. The
 * promise is settled after the durable commit. Measured at two thirds above one statement per ticket.
 */
export class Gather {
  private readonly asking = new Gathered<Rows, void>((round) => this.flush(round));

  constructor(private readonly source: DataSource) {}

  /** @throws the database's error, a unique violation (23505) for example, when these rows alone could not be stored */
  store(rows: Rows): Promise<void> {
    return this.asking.ask(rows);
  }

  private async flush(round: Asked<Rows, void>[]): Promise<void> {
    try {
      await this.insert(round.map(({ what }) => what));
      round.forEach(({ done }) => done());
    } catch (error) {
      if (round.length === 1) {
        throw error;
      }
      // One bad row must not spoil the others: each alone, and each hears its own result.
      for (const { what, done, failed } of round) {
        await this.insert([what]).then(done, failed);
      }
    }
  }

  private async insert(batch: Rows[]): Promise<void> {
    const values = TABLES.map((table) => JSON.stringify(batch.flatMap((rows) => rows[table])));
    // TypeORM hands the object on to pg, which prepares a named statement once per connection.
    crashPoint('gather.before-statement');
    await this.source.query({ name: 'open-tickets', text: STATEMENT } as unknown as string, values);
    crashPoint('gather.committed');
  }
}
