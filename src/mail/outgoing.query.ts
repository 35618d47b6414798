import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { DeliveryState } from './mail-delivery.entity';
import type { MailTemplate } from './mail-templates';

export interface OutgoingRow {
  id: string;
  template: MailTemplate;
  recipient: string;
  subject: string;
  state: DeliveryState;
  attempts: number;
  lastAnswer: string | null;
  createdAt: Date;
  sentAt: Date | null;
  /** of the ticket it is about */
  ref: string | null;
}

export const PAGE = 50;
const COLUMNS = `m.id, m.template, m.recipient, m.subject, m.state, m.attempts, m.last_answer as "lastAnswer", m.created_at as "createdAt", m.sent_at as "sentAt", t.ref`;

/** Reads the outgoing mails, newest first, by key. */
@Injectable()
export class OutgoingReader {
  constructor(private readonly source: DataSource) {}

  /** @param after id of the last mail of the page before */
  async list({ state, q, after }: { state?: DeliveryState; q?: string; after?: string }): Promise<{ rows: OutgoingRow[]; after: string | null }> {
    const rows = (await this.source.query(
      `select ${COLUMNS} from mail_delivery m left join ticket t on t.id = m.ticket_id
       where ($1::text is null or m.state = $1) and ($2::text is null or lower(m.recipient) = lower($2) or t.ref = upper($2))
         and ($3::uuid is null or (m.created_at, m.id) < (select created_at, id from mail_delivery where id = $3))
       order by m.created_at desc, m.id desc limit ${PAGE + 1}`,
      [state ?? null, q ?? null, after ?? null],
    )) as OutgoingRow[];
    return { rows: rows.slice(0, PAGE), after: rows.length > PAGE ? (rows[PAGE - 1]?.id ?? null) : null };
  }

  async one(id: string): Promise<(OutgoingRow & { raw: Buffer }) | null> {
    const [row] = (await this.source.query(`select ${COLUMNS}, m.raw from mail_delivery m left join ticket t on t.id = m.ticket_id where m.id = $1`, [id])) as (OutgoingRow & { raw: Buffer })[];
    return row ?? null;
  }
}
