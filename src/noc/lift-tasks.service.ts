import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { BlockKind } from '../core/ticket/block';

export type TaskOutcome = 'refused' | 'newer_block' | 'not_owner';

/** A lift that a person carries out in the control panel. `id` is that of the lift. */
export interface LiftTask {
  id: string;
  ip: string;
  kind: BlockKind;
  blockedAt: Date;
  ref: string;
  reason: string;
  state: 'open' | 'done' | 'refused';
  outcome: TaskOutcome | null;
  because: string | null;
  foundAt: Date | null;
  byName: string | null;
  createdAt: Date;
  settledAt: Date | null;
}

export interface TaskAnswer {
  state: 'done' | 'refused';
  outcome?: TaskOutcome;
  because?: string;
  foundAt?: Date;
  by: { id: string; name: string };
}

const COLUMNS = `k.id, host(k.ip) as ip, k.kind, k.blocked_at as "blockedAt", k.ref, k.reason, k.state, k.outcome, k.because, k.found_at as "foundAt", k.by_name as "byName",
  k.created_at as "createdAt", k.settled_at as "settledAt"`;
const SHOWN = 100;

/** The lifts that wait for a person (NOC_DRIVER=manual). The only writer of `lift_task`. */
@Injectable()
export class LiftTasksService {
  constructor(private readonly source: DataSource) {}

  /** Writes a task down; the same lift asked again finds the one that is there. */
  async open(task: { id: string; ip: string; kind: BlockKind; blockedAt: string; ref: string; reason: string }): Promise<void> {
    await this.source.query('insert into lift_task (id, ip, kind, blocked_at, ref, reason) values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing', [
      task.id, task.ip, task.kind, task.blockedAt, task.ref, task.reason,
    ]);
  }

  /** With `tx` the task stays as it is until that ends. */
  async one(id: string, tx?: EntityManager): Promise<LiftTask | null> {
    const [task] = (await (tx ?? this.source).query(`select ${COLUMNS} from lift_task k where k.id = $1${tx ? ' for update' : ''}`, [id])) as LiftTask[];
    return task ?? null;
  }

  /** What waits, oldest first: only what its ticket still wants. And what was settled lately, newest first. */
  async list(): Promise<{ open: LiftTask[]; settled: LiftTask[] }> {
    const [open, settled] = (await Promise.all([
      this.source.query(
        `select ${COLUMNS} from lift_task k join lift l on l.id = k.id and l.state in ('requested', 'unknown', 'unblocking') where k.state = 'open' order by k.created_at limit ${SHOWN}`,
      ),
      this.source.query(`select ${COLUMNS} from lift_task k where k.state <> 'open' order by k.settled_at desc limit 25`),
    ])) as [LiftTask[], LiftTask[]];
    return { open, settled };
  }

  /** False when somebody settled it before. */
  async settle(tx: EntityManager, id: string, { state, outcome, because, foundAt, by }: TaskAnswer): Promise<boolean> {
    const [, changed] = (await tx.query(
      `update lift_task set state = $2, outcome = $3, because = $4, found_at = $5, by_id = $6, by_name = $7, settled_at = now() where id = $1 and state = 'open'`,
      [id, state, outcome ?? null, because ?? null, foundAt ?? null, by.id, by.name],
    )) as [unknown, number];
    return changed === 1;
  }

  /** The address is not the account's any more, says who looked: what we were told of it is forgotten. */
  async forgetHolder(tx: EntityManager, ip: string): Promise<void> {
    await tx.query(`insert into address_holder (ip, account_id, told_by) values ($1, null, 'staff') on conflict (ip) do update set account_id = null, email = null, name = null, told_by = 'staff', told_at = now()`, [ip]);
  }
}
