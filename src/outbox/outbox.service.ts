import { Injectable, Logger } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { JobName } from '../core/ticket/effects';
import { Clock } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { queryAhead } from '../platform/database/ahead';
import { isPassingTrouble } from '../platform/database/passing-trouble';
import { Gathered, type Asked } from '../platform/gathered';
import { OUTWARD, URGENT, type Carried } from './carrier';
import type { HandlerResult } from './handles';
import { Handlers } from './handlers';
import type { OutboxMessage } from './outbox-message.entity';
import { writtenRow, type OutboxRow, type WrittenRow } from './outbox-row';
import { addWork, DUE_NOW, justTaken, LEASE_SECONDS, NEW_WORK, TURN } from './outbox.sql';

const RENEWED_MS = 2_000;
/**
 * Between two statements that take and settle rows, in milliseconds: a process that works many shares them among more, and nobody waits longer than
 * this. Rows that are taken together ask the same questions at the same moments, so that this one rest makes crowds of all that follows.
 */
const REST_MS = 10;
/** A row for which the database had no time is tried again after so long, or up to twice as long; so often, and it is the row after all. */
const [SOON_MS, PATIENCE] = [2_000, 200];
/** A row that threw or took its worker with it this often in a row is not tried again: it waits for a person. */
const CRASHES = 3;

/** A row to take, or one to settle that was done. */
type Turn = { id: string; evenLeft: boolean } | { ended: OutboxMessage };

/** What must happen next, durably. The only writer of outbox_message; who carries a row is not its business. */
@Injectable()
export class OutboxService {
  /** What each statement that writes new work says of it, besides its own columns. */
  static readonly newWork = NEW_WORK;
  /** Rows that a statement of the caller's adds, so that they are there exactly if what it does besides is. */
  static readonly addWork = addWork;
  static readonly justTaken = justTaken;
  /** Somebody is told what happens, as far as this process knows: if not, nobody is woken for it, and the sweep finds what there is all the same. */
  heard = true;
  private readonly log = new Logger(OutboxService.name);
  private readonly fresh = new WeakMap<EntityManager, Carried[]>();
  // Whoever claims or settles at the same moment does it in one statement: a worker that is busy pays one commit for many rows.
  private readonly turns = new Gathered<Turn, OutboxMessage | undefined>((round) => this.turn(round, (...all) => this.source.query(...all)), { restMs: REST_MS });
  // A lift waits for no crowd: what is urgent is taken by statements of its own, one after the other without a rest, and before whatever else this turn of the loop has to do.
  private readonly urgent = new Gathered<Turn, OutboxMessage | undefined>((round) => this.turn(round, (...all) => queryAhead(this.source, ...all)), { soon: queueMicrotask });

  constructor(
    private readonly source: DataSource,
    private readonly handlers: Handlers,
    private readonly clock: Clock = new Clock(),
  ) {}

  /** Adds rows in the caller's transaction: they exist exactly if it commits. */
  async add(tx: EntityManager, rows: OutboxRow[]): Promise<void> {
    if (rows.length > 0) {
      await tx.query(addWork('json_populate_recordset(null::outbox_message, $1) w'), [JSON.stringify(this.rowsIn(tx, rows))]);
    }
  }

  /** The same row for a statement of the caller's own; due at once unless it says when. */
  row(row: OutboxRow): WrittenRow {
    return writtenRow(row, this.clock.now());
  }

  /** The same for a statement within the caller's transaction: whoever works them is woken when it has committed. */
  rowsIn(tx: EntityManager, rows: OutboxRow[]): WrittenRow[] {
    const made = rows.map((row) => this.row(row));
    this.fresh.set(tx, [...(this.fresh.get(tx) ?? []), ...made.filter((row) => !row.due_at)]);
    return made;
  }

  /** Rows that this transaction added and that are due at once. */
  freshOf = (tx: EntityManager): Carried[] => this.fresh.get(tx) ?? [];

  /**
   * Deletes what waits for `refId`, for an undo. False, and nothing deleted, when a worker already has one of the rows:
   * then it is too late.
   */
  async cancel(tx: EntityManager, refId: string): Promise<boolean> {
    const rows = (await tx.query('select state from outbox_message where ref_id = $1 for update', [refId])) as { state: string }[];
    if (rows.some((row) => row.state !== 'pending')) {
      return false;
    }
    await tx.query('delete from outbox_message where ref_id = $1', [refId]);
    return true;
  }

  /**
   * Lets a parked row be tried again, with all its tries before it; the attempts stay counted. Null when it is not parked (any more):
   * nothing is done twice. The sweep finds it within a second.
   */
  async retry(tx: EntityManager, id: string): Promise<{ job: JobName; ticketId: string | null } | null> {
    const [rows] = (await tx.query(
      `update outbox_message set state = 'pending', due_at = clock_timestamp(), crashes = 0, settled_at = null where id = $1 and state = 'parked' returning job, ticket_id as "ticketId"`,
      [id],
    )) as [{ job: JobName; ticketId: string | null }[], number];
    return rows[0] ?? null;
  }

