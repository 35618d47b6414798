import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { SYSTEM, type Actor } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import { OutboxService } from '../outbox/outbox.service';
import { Transactions } from '../platform/database/transactions';

/** An address to which no mail goes until staff lift the stop. */
export interface MailStop {
  id: string;
  address: string;
  status: string | null;
  says: string;
  since: Date;
  /** reference of the ticket that its mail was about */
  ref: string | null;
  deliveryId: string | null;
}

/**
 * Refusals that are about the mailbox (RFC 3463 §3.2, §3.3): no such user, no such host, disabled. Others (policy, our own relay) end the
 * mail but say nothing of the address.
 */
const NO_SUCH_MAILBOX = /\b5\.(?:1\.(?:0|1|2|3|6|10)|2\.1)\b|\b55[0-3]\b.{0,200}\b(?:no such (?:user|recipient|mailbox|person)|(?:user|recipient|mailbox|address) (?:unknown|not found|unavailable|disabled)|unknown (?:user|recipient|mailbox)|does not exist|doesn.t exist|account .{0,40}disabled)/is;

/** To whom no mail goes any more, since one came back for good. The only writer of mail_stop. */
@Injectable()
export class MailStops {
  constructor(
    private readonly source: DataSource,
    private readonly transactions: Transactions,
    private readonly outbox: OutboxService,
    private readonly audit: AuditService,
  ) {}

  /** A mail server refused the recipient to our face. */
  async refused(deliveryId: string, recipient: string, answer: string): Promise<void> {
    if (NO_SUCH_MAILBOX.test(answer)) {
      await this.stop(deliveryId, recipient, { status: /\b5\.\d{1,3}\.\d{1,3}\b/.exec(answer)?.[0] ?? null, says: answer });
    }
  }

  /** Stops mail to the recipient of a mail of ours, once; the ticket's history and the NOC hear of it. */
  async stop(deliveryId: string, recipient: string, why: { status: string | null; says: string }): Promise<void> {
    await this.transactions.run(async (tx) => {
      const id = randomUUID();
      const [made] = (await tx.query(
        `insert into mail_stop (id, address, delivery_id, ticket_id, status, says) select $1, lower($2), d.id, d.ticket_id, $4, left($5, 500) from mail_delivery d where d.id = $3
         on conflict (address) where lifted_at is null do nothing returning ticket_id as "ticketId", (select t.state from ticket t where t.id = ticket_id) as state`,
        [id, recipient, deliveryId, why.status, why.says],
      )) as { ticketId: string | null; state: string | null }[];
      if (made) {
        const event = made.ticketId ? randomUUID() : null;
        await this.audit.record(tx, {
          ticketId: made.ticketId, event: 'mail_stopped', by: SYSTEM, detail: { stop: id, delivery: deliveryId, status: why.status, ...(made.state ? { state: made.state } : {}) },
          ...(event ? { tells: { 'mail.undeliverable': event } } : {}),
        });
        await this.outbox.add(tx, event ? [{ id: event, job: 'tell-noc', ticketId: made.ticketId, refId: id, what: 'mail.undeliverable' }] : []);
      }
    });
  }

  /** Lets mail go there again. False when somebody else did. */
  async lift(id: string, by: Actor): Promise<boolean> {
    return this.transactions.run(async (tx) => {
      const [rows] = (await tx.query('update mail_stop set lifted_at = now(), lifted_by = $2 where id = $1 and lifted_at is null returning ticket_id as "ticketId"', [id, by.name])) as [{ ticketId: string | null }[], number];
      if (rows[0]) {
        await this.audit.record(tx, { ticketId: rows[0].ticketId, event: 'mail_stop_lifted', by, detail: { stop: id } });
      }
      return rows.length === 1;
    });
  }

  /** All that stand, newest first. */
  async standing(): Promise<MailStop[]> {
    return (await this.source.query(
      `select s.id, s.address, s.status, s.says, s.since, t.ref, s.delivery_id as "deliveryId" from mail_stop s left join ticket t on t.id = s.ticket_id
       where s.lifted_at is null order by s.since desc limit 100`,
    )) as MailStop[];
  }
}
