import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { CONFIG, type Config } from '../platform/config/config';
import { Watermark } from '../platform/database/watermark';

/** Older than any backup that is restored with the world still remembering. */
const KEPT_DAYS = 14;
const DAY = 86_400_000;

const LEFT_BEFORE = 'It left before the database was restored from a backup.';

interface Sent {
  outbox: string;
  ticket: string | null;
  template: string;
  at: string;
}

/**
 * Which mails have left, kept outside of the database as well (one line each in DATA_DIR, ids only): what a restored backup has forgotten is not
 * sent again. The only writer of mail_sent_before.
 */
@Injectable()
export class SentLedger implements OnApplicationBootstrap {
  private readonly log = new Logger('Mail');
  private file: string | null = null;

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly watermark: Watermark,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.watermark.register((restoredTo) => this.readBack(restoredTo));
    if (!existsSync(this.config.DATA_DIR)) {
      return;
    }
    const [mark] = (await this.source.query('select epoch from desk_watermark')) as { epoch: string }[];
    this.file = join(this.config.DATA_DIR, `mails-sent-${mark?.epoch ?? 'none'}.jsonl`);
    if (this.config.ROLES.includes('worker')) {
      await this.forgetOld();
    }
  }

  /** Called between the mail server's yes and our commit. A disk that is full keeps no mail from being sent. */
  async note(sent: Omit<Sent, 'at'>, at: Date): Promise<void> {
    if (this.file) {
      await appendFile(this.file, `${JSON.stringify({ ...sent, at: at.toISOString() })}\n`, { mode: 0o600 }).catch((error: Error) => this.log.warn(`A sent mail was not noted outside of the database: ${error.message}`));
    }
  }

  /**
   * Whether this mail left before the database was restored: by the row that asked for it, or, where the restored desk asked anew, by ticket and
   * kind, once for each that left.
   */
  async leftBefore(outboxId: string, ticketId: string | null, template: string): Promise<Date | null> {
    const [rows] = (await this.source.query(
      `update mail_sent_before set matched_by = $1 where id = (
         select id from mail_sent_before where outbox_id = $1 or (ticket_id = $2 and template = $3 and matched_by is null) or matched_by = $1
         order by (outbox_id = $1 or matched_by = $1) desc, sent_at limit 1 for update skip locked) returning sent_at`,
      [outboxId, ticketId, template],
    )) as [{ sent_at: Date }[], number];
    return rows[0]?.sent_at ?? null;
  }

  private async readBack(restoredTo: Date): Promise<string | null> {
    const later = (await this.lines()).filter((line) => new Date(line.at) > restoredTo);
    for (const { outbox, ticket, template, at } of later) {
      await this.source.query(`update mail_delivery set state = 'sent', sent_at = $2, lease_until = null, last_answer = $3 where outbox_id = $1 and state in ('pending', 'sending')`, [outbox, at, LEFT_BEFORE]);
      await this.source.query(
        `insert into mail_sent_before (id, outbox_id, ticket_id, template, sent_at) select $1, $2, $3, $4, $5 where not exists (select from mail_sent_before where outbox_id = $2)
         and not exists (select from mail_delivery where outbox_id = $2 and state = 'sent')`,
        [randomUUID(), outbox, ticket, template, at],
      );
    }
    if (later.length > 0) {
      this.log.warn(`${later.length} mails had left after ${restoredTo.toISOString()}: they are not sent again.`);
    }
    return null;
  }

  private async lines(): Promise<Sent[]> {
    const text = this.file ? await readFile(this.file, 'utf8').catch(() => '') : '';
    return text.split('\n').flatMap((line) => {
      try {
        return [JSON.parse(line) as Sent];
      } catch {
        return []; // the last line of a process that was killed
      }
    });
  }

  private async forgetOld(): Promise<void> {
    const lines = await this.lines();
    const kept = lines.filter((line) => Date.now() - Date.parse(line.at) < KEPT_DAYS * DAY);
    if (this.file && kept.length < lines.length) {
      await writeFile(`${this.file}.new`, kept.map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 });
      await rename(`${this.file}.new`, this.file);
    }
  }
}
