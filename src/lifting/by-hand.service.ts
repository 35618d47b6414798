import { Injectable } from '@nestjs/common';
import type { Actor } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import type { Staff } from '../auth/principal';
import { BlockService } from '../noc/block.service';
import { LiftTasksService, type TaskAnswer } from '../noc/lift-tasks.service';
import { OutboxService } from '../outbox/outbox.service';
import { Transactions } from '../platform/database/transactions';
import { Conflict, NotFound } from '../platform/http/errors';
import { Lifts } from './lifts';

/** What staff of the NOC say of a lift that they carried out, or could not. */
@Injectable()
export class ByHandService {
  constructor(
    private readonly tasks: LiftTasksService,
    private readonly lifts: Lifts,
    private readonly blocks: BlockService,
    private readonly outbox: OutboxService,
    private readonly audit: AuditService,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Keeps the answer and lets the lift be read at once: it ends as with any other NOC.
   * @returns the reference of its ticket
   * @throws NotFound, Conflict when somebody answered before
   */
  async settle(id: string, answer: Omit<TaskAnswer, 'by'>, staff: Staff): Promise<string> {
    const by: Actor = { kind: 'reviewer', id: staff.id, name: staff.name };
    return this.transactions.run(async (tx) => {
      const task = await this.tasks.one(id, tx);
      const lift = task && (await this.lifts.byId(task.id, tx));
      if (!task || !lift) {
        throw new NotFound('There is no such task.');
      }
      if (!(await this.tasks.settle(tx, id, { ...answer, by: staff }))) {
        throw new Conflict(`${task.byName ?? 'Somebody'} has answered this task already.`);
      }
      if (answer.state === 'done') {
        await this.blocks.keep(tx, { ip: task.ip, kind: task.kind, blockedAt: task.blockedAt.toISOString(), ...(lift.blockId ? { blockId: lift.blockId } : {}), state: 'unblocked' });
      } else if (answer.outcome === 'not_owner') {
        await this.tasks.forgetHolder(tx, task.ip);
      }
      await this.audit.record(tx, { ticketId: lift.ticketId, event: answer.state === 'done' ? 'lift_done_by_hand' : 'lift_not_possible', by, detail: { lift: id, outcome: answer.outcome }, ...(answer.because ? { said: { because: answer.because } } : {}) });
      await this.outbox.add(tx, [{ job: 'read-back-lift', ticketId: lift.ticketId, refId: id }]);
      return task.ref;
    });
  }
}
