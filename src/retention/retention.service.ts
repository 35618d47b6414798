import { Inject, Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { hkdfSync } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { SYSTEM } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions } from '../platform/database/transactions';
import { Watermark } from '../platform/database/watermark';
import { Rounds } from '../platform/rounds';
import { forgetTickets } from './forget-tickets';
import { FORGOTTEN, RULES, spanOf } from './rules';

const FIRST_MS = 5 * 60_000;
const EVERY_MS = 3_600_000;
/** Rows of one transaction, and of one that takes many steps: short enough that nobody waits for it. */
const BATCH = 1_000;
const TICKETS = 200;
/** A round ends by itself: what is left is let go in the next. */
const ROUND_MS = 10 * 60_000;
const LOCK = 7041003;

/**
 * Lets go what was kept long enough (KEEP_…), in small batches, one worker at a time. Writers of a table write it; that something has an end
 * is this room's business alone, so for age and for an erasure it empties what others wrote.
 */
@Injectable()
export class RetentionService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly log = new Logger('Retention');
  private readonly salt: string;
  private readonly rounds = new Rounds('Old rows', FIRST_MS, () => this.told());
  private stopped = false;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly transactions: Transactions,
    private readonly audit: AuditService,
    private readonly watermark: Watermark,
  ) {
    this.salt = Buffer.from(hkdfSync('sha256', config.SECRET, '', 'pseudonyms', 32)).toString('hex');
  }

  onApplicationBootstrap(): void {
    if (this.config.ROLES.includes('worker')) {
      this.rounds.begin();
    }
  }

  beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    return this.rounds.end();
  }

  /** One round. @returns how many rows or tickets each rule let go; nothing while another worker is at it, or while a restored desk is compared with the world */
  async round(): Promise<Record<string, number>> {
    const gone: Record<string, number> = {};
    const end = performance.now() + ROUND_MS;
    const whole = async (name: string, size: number, batch: (tx: EntityManager) => Promise<number>): Promise<void> => {
      for (let n = size; n === size && !this.stopped && performance.now() < end && this.watermark.paused === null; ) {
        n = await this.alone(batch);
        gone[name] = (gone[name] ?? 0) + n;
      }
    };
    for (const rule of RULES) {
      await whole(rule.name, BATCH, async (tx) => ((await tx.query(rule.sql, [spanOf(this.config, rule), BATCH])) as { n: number }[])[0]?.n ?? 0);
    }
    await whole('tickets', TICKETS, (tx) => this.forget(tx));
    await whole('lines of the audit', BATCH, async (tx) => (await this.audit.letGo(tx, this.config.KEEP_AUDIT_MONTHS, BATCH)) ?? 0);
    return Object.fromEntries(Object.entries(gone).filter(([, n]) => n > 0));
  }

  private async forget(tx: EntityManager): Promise<number> {
    const ids = ((await tx.query(FORGOTTEN, [this.config.KEEP_TICKET_MONTHS, TICKETS])) as { id: string }[]).map(({ id }) => id);
    if (ids.length > 0) {
      await forgetTickets(tx, ids, this.salt, { atOnce: false });
      await this.audit.recordAll(tx, ids.map((ticketId) => ({ ticketId, event: 'ticket_forgotten', by: SYSTEM, detail: { months: this.config.KEEP_TICKET_MONTHS } })));
    }
    return ids.length;
  }

  /** The lock lives as long as the transaction: it needs no session of its own (PgBouncer). */
  private alone(work: (tx: EntityManager) => Promise<number>): Promise<number> {
    return this.transactions.run(async (tx) => {
      const [mine] = (await tx.query('select pg_try_advisory_xact_lock($1) as mine', [LOCK])) as { mine: boolean }[];
      return mine?.mine ? work(tx) : 0;
    });
  }

  private async told(): Promise<{ pauseMs: number }> {
    const gone = await this.round();
    if (Object.keys(gone).length > 0) {
      this.log.log(`Let go: ${Object.entries(gone).map(([name, n]) => `${n} ${name}`).join(', ')}`);
    }
    return { pauseMs: EVERY_MS };
  }
}
