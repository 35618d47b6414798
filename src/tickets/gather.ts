import type { DataSource } from 'typeorm';
import { OutboxService } from '../outbox/outbox.service';
import { crashPoint } from '../platform/crash-points';
import { Contention } from '../platform/contention';
import { Columns, type Kind } from '../platform/database/columns';
import { Gathered, type Asked } from '../platform/gathered';

/** Rows of one ticket by table, in column names, as each service made them for its own tables. */
export type Rows = Record<Table, object[]>;
const TABLES = ['ticket', 'evidence_item', 'audit_entry', 'outbox_message', 'idempotency_key'] as const;
type Table = (typeof TABLES)[number];

/** Columns are named, so that a default of the database holds for every other. */
const KINDS: Record<Table, Record<string, Kind>> = {
  ticket: {
    id: 'uuid', ref: 'text', external_ref: 'text', state: 'text', closed_reason: 'text', claim: 'text', channel: 'text', ip: 'inet', kind: 'text', blocked_at: 'time', block_id: 'text',
    episode: 'text', block: 'jsonb', account_id: 'text', account_email: 'text', account_name: 'text', tier: 'text', language: 'text', rejection: 'jsonb', statement: 'text', missing: 'words',
    queue: 'text', priority: 'integer', second_person: 'words', repeats: 'integer', due_at: 'time', first_due_at: 'time', deadline_at: 'time', deadline_event: 'text',
    created_at: 'time', updated_at: 'time', state_since: 'time',
  },
  evidence_item: {
    id: 'uuid', ticket_id: 'uuid', type: 'text', text: 'text', bytes: 'bytea', name: 'text', media_type: 'text', size: 'integer', by_kind: 'text', by_id: 'text', channel: 'text', received_at: 'time',
  },
  audit_entry: { ticket_id: 'uuid', event: 'text', from_state: 'text', to_state: 'text', by_kind: 'text', by_id: 'text', by_name: 'text', detail: 'jsonb', at: 'time' },
  outbox_message: { id: 'uuid', ticket_id: 'uuid', job: 'text', ref_id: 'uuid', what: 'text', due_at: 'time' },
  idempotency_key: { owner: 'text', key: 'text', request_hash: 'text', status: 'integer', answer: 'jsonb', ticket_id: 'uuid', created_at: 'time' },
};

const COLUMNS: [Table, Columns][] = [];
for (let from = 1, table = 0; table < TABLES.length; table++) {
  const name = TABLES[table] as Table;
  const columns = new Columns(KINDS[name], from);
  COLUMNS.push([name, columns]);
  from += columns.count;
}
const [TICKET, ...OTHERS] = COLUMNS.map(([table, { names, rows }]) =>
  table === 'outbox_message'
    ? `insert into ${table} (${names}, ${OutboxService.newWork.columns}) select ${names.replace('due_at', 'coalesce(due_at, clock_timestamp())')}, ${OutboxService.newWork.values()} from ${rows} work`
    : `insert into ${table} (${names}) select ${names} from ${rows} made`,
);
/** One statement for all five tables: foreign keys are checked at its end, so the order inside does not matter. */
const STATEMENT = `with ${OTHERS.map((insert, i) => `others_${i} as (${insert})`).join(', ')} ${TICKET}`;

/**
 * Opens tickets in gathered statements: one is in flight, whatever arrives meanwhile goes into the next. The promise is settled after the durable commit. Measured at two thirds above
 * one statement per ticket. Where another process wants the processor (a second one for the web, for example) a round waits for the whole of a crowd: a claim costs a fifth less there.
 */
export class Gather {
  private readonly contention = new Contention();
  private readonly asking = new Gathered<Rows, void>((round) => this.flush(round), { crowd: () => (this.contention.isContended() ? 'whole' : 'half') });

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
    const values = COLUMNS.flatMap(([table, columns]) => columns.values(batch.flatMap((rows) => rows[table])));
    // TypeORM hands the object on to pg, which prepares a named statement once per connection.
    crashPoint('gather.before-statement');
    await this.source.query({ name: 'open-tickets', text: STATEMENT } as unknown as string, values);
    crashPoint('gather.committed');
  }
}
