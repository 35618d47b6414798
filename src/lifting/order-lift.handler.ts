import { Injectable } from '@nestjs/common';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { LiftingService } from './lifting.service';
import type { Look } from './looks';

/** Due when the undo window is over: reads the NOC, orders the lift, and stays until the NOC has accepted it. */
@Injectable()
export class OrderLiftHandler {
  constructor(private readonly lifting: LiftingService) {}

  /** `refId` is the decision. */
  @Handles('order-lift')
  async order(row: OutboxMessage, ahead?: Promise<Look | null>): Promise<HandlerResult> {
    return row.ticketId ? this.lifting.order(row.ticketId, row.refId, await ahead) : 'skipped';
  }
}
