import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SYSTEM } from '../audit/actor';
import type { Block } from '../core/ticket/block';
import { episode } from '../core/ticket/episode';
import { BlockService, networkOf } from '../noc/block.service';
import { OutboxService } from '../outbox/outbox.service';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import { TicketsService } from '../tickets/tickets.service';

/** States in which nobody works on a ticket: there a block that has gone by itself ends it. In others a person sees it. */
const UNATTENDED = ['received', 'awaiting_evidence', 'analysing', 'queued', 'on_hold', 'awaiting_fixes'];

/** Watches addresses after a lift (rule 13), and hears what the NOC tells of its blocks. */
@Injectable()
export class WatchService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly blocks: BlockService,
    private readonly tickets: TicketsService,
    private readonly outbox: OutboxService,
    private readonly transactions: Transactions,
  ) {}

  /** What the NOC tells: a block began or ended. Told twice, it is done once. */
  async heard(event: 'blocked' | 'unblocked', block: Block, also?: AlsoKept<void>): Promise<void> {
    const told: Block = { ...block, state: event };
    await this.transactions.run(async (tx) => {
      // Tickets before blocks, as everywhere in this room: two who lock in one order never wait for each other.
      await (event === 'blocked' ? this.blocked(tx, told) : this.unblocked(tx, told));
      await this.blocks.keep(tx, told);
    }, also);
  }

  /** A block that began while the address was watched: the lifted ticket is marked, and the customer told, once. */
  async blocked(tx: EntityManager, block: Block): Promise<void> {
    const lifted = (await tx.query(
      `select t.id from ticket t
       where t.state = 'lifted' and t.blocked_again_at is null and t.kind = $2 and t.episode <> $3 and (t.ip = $1::inet or t.ip <<= $5::cidr)
         and date_trunc('second', t.blocked_at) < date_trunc('second', $4::timestamptz)
         and exists (select 1 from lift l where l.ticket_id = t.id and l.state = 'confirmed' and l.confirmed_at + make_interval(secs => $6) > $4::timestamptz)
       order by t.id for no key update`,
      [block.ip, block.kind, episode(block), block.blockedAt, networkOf(block.prefix), this.config.WATCH_HOURS * 3600],
    )) as { id: string }[];
    for (const { id } of lifted) {
      await this.tickets.apply(tx, id, 'blocked_again', SYSTEM, { changes: { blockedAgainAt: new Date(block.blockedAt) }, detail: { blockedAt: block.blockedAt }, said: { episode: episode(block) } });
    }
  }

  /** A block that ended: our own lift is read back at once; a ticket that nobody is at has nothing left to decide. */
  private async unblocked(tx: EntityManager, block: Block): Promise<void> {
    const touched = (await tx.query(
      `select t.id, t.state, l.id as "liftId" from ticket t left join lift l on l.ticket_id = t.id and l.state = 'unblocking'
       where t.kind = $2 and t.ip = $1::inet and (t.state = 'lifting' or t.state = any($5))
         and (t.episode = $3 or date_trunc('second', t.blocked_at) = date_trunc('second', $4::timestamptz)) order by t.id for no key update of t`,
      [block.ip, block.kind, episode(block), block.blockedAt, UNATTENDED],
    )) as { id: string; state: string; liftId: string | null }[];
    for (const { id, state, liftId } of touched) {
      if (state !== 'lifting') {
        await this.tickets.apply(tx, id, 'block_gone', SYSTEM, { changes: { closedReason: 'block_already_gone' }, detail: { told: 'by the NOC' } });
      } else if (liftId) {
        await this.outbox.add(tx, [{ job: 'read-back-lift', ticketId: id, refId: liftId }]);
      }
    }
  }
}