  /**
   * What is due or was left by a worker that died, oldest first. By state, never by "newer than the last seen" (F04).
   * @param limit of each kind: what goes outward or comes in may wait for long, and nothing else must wait behind it
   */
  async due(limit: { lifts: number; rest: number }, overdueSeconds = 0): Promise<Carried[]> {
    return (await this.source.query(DUE_NOW, [limit.lifts, overdueSeconds, OUTWARD, URGENT, limit.rest])) as Carried[];
  }

  /**
   * Does one row: claim with a fence, run, settle. Safe to call for a row that is done, taken or gone.
   * @param evenLeft also one that a dead worker left; who says so works no other that was left before beside it (F11)
   * @param urgent it does not wait for others to share its statement, and what can be looked up for it is looked up meanwhile
   */
  async work(id: string, evenLeft = true, urgent = false): Promise<void> {
    const taken = (urgent ? this.urgent : this.turns).ask({ id, evenLeft });
    const ahead = urgent ? Promise.resolve().then(() => this.handlers.ahead(id)) : undefined; // the claim has the first connection
    const row = await taken;
    if (!row) {
      return;
    }
    if (row.crashes >= CRASHES) {
      await this.park(row, row.lastError ?? 'Its worker died each time.');
      this.log.error(`Parked ${row.job} ${row.id}: its worker died ${CRASHES} times.`);
      return;
    }
    const handler = this.handlers.for(row.job);
    if (!handler) {
      await this.park(row, `No handler for ${row.job}.`);
      return;
    }
    crashPoint('outbox.claimed', row.job);
    let result: HandlerResult;
    const heart = setInterval(() => void this.renew(row), RENEWED_MS);
    try {
      result = await handler(row, ahead);
    } catch (error) {
      await this.failed(row, error as Error);
      return;
    } finally {
      clearInterval(heart);
    }
    crashPoint('outbox.before-settle', row.job);
    if (typeof result === 'string') {
      await this.turns.ask({ ended: row });
    } else {
      await this.later(row, 'retryAt' in result ? result.retryAt : result.retryInMs, result.why, 0);
    }
    crashPoint('outbox.settled', row.job);
  }

  private async turn(round: Asked<Turn, OutboxMessage | undefined>[], query: (statement: string, values: unknown[]) => Promise<unknown>): Promise<void> {
    const wanted = round.flatMap(({ what }) => ('ended' in what ? [] : [what]));
    const ended = round.flatMap(({ what }) => ('ended' in what ? [what.ended] : []));
    const ids = (some: typeof wanted): string[] => [...new Set(some.map(({ id }) => id))];
    // TypeORM hands the object on to pg, which prepares a named statement once per connection.
    const statement = { name: 'outbox-turn', text: TURN } as unknown as string;
    const values = [ids(wanted), ids(wanted.filter(({ evenLeft }) => evenLeft)), ended.map(({ id }) => id), ended.map(({ leaseNo }) => leaseNo)];
    const [rows] = (await query(statement, values)) as [OutboxMessage[], number];
    const mine = new Map(rows.map((row) => [row.id, row]));
    for (const { what, done } of round) {
      done('ended' in what ? undefined : mine.get(what.id));
      if (!('ended' in what)) {
        mine.delete(what.id); // asked for twice at once, it is done once
      }
    }
  }

  /** A renewal that fails costs nothing: at worst the row is done twice, which handlers bear. */
  private async renew(row: OutboxMessage): Promise<void> {
    await this.source
      .query(`update outbox_message set lease_until = now() + make_interval(secs => ${LEASE_SECONDS}) where id = $1 and lease_no = $2 and state = 'running'`, [row.id, row.leaseNo])
      .catch(() => undefined);
  }

  private async failed(row: OutboxMessage, error: Error): Promise<void> {
    this.log.error(`${row.job} ${row.id} failed: ${error.stack ?? error.message}`);
    if (isPassingTrouble(error) && row.attempts < PATIENCE) {
      await this.later(row, SOON_MS * (1 + Math.random()), error.message, row.crashes);
    } else if (row.crashes + 1 >= CRASHES) {
      await this.park(row, error.message);
    } else {
      await this.later(row, 1000 * 4 ** (row.crashes + 1), error.message, row.crashes + 1);
    }
  }

  /** @param at when, or in how many milliseconds by the database's clock */
  private async later(row: OutboxMessage, at: Date | number, why: string, crashes: number): Promise<void> {
    await this.source.query(
      `update outbox_message set state = 'pending', due_at = coalesce($3::timestamptz, clock_timestamp() + make_interval(secs => $6::float8 / 1000)), last_error = $4, crashes = $5, lease_until = null
       where id = $1 and lease_no = $2 and state = 'running'`,
      [row.id, row.leaseNo, at instanceof Date ? at : null, why, crashes, at instanceof Date ? null : at],
    );
  }

  private async park(row: OutboxMessage, why: string): Promise<void> {
    await this.source.query(
      `update outbox_message set state = 'parked', last_error = $3, settled_at = now(), lease_until = null where id = $1 and lease_no = $2 and state = 'running'`,
      [row.id, row.leaseNo, why],
    );
  }
}
