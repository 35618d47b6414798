import { Injectable } from '@nestjs/common';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { LiftingService } from './lifting.service';

/** Reads the NOC until an accepted lift is seen to be done. */
@Injectable()
export class ReadBackHandler {
  constructor(private readonly lifting: LiftingService) {}

  /** `refId` is the lift. */
  @Handles('read-back-lift')
  read(row: OutboxMessage): Promise<HandlerResult> {
    return row.refId ? this.lifting.readBack(row.refId) : Promise.resolve('skipped');
  }
}
