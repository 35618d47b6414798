import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import { deadlineFor } from '../core/ticket/deadlines';
import { decide } from '../core/ticket/decide';
import { OutboxService } from '../outbox/outbox.service';
import { Sweep } from '../outbox/sweep';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import { Gathered, type Asked } from '../platform/gathered';
import { timesOf } from './move';
import { AT_ONCE, TAKE_NEXT } from './take-next.sql';
import { shownOf, type Shown, type ShownRow } from './ticket.query';
import { tellsOf, workOf } from './work-of';

/** Somebody who wants the most urgent ticket that they may have. */
export interface Taker {
  staffId: string;
  actor: Actor;
  /** accounts of their own, whose tickets they never judge */
  accountIds: readonly string[];
  /** queues that they take from; empty: from all */
  queues: readonly string[];
  /** what a lead was asked is theirs too */
  leads?: boolean;
  /** is kept in the transaction that gives them a ticket */
  also?: AlsoKept<Taken>;
}

/** A ticket that is theirs now, as it is shown. */
export interface Taken extends Shown {
  id: string;
}

/** The answer for one taker. `all`: they were asked about every ticket that waits for them. */
interface Given {
  taken: Taken | null;
  all: boolean;
}

/**
 * Gives the most urgent ticket to each who asks. Gathered: whoever asks while one statement is under way is served by the next, so that a full
 * room costs one commit and not thirty. Two people never get one ticket: rows are locked, and other processes pass them over.
 */
@Injectable()
export class TakeNextService {
  private readonly asking = new Gathered<Taker, Taken | null>((round) => this.serve(round), { atMost: AT_ONCE });

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly sweep: Sweep,
  ) {}

  /** @returns the ticket that is theirs now; null when nothing waits that they may take */
  next(taker: Taker): Promise<Taken | null> {
    return this.asking.ask(taker);
  }

  private async serve(round: Asked<Taker, Taken | null>[]): Promise<void> {
    let given: Given[];
    try {
      given = await this.give(round.map(({ what }) => what));
    } catch (error) {
      // What one of them wants kept could not be: nobody was given a ticket, and each is served alone.
      if (round.length === 1 || round.every(({ what }) => !what.also)) {
        throw error;
      }
      for (const one of round) {
        await this.serve([one]).catch(one.failed);
      }
      return;
    }
    const left = round.filter(({ done }, i) => {
      const one = given[i];
      if (one?.taken || one?.all) {
        done(one.taken);
        return false;
      }
      return true;
    });
    // For whom none of the most urgent was: alone they are given the first further down that is.
    for (const { what, done } of left) {
      done((await this.give([what]))[0]?.taken ?? null);
    }
  }

  /** The same step of the workflow, the same line in the audit and the same work as apply() gives one. */
  private async give(takers: Taker[]): Promise<Given[]> {
    const now = this.clock.now();
    const step = decide('queued', 'taken');
    const { LEASE_MINUTES } = this.config;
    const wait = deadlineFor(step.to, now, timesOf(this.config), { reminded: 0, wakeAt: null });
    const those = takers.map(({ staffId, accountIds, queues, leads }, i) => ({ n: i + 1, staff: staffId, accounts: accountIds, queues, leads: leads === true }));
    const implied = takers.map(() => workOf(null, step.effects));
    const lines = takers.map(({ actor }, i) => ({ n: i + 1, ...this.audit.row({ ticketId: null, event: 'taken', from: step.from, to: step.to, by: actor, tells: tellsOf(implied[i] ?? []) }, now) }));
    const work = implied.flatMap((rows, i) => rows.map((row) => ({ n: i + 1, ...this.outbox.row(row) })));
    const run = async (runner: Pick<EntityManager, 'query'>): Promise<Given[]> => {
      // TypeORM hands the object on to pg, which prepares a named statement once per connection.
      const rows = (await runner.query({ name: 'take-next', text: TAKE_NEXT } as unknown as string, [
        JSON.stringify(those), JSON.stringify(lines), JSON.stringify(work), takers.length, step.to, now, new Date(now.getTime() + LEASE_MINUTES * 60_000), wait?.event ?? null,
      ])) as (ShownRow & { n: number; free: number; id: string | null })[];
      const byTaker = new Map(rows.map((row) => [row.n, row]));
      return takers.map((_, i) => {
        const row = byTaker.get(i + 1);
        return row?.id ? { taken: { id: row.id, ...shownOf(row) }, all: false } : { taken: null, all: takers.length === 1 || (row?.free ?? 0) < takers.length };
      });
    };
    const given = takers.some(({ also }) => also) ? await this.transactions.run(run, async (tx, made) => {
      for (const [i, { also }] of takers.entries()) {
        const taken = made[i]?.taken;
        await (taken && also?.(tx, taken));
      }
    }) : await run(this.source);
    this.sweep.ring(work.filter(({ n }) => given[n - 1]?.taken));
    return given;
  }
}
