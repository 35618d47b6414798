import type { DataSource } from 'typeorm';
import type { Block } from '../core/ticket/block';
import { episode } from '../core/ticket/episode';
import { FINAL_STATES } from '../core/ticket/states';
import type { Transactions } from '../platform/database/transactions';
import type { BlockService } from './block.service';
import type { LiftTasksService } from './lift-tasks.service';
import type { LiftOrder, NocAnswer, NocException, NocFailure } from './noc.driver';
import { ToldDriver } from './told.driver';

/**
 * A NOC without an API: the mirror is all we know, and a lift is a task for its staff (`lift_task`), who confirm in the desk that
 * the block is gone. The order is accepted when the task is written down; from then on it is only read, as everywhere.
 */
export class ManualDriver extends ToldDriver {
  override readonly byHand = true;

  constructor(source: DataSource, mirror: BlockService, transactions: Transactions, private readonly tasks: LiftTasksService) {
    super(source, mirror, transactions);
  }

  /** The mirror, and what open tickets speak of and the mirror does not know: a block stands until a person says that it is gone. */
  async blocks(ip: string): Promise<NocAnswer<Block[]>> {
    const kept = (await this.mirror.of(ip)).map(({ body, state }): Block => ({ ...body, state }));
    const claimed = (await this.source.query('select block from ticket where ip = $1::inet and state <> all($2) limit 50', [ip, FINAL_STATES])) as { block: Block }[];
    const known = new Set(kept.map(nameOf));
    const added = claimed.map(({ block }): Block => ({ ...block, state: 'blocked' })).filter((block, i, all) => !known.has(nameOf(block)) && all.findIndex((b) => nameOf(b) === nameOf(block)) === i);
    return { ok: true, value: [...kept, ...added].sort((a, b) => Date.parse(b.blockedAt) - Date.parse(a.blockedAt)) };
  }

  /** Writes the task down, once per lift. Whether a newer block stands was read from the mirror just before, as with every NOC. */
  async lift({ ip, kind, blockedAt, ticket, reason, idempotencyKey }: LiftOrder): Promise<NocAnswer<'unblocking' | 'unblocked'>> {
    await this.tasks.open({ id: idempotencyKey, ip, kind, blockedAt, ref: ticket, reason });
    return { ok: true, value: 'unblocking' };
  }

  orderException(): Promise<NocAnswer<NocException>> {
    return Promise.resolve({ ok: false, error: 'not_offered', detail: 'this NOC has no API: the filter team reads the adjustment' });
  }

  /** What the person found who was to lift. */
  override async refusedLater(idempotencyKey: string): Promise<NocFailure | null> {
    const task = await this.tasks.one(idempotencyKey);
    return task?.state === 'refused' && task.outcome
      ? { ok: false, error: task.outcome, detail: `was not possible, says ${task.byName ?? 'somebody'}${task.because ? `: ${task.because}` : ''}`, ...(task.foundAt ? { blockedAt: task.foundAt.toISOString() } : {}) }
      : null;
  }
}

/** Blocks are compared as the mirror does: kind and second. */
const nameOf = (block: Block): string => `${block.kind} ${episode({ ...block, blockId: undefined })}`;
