import type { EntityManager } from 'typeorm';
import type { SessionFacts } from '../core/evidence/session-facts';
import type { Carried } from '../outbox/carrier';
import { newId } from '../platform/uuid';

/** A row of inbound_mail before anything of it is read. */
export interface MailRow {
  id: string;
  door: string;
  sha256: string;
  raw: Buffer;
  size: number;
  envelopeFrom: string | null;
  recipient: string | null;
  peerIp: string | null;
  helo: string | null;
  session: SessionFacts | null;
  receivedAt: Date;
}

/** Enough to share a commit; more only makes the first ones wait. */
const AT_MOST = 16;
const BYTES_AT_MOST = 4 * 1024 * 1024;
const COLUMNS = ['id', 'door', 'sha256', 'raw', 'size', 'envelope_from', 'recipient', 'peer_ip', 'helo', 'session', 'received_at'];

/** Mails and the orders to read them as one statement; bytes travel as they are. */
function statement(count: number): string {
  const width = COLUMNS.length + 1;
  const rows = Array.from({ length: count }, (_, row) => row * width);
  const mails = rows.map((base) => `(${COLUMNS.map((_, column) => `$${base + column + 1}`).join(', ')})`);
  const work = rows.map((base) => `($${base + width}::uuid, 'read-mail', $${base + 1}::uuid, clock_timestamp())`);
  return `with work as (insert into outbox_message (id, job, ref_id, due_at) values ${work.join(', ')}) insert into inbound_mail (${COLUMNS.join(', ')}) values ${mails.join(', ')}`;
}

/** Stores mails in a transaction or by themselves. @returns the orders to read them, which ring the bell once they are committed */
export async function storeMails(runner: Pick<EntityManager, 'query'>, mails: MailRow[]): Promise<Carried[]> {
  const work = mails.map(() => ({ id: newId(), job: 'read-mail' as const }));
  const values = mails.flatMap((mail, i) => [
    mail.id, mail.door, mail.sha256, mail.raw, mail.size, mail.envelopeFrom, mail.recipient, mail.peerIp, mail.helo, mail.session === null ? null : JSON.stringify(mail.session), mail.receivedAt, work[i]?.id,
  ]);
  // TypeORM hands the object on to pg, which prepares a named statement once per connection.
  await runner.query({ name: `store-mails-${mails.length}`, text: statement(mails.length) } as unknown as string, values);
  return work;
}

/**
 * Stores mails in gathered statements, as tickets are: one is in flight, whatever arrives meanwhile shares the next commit. No timer.
 * A promise is settled after the durable commit of its mail.
 */
export class GatherMails {
  private waiting: { mail: MailRow; done: () => void; failed: (error: Error) => void }[] = [];
  private flying = false;

  constructor(
    private readonly source: Pick<EntityManager, 'query'>,
    private readonly ring: (work: Carried[]) => void,
  ) {}

  store(mail: MailRow): Promise<void> {
    return new Promise((done, failed) => {
      this.waiting.push({ mail, done, failed });
      this.arm();
    });
  }

  private arm(): void {
    if (!this.flying && this.waiting.length > 0) {
      this.flying = true;
      setImmediate(() => {
        void this.flush().finally(() => {
          this.flying = false;
          this.arm();
        });
      });
    }
  }

  private async flush(): Promise<void> {
    let bytes = 0;
    const fitting = this.waiting.findIndex(({ mail }, i) => i >= AT_MOST || (i > 0 && (bytes += mail.size) > BYTES_AT_MOST));
    const batch = this.waiting.splice(0, fitting < 0 ? this.waiting.length : fitting);
    try {
      this.ring(await storeMails(this.source, batch.map((item) => item.mail)));
      batch.forEach((item) => item.done());
    } catch (error) {
      if (batch.length === 1) {
        batch[0]?.failed(error as Error);
        return;
      }
      // One bad row must not spoil the others: each alone, and each hears its own result.
      for (const item of batch) {
        await storeMails(this.source, [item.mail]).then((work) => (this.ring(work), item.done()), item.failed);
      }
    }
  }
}
