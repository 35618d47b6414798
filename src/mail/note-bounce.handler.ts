import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { MailStops } from './mail-stops.service';

interface Report {
  deliveryId: string;
  recipient: string;
  status: string | null;
  says: string;
}

/** A report came to the address of a mail of ours and said that it failed for good: nothing more is sent there. */
@Injectable()
export class NoteBounceHandler {
  constructor(
    private readonly source: DataSource,
    private readonly stops: MailStops,
  ) {}

  @Handles('note-bounce')
  async note(row: OutboxMessage): Promise<HandlerResult> {
    const [report] = (await this.source.query(
      `select d.id as "deliveryId", d.recipient, m.understood->'bounce'->>'status' as status, m.understood->'bounce'->>'says' as says
       from inbound_mail m join mail_delivery d on d.id = (m.understood->'bounce'->>'deliveryId')::uuid where m.id = $1`,
      [row.refId],
    )) as Report[];
    if (!report) {
      return 'skipped';
    }
    await this.stops.stop(report.deliveryId, report.recipient, report);
    return 'done';
  }
}
