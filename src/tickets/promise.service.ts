import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { SYSTEM } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import { OutboxService } from '../outbox/outbox.service';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions } from '../platform/database/transactions';
import { Rounds } from '../platform/rounds';
import { RulebookService } from './rulebook.service';

const EVERY_MS = 15_000;
const AT_ONCE = 200;
/** What was missed longer ago was marked long ago: it is not looked at again in every round. */
const LATE_DAYS = 7;
/** The leads get one mail for all that was missed meanwhile, not one for each. */
const DIGEST_MINUTES = 10;

type Mark = 'first_near' | 'first_missed' | 'near' | 'customer_told' | 'missed';

/** Where our time runs: in the queue, with a person, and on hold, which is a wait of ours. Each is asked by itself, along an index of its own. */
const WAITS = [`t.state in ('queued','in_review','second_review')`, `t.state = 'on_hold'`];
/** Nobody has answered yet, with a decision or in words. */
const UNANSWERED = `not exists (select 1 from message m where m.ticket_id = t.id and m.by_kind = 'reviewer' and not m.internal)`;

/** What is marked when. `$1`: now, `$2`: so far ahead. A promise that was moved is marked anew; the customer is told once. */
const DUE: Record<Mark, { column: string; ahead: 'warnMinutes' | 'noteMinutes' | null; also?: string }> = {
  first_near: { column: 'first_due_at', ahead: 'warnMinutes', also: UNANSWERED },
  first_missed: { column: 'first_due_at', ahead: null, also: UNANSWERED },
  near: { column: 'due_at', ahead: 'warnMinutes' },
  customer_told: { column: 'due_at', ahead: 'noteMinutes', also: `not exists (select 1 from promise_mark o where o.ticket_id = t.id and o.mark = 'customer_told')` },
  missed: { column: 'due_at', ahead: null },
};

/** Looks after the promises: warns before, tells the customer once, marks what was missed and tells the leads. The only writer of promise_mark. */
@Injectable()
export class PromiseService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds = new Rounds('Promises', EVERY_MS, () => this.run());

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly rulebook: RulebookService,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.ROLES.includes('worker')) {
      this.rounds.begin();
    }
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.rounds.end();
  }

  /** One round. Two workers at once mark nothing twice: the mark is the key. */
  async run(): Promise<void> {
    const { promises } = await this.rulebook.current();
    for (const mark of Object.keys(DUE) as Mark[]) {
      const { ahead } = DUE[mark];
      const minutes = ahead === null ? null : promises[ahead];
      for (const waits of minutes === 0 ? [] : WAITS) {
        await this.transactions.run((tx) => this.mark(tx, mark, minutes, waits));
      }
    }
    await this.transactions.run((tx) => this.tellLeads(tx));
  }

  private async mark(tx: EntityManager, mark: Mark, minutes: number | null, waits: string): Promise<void> {
    const { column, also } = DUE[mark];
    const now = this.clock.now();
    const when = minutes === null ? `t.${column} <= $1::timestamptz and t.${column} > $1::timestamptz - interval '${LATE_DAYS} days' and $2::int is null` : `t.${column} > $1::timestamptz and t.${column} <= $1::timestamptz + make_interval(mins => $2::int)`;
    const marked = (await tx.query(
      `insert into promise_mark (ticket_id, mark, due_at, at) select t.id, '${mark}', t.${column}, $1::timestamptz from ticket t
       where ${waits} and ${when} ${also ? `and ${also}` : ''} and not exists (select 1 from promise_mark p where p.ticket_id = t.id and p.mark = '${mark}' and p.due_at = t.${column})
       order by t.${column} limit ${AT_ONCE} on conflict do nothing returning ticket_id as id, due_at as due`,
      [now, minutes],
    )) as { id: string; due: Date }[];
    for (const { id, due } of marked) {
      await this.audit.record(tx, { ticketId: id, event: `promise_${mark}`, by: SYSTEM, detail: { due: due.toISOString() } });
    }
    if (mark === 'customer_told') {
      await this.outbox.add(tx, marked.map(({ id }) => ({ job: 'mail-customer', ticketId: id, what: 'delayed' })));
    }
  }

  /** One mail to every lead for what was missed since the last one. The rows of the mail are those that bear its time. */
  private async tellLeads(tx: EntityManager): Promise<void> {
    const untold = `mark in ('missed','first_missed') and told_at is null`;
    const told = (await tx.query(
      `with told as (update promise_mark set told_at = now() where ${untold} and not exists (select 1 from promise_mark where told_at > now() - make_interval(mins => ${DIGEST_MINUTES})) returning 1)
       select s.id from staff_member s where s.role = 'lead' and s.disabled_at is null and exists (select 1 from told)`,
    )) as { id: string }[];
    await this.outbox.add(tx, told.map(({ id }) => ({ job: 'mail-customer', ticketId: null, refId: id, what: 'promises-missed' })));
  }
}
