import { Injectable } from '@nestjs/common';
import { SYSTEM } from '../audit/actor';
import { isOpen } from '../core/ticket/states';
import { NocService, OPENING_MS } from '../noc/noc.service';
import { Handles, type HandlerResult } from '../outbox/handles';
import type { OutboxMessage } from '../outbox/outbox-message.entity';
import { Transactions } from '../platform/database/transactions';
import { TicketsService } from '../tickets/tickets.service';

/** How long to wait before the NOC is asked again, in milliseconds, by the number of tries. */
const again = (attempts: number): number => Math.min(10 * 60_000, 2000 * 2 ** attempts);

/** Right after a ticket opens: is the address the account's? A stranger's ticket closes and tells nothing (rule 5). */
@Injectable()
export class CheckOwnerHandler {
  constructor(
    private readonly noc: NocService,
    private readonly transactions: Transactions,
    private readonly tickets: TicketsService,
  ) {}

  @Handles('check-owner')
  async check(row: OutboxMessage): Promise<HandlerResult> {
    const ticket = await this.tickets.find(row.ticketId ?? '');
    if (!isOpen(ticket.state)) {
      return 'skipped';
    }
    const owns = await this.noc.owns(ticket.accountId, ticket.ip, OPENING_MS);
    if (!owns.ok) {
      // An error of the NOC is "unknown", never "not yours".
      return { retryInMs: again(row.attempts), why: `ownership: ${owns.error}` };
    }
    if (owns.value) {
      // What happened on this address before is asked on the way; that nobody answers holds nothing up.
      await this.noc.refresh(ticket.ip, OPENING_MS);
      return 'done';
    }
    await this.transactions.run(async (tx) => {
      const now = await this.tickets.find(ticket.id, tx);
      if (isOpen(now.state)) {
        await this.tickets.apply(tx, ticket.id, 'not_owner_found', SYSTEM, { changes: { closedReason: 'not_owner' } });
      }
    });
    return 'done';
  }
}
