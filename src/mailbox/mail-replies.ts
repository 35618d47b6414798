import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { SYSTEM, type Actor } from '../audit/actor';
import { AddressTokens } from '../auth/address-tokens.service';
import { valuesOf, type Mail } from '../core/evidence/mail';
import { readMailClaim } from '../core/evidence/mail-claim';
import { isOpen } from '../core/ticket/states';
import { EvidenceService } from '../evidence/evidence.service';
import { MessagesService } from '../evidence/messages.service';
import { TestMessagesService } from '../evidence/test-messages.service';
import { NocService } from '../noc/noc.service';
import { Clock } from '../platform/clock';
import { Transactions } from '../platform/database/transactions';
import type { Ticket } from '../tickets/ticket.entity';
import { TicketsService } from '../tickets/tickets.service';
import type { InboundMail } from './inbound-mail.entity';
import { evidenceFor, type Later } from './mail-claims';
import { MailboxService, type Ending } from './mailbox.service';
import type { SenderProof } from './sender-proof';

const MESSAGE = 50_000;

/** Where a mail belongs besides being a claim of its own. */
export type Thread = { ticket: Ticket } | { bounced: { ticketId: string | null; recipient: string } | null } | { test: { ticketId: string | null } } | 'dead' | null;

/** Brings answers to their tickets. A token or a thread routes; only a proven participant speaks as the customer (T26, T27). */
@Injectable()
export class MailReplies {
  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly tokens: AddressTokens,
    private readonly tickets: TicketsService,
    private readonly evidence: EvidenceService,
    private readonly messages: MessagesService,
    private readonly noc: NocService,
    private readonly mailbox: MailboxService,
    private readonly testMessages: TestMessagesService,
  ) {}

  /** By our own address first, then by the mails we sent. Never by a number in the subject. */
  async thread(row: InboundMail, mail: Mail): Promise<Thread> {
    const addresses = [...(row.recipient ?? '').split(','), ...mail.to, ...['delivered-to', 'x-original-to', 'envelope-to'].flatMap((name) => valuesOf(mail, name))];
    const read = addresses.map((address) => this.tokens.read(address.replace(/[<>]/g, ''), this.clock.now())).filter((found) => found !== null);
    const alive = read.find((found) => found !== 'dead');
    if (alive?.box === 'bounce') {
      return { bounced: await this.sent(alive.name) };
    }
    if (alive?.box === 'test') {
      const test = await this.testMessages.address(alive.name);
      return test ? { test } : 'dead';
    }
    if (alive) {
      const ticket = await this.tickets.find(alive.name).catch(() => null);
      return ticket ? { ticket } : 'dead';
    }
    if (read.length > 0) {
      return 'dead';
    }
    const [row_] = mail.answers.length > 0
      ? ((await this.source.query('select ticket_id as id from mail_delivery where message_id = any($1) and ticket_id is not null limit 1', [mail.answers])) as { id: string }[])
      : [];
    return row_ ? { ticket: await this.tickets.find(row_.id) } : null;
  }

  /** Puts an answer on its ticket: as the customer's, with its evidence, or as an unverified note that no customer sees. */
  async take(row: InboundMail, mail: Mail, ticket: Ticket, proof: SenderProof): Promise<Ending | Later> {
    const from = mail.from.length === 1 ? (mail.from[0] ?? '') : '';
    const accounts = from === '' || proof === 'unproven' ? null : await this.noc.accountsByEmail(from);
    if (accounts && !accounts.ok) {
      return { later: `NOC: ${accounts.error}` };
    }
    const verified = accounts?.value.some((account) => account.id === ticket.accountId) ?? false;
    const by: Actor = { kind: 'customer', id: verified ? ticket.accountId : null, name: from || 'unknown sender' };
    if (verified && isOpen(ticket.state)) {
      await this.supply(mail, ticket, by);
    }
    const ending: Ending = { state: 'reply', reason: verified ? null : 'unverified', ticketId: ticket.id };
    await this.transactions.run(async (tx) => {
      await this.messages.add(ticket.id, by, textOf(mail), { channel: 'mail', verified, internal: !verified }, tx);
      await this.mailbox.settle(row.id, ending, tx);
    });
    return ending;
  }

  /** A bounce tells staff on the ticket; it changes no state and nobody is answered. */
  async bounced(row: InboundMail, mail: Mail, sent: { ticketId: string | null; recipient: string } | null, reason: string): Promise<Ending> {
    const ending: Ending = { state: 'bounce', reason, ticketId: sent?.ticketId ?? null };
    await this.transactions.run(async (tx) => {
      if (sent?.ticketId) {
        await this.messages.add(sent.ticketId, SYSTEM, `A mail to ${sent.recipient} came back: ${mail.subject || 'without a subject'}`, { channel: 'mail', internal: true }, tx);
      }
      await this.mailbox.settle(row.id, ending, tx);
    });
    return ending;
  }

  /** While the ticket waits for the customer, the words themselves are what was asked for; else only what is evidence by itself. */
  private async supply(mail: Mail, ticket: Ticket, by: Actor): Promise<void> {
    const { explanation, remediation, blockTime, ...found } = evidenceFor(ticket.claim, readMailClaim(mail, this.clock.now()));
    const words = ticket.state === 'awaiting_evidence' ? { ...(explanation ? { explanation } : {}), ...(remediation ? { remediation } : {}), ...(blockTime ? { blockTime } : {}) } : {};
    if (Object.keys({ ...found, ...words }).length > 0) {
      await this.evidence.supply(ticket.id, { ...found, ...words }, by, 'mail');
    }
  }

  private async sent(name: string): Promise<{ ticketId: string | null; recipient: string } | null> {
    const id = /^[0-9a-f]{32}$/.test(name) ? name.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : null;
    const [row] = id ? ((await this.source.query('select ticket_id as "ticketId", recipient from mail_delivery where id = $1', [id])) as { ticketId: string | null; recipient: string }[]) : [];
    return row ?? null;
  }
}

/** The whole text; what is longer than a message may be stays in the stored mail, and says so. */
function textOf(mail: Mail): string {
  const text = mail.text.trim() || '(no text)';
  return text.length <= MESSAGE ? text : `${text.slice(0, MESSAGE - 60)}\n[… the rest is in the stored mail]`;
}
