import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { SYSTEM } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import type { ClosedReason } from '../core/ticket/states';
import { OutboxService } from '../outbox/outbox.service';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions } from '../platform/database/transactions';
import { Rounds } from '../platform/rounds';
import { Ticket, type TicketChanges } from './ticket.entity';
import { TicketsService } from './tickets.service';

const EVERY_MS = 1000;

/** What an ended wait brings besides its event. */
const BRINGS: Partial<Record<string, TicketChanges>> = {
  expired: { closedReason: 'expired' satisfies ClosedReason },
  fixes_overdue: { closedReason: 'expired' satisfies ClosedReason },
};

/** Ends the waits that nobody ended (rule 12): reminders, expiry, forgotten takes, holds that wake. */
@Injectable()
export class DeadlineService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds = new Rounds('Deadlines', EVERY_MS, () => this.run().then(() => undefined));

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly transactions: Transactions,
    private readonly tickets: TicketsService,
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

  /** Ends what is over by the database's clock. Each ticket in its own transaction, passed over when somebody is at it. */
  async run(): Promise<number> {
    const due = (await this.source.query('select id from ticket where deadline_at <= now() order by deadline_at limit 200')) as { id: string }[];
    for (const { id } of due) {
      await this.transactions.run((tx) => this.end(tx, id));
    }
    return due.length;
  }

  private async end(tx: EntityManager, id: string): Promise<void> {
    const [ticket] = await tx
      .createQueryBuilder(Ticket, 't')
      .setLock('for_no_key_update')
      .setOnLocked('skip_locked')
      .where('t.id = :id and t.deadline_at <= now()', { id })
      .getMany();
    if (!ticket?.deadlineEvent) {
      return;
    }
    if (ticket.deadlineEvent === 'remind') {
      await this.remind(tx, ticket);
    } else {
      await this.tickets.apply(tx, id, ticket.deadlineEvent, SYSTEM, { changes: BRINGS[ticket.deadlineEvent] });
    }
  }

  /** A reminder moves nothing but the next deadline: automatic mail never changes state (rule 11). */
  private async remind(tx: EntityManager, ticket: Ticket): Promise<void> {
    await this.tickets.reminded(tx, ticket);
    await this.audit.record(tx, { ticketId: ticket.id, event: 'reminded', by: SYSTEM });
    await this.outbox.add(tx, [{ job: 'mail-customer', ticketId: ticket.id, what: 'reminder' }]);
  }
}
