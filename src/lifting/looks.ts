import { Injectable } from '@nestjs/common';
import { liftAllowed } from '../core/policy/lift-allowed';
import type { Block } from '../core/ticket/block';
import type { HeldAddress, NocAnswer } from '../noc/noc.driver';
import { NocService } from '../noc/noc.service';
import { LooksAhead } from '../outbox/handles';
import { Lifts, type Subject } from './lifts';
import { readTwice } from './read-twice';

/** What the NOC says of an address: who holds it, and which blocks stand on it. */
export type Said = [holder: NocAnswer<HeldAddress | null>, blocks: NocAnswer<Block[]>];

/** What a first step begins with. */
export interface Look {
  subject: Subject;
  said: Said;
  /** when it began, by the clock of this process */
  at: number;
}

/** What the NOC said longer ago is asked for again before an order, in milliseconds: the row may have been long in coming. */
const FRESH_MS = 2_000;

/** Whether an order may rest on it. */
export const isFresh = ({ at }: Look): boolean => performance.now() - at < FRESH_MS;

/** Reading, which every step of a lift begins with. */
@Injectable()
export class Looks {
  constructor(
    private readonly lifts: Lifts,
    private readonly noc: NocService,
  ) {}

  /** Both are asked at once. */
  said(ip: string): Promise<Said> {
    return Promise.all([readTwice(() => this.noc.holder(ip)), readTwice(() => this.noc.blocks(ip))]);
  }

  /**
   * Looks while the row of an order is being taken: three of the waits before an order become one. Only for a lift that nobody has begun: one that is under way is taken first,
   * and read by whoever has it. What the decision rests on is looked at once more by the statement that permits the order.
   */
  @LooksAhead()
  async ahead(rowId: string): Promise<Look | null> {
    const at = performance.now();
    const subject = await this.lifts.ofWork(rowId);
    return subject && subject.liftId === null && liftAllowed(subject) === 'yes' ? { subject, said: await this.said(subject.ip), at } : null;
  }
}
