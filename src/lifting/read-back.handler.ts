import { Injectable } from '@nestjs/common';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { LiftingService } from './lifting.service';
import { Lifts } from './lifts';

/** Reads the NOC until an accepted lift is seen to be done. */
@Injectable()
export class ReadBackHandler {
  constructor(
    private readonly lifts: Lifts,
    private readonly lifting: LiftingService,
  ) {}

  /** `refId` is the lift. */
  @Handles('read-back-lift')
  async read(row: OutboxMessage): Promise<HandlerResult> {
    const lift = row.refId ? await this.lifts.byId(row.refId) : null;
    return lift?.state === 'unblocking' ? this.lifting.advance(lift.ticketId, lift.decisionId, 'read') : 'skipped';
  }
}
