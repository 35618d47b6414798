import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { INBOUND_STATES, type InboundState } from './inbound-mail.entity';
import { MAIL_COLUMNS, type MailSummary } from './mailbox.service';

export interface MailQuery {
  states?: readonly InboundState[];
  /** address of the sender, a reference, a Message-ID, a code, or words of the subject */
  q?: string;
  reason?: string;
  /** only those with which nobody of the staff has done anything */
  unhandled?: boolean;
  /** id of the last mail of the page before */
  after?: string;
  limit?: number;
}

export type Counts = Record<InboundState, number>;

const PAGE_AT_MOST = 200;
/** What is searched; each word of `q` must be somewhere in it. */
const SEARCHED = `concat_ws(' ', m.from_address, m.subject, m.message_id, t.ref, m.reason, m.recipient)`;
const WORDS = 8;

/** Reads the mails that came in. */
@Injectable()
export class MailList {
  constructor(private readonly source: DataSource) {}

  /** Newest first, by key. */
  async list({ states, q, reason, unhandled, after, limit = 50 }: MailQuery): Promise<{ items: MailSummary[]; next: string | null }> {
    const size = Math.min(limit, PAGE_AT_MOST);
    const words = (q ?? '').split(/\s+/).filter(Boolean).slice(0, WORDS).map((word) => `%${word.replace(/[\\%_]/g, '\\$&')}%`);
    const rows = (await this.source.query(
      `select ${MAIL_COLUMNS} from inbound_mail m left join ticket t on t.id = m.ticket_id
       where ($1::text[] is null or m.state = any($1)) and ($2::uuid is null or (m.received_at, m.id) < (select received_at, id from inbound_mail where id = $2))
         and ($4::text is null or m.reason = $4) and (cardinality($5::text[]) = 0 or ${SEARCHED} ilike all($5)) and (not $6 or m.handled_at is null)
       order by m.received_at desc, m.id desc limit $3`,
      [states ?? null, after || null, size + 1, reason ?? null, words, unhandled ?? false],
    )) as MailSummary[];
    return { items: rows.slice(0, size), next: rows.length > size ? (rows[size - 1]?.id ?? null) : null };
  }

  /** How many mails stand in each state. */
  async counts(): Promise<Counts> {
    const rows = (await this.source.query('select state, count(*)::int as n from inbound_mail group by state')) as { state: InboundState; n: number }[];
    return Object.fromEntries(INBOUND_STATES.map((state) => [state, rows.find((row) => row.state === state)?.n ?? 0])) as Counts;
  }

  /** How many of these states have which reason, most first. */
  async reasons(states: readonly InboundState[]): Promise<{ reason: string; n: number }[]> {
    return (await this.source.query(
      'select reason, count(*)::int as n from inbound_mail where state = any($1) and reason is not null group by reason order by n desc, reason limit 30', [states],
    )) as { reason: string; n: number }[];
  }
}
