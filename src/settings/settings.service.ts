import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service';
import { ApiKeysService } from '../auth/api-keys.service';
import { actorOf, type Staff } from '../auth/principal';
import { OutboxService } from '../outbox/outbox.service';
import { Transactions } from '../platform/database/transactions';


/** What leads and admins may change, each with its audit line. */
@Injectable()
export class SettingsService {
  constructor(
    private readonly transactions: Transactions,
    private readonly keys: ApiKeysService,
    private readonly outbox: OutboxService,
    private readonly audit: AuditService,
  ) {}

  /** Withdraws a key; one that is withdrawn already stays so, without another line. @throws NotFound */
  async disableKey(id: string, by: Staff): Promise<void> {
    await this.transactions.run(async (tx) => {
      const disabled = await this.keys.disable(tx, id);
      if (disabled) {
        await this.audit.record(tx, { ticketId: null, event: 'api_key_disabled', by: actorOf(by), detail: { key: id, name: disabled.name, scope: disabled.scope } });
      }
    });
  }

  /** Lets parked work be tried again. False when it is not parked (any more). */
  async retry(id: string, by: Staff): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      const row = await this.outbox.retry(tx, id);
      if (row) {
        await this.audit.record(tx, { ticketId: row.ticketId, event: 'job_retried', by: actorOf(by), detail: { job: row.job, row: id } });
      }
      return row !== null;
    });
  }
}
