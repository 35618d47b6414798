import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '../audit/actor';
import { AddressTokens } from '../auth/address-tokens.service';
import { valuesOf, type Mail } from '../core/evidence/mail';
import { isOpen } from '../core/ticket/states';
import { EvidenceService } from '../evidence/evidence.service';
import { MessagesService } from '../evidence/messages.service';
import { TestMessagesService } from '../evidence/test-messages.service';
import { NocService } from '../noc/noc.service';
import { Clock } from '../platform/clock';
import { Transactions } from '../platform/database/transactions';
import type { Ticket } from '../tickets/ticket.entity';
import { TicketsService } from '../tickets/tickets.service';
import { evidenceFor } from './claim-tickets';
import type { InboundMail } from './inbound-mail.entity';
import { MailClaims, type Later } from './mail-claims';
import { MailboxService, type Ending } from './mailbox.service';
import type { SenderProof } from './sender-proof';

/** A mail of ours that came back. */
export interface SentMail {
  id: string;
  ticketId: string | null;
  recipient: string;
}

/**
 * Where a mail belongs besides being a claim of its own. `sure`: an address that only we can make, or a mail that we sent, says so; what
 * merely answers a mail that we received counts only for a participant. `question`: it answers what we asked about that mail.
 */
export type Thread = { ticket: Ticket; sure: boolean } | { question: string } | { bounced: SentMail | null } | { test: { ticketId: string | null } } | 'dead' | null;

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
    private readonly claims: MailClaims,
  ) {}

  /** By our own address first, then by the mails we sent, then by those we received. Never by a number in the subject. */
  async thread(row: InboundMail, mail: Mail): Promise<Thread> {
    const addresses = [...(row.recipient ?? '').split(','), ...mail.to, ...['delivered-to', 'x-original-to', 'envelope-to'].flatMap((name) => valuesOf(mail, name))];
    const read = addresses.map((address) => this.tokens.read(address.replace(/[<>]/g, ''), this.clock.now())).filter((found) => found !== null);
    const alive = read.find((found) => found !== 'dead');
    if (alive?.box === 'bounce') {
      return { bounced: await this.sent(uuidOf(alive.name)) };
    }
    if (alive?.box === 'test') {
      const test = await this.testMessages.address(alive.name);
      return test ? { test } : 'dead';
    }
    const question = alive ? uuidOf(alive.name.replace(/^m(?=[0-9a-f]{32}$)/, '')) : null;
    if (alive) {
      const ticket = question ? null : await this.tickets.find(alive.name).catch(() => null);
      return question ? { question } : ticket ? { ticket, sure: true } : 'dead';
    }
    return read.length > 0 ? 'dead' : this.answered(mail);
  }

  private async answered(mail: Mail): Promise<Thread> {
    if (mail.answers.length === 0) {
      return null;
    }
    const [ours] = (await this.source.query(
      `select d.ticket_id as "ticketId", o.ref_id as "askedAbout", d.template from mail_delivery d left join outbox_message o on o.id = d.outbox_id
       where d.message_id = any($1) order by array_position($1, d.message_id) limit 1`, [mail.answers],
    )) as { ticketId: string | null; askedAbout: string | null; template: string }[];
    if (ours) {
      return ours.ticketId ? { ticket: await this.tickets.find(ours.ticketId), sure: true } : ours.template === 'mail-question' && ours.askedAbout ? { question: ours.askedAbout } : null;
    }
    const [theirs] = (await this.source.query(
      'select ticket_id as "ticketId" from inbound_mail where message_id = any($1) and ticket_id is not null order by array_position($1, message_id), received_at limit 1', [mail.answers],
    )) as { ticketId: string }[];
    return theirs ? { ticket: await this.tickets.find(theirs.ticketId), sure: false } : null;
  }

  /**
   * Puts an answer on its ticket: as the customer's, with its evidence, or as an unverified note that no customer sees. Null when it only
   * answers a mail that somebody sent us, and its sender has no part in that ticket: then it speaks for itself (T35).
   */
  async take(row: InboundMail, mail: Mail, { ticket, sure }: { ticket: Ticket; sure: boolean }, proof: SenderProof): Promise<Ending | Later | null> {
    const from = mail.from.length === 1 ? (mail.from[0] ?? '') : '';
    const accounts = from === '' || proof === 'unproven' ? null : await this.noc.accountsByEmail(from);
    if (accounts && !accounts.ok) {
      return { later: `NOC: ${accounts.error}` };
    }
    const verified = accounts?.value.some((account) => account.id === ticket.accountId) ?? false;
    if (!verified && !sure) {
      return null;
    }
    const by: Actor = { kind: 'customer', id: verified ? ticket.accountId : null, name: from || 'unknown sender' };
    if (verified && isOpen(ticket.state)) {
      await this.supply(mail, ticket, by);
    }
    const ending: Ending = { state: 'reply', reason: verified ? null : 'unverified', ticketId: ticket.id };
    await this.transactions.run(async (tx) => {
      // Never cut: what somebody wrote is evidence. Views fold what is quoted.
      await this.messages.add(ticket.id, by, mail.text.trim() || '(no text)', { channel: 'mail', verified, internal: !verified, whole: true }, tx);
      await this.mailbox.settle(row, ending, tx);
    });
    return ending;
  }

  /** While the ticket waits for the customer, the words themselves are what was asked for; else only what is evidence by itself. */
  private async supply(mail: Mail, ticket: Ticket, by: Actor): Promise<void> {
    const { explanation, remediation, blockTime, ...found } = evidenceFor(ticket.claim, this.claims.claimOf(mail));
    const words = ticket.state === 'awaiting_evidence' ? { ...(explanation ? { explanation } : {}), ...(remediation ? { remediation } : {}), ...(blockTime ? { blockTime } : {}) } : {};
    if (Object.keys({ ...found, ...words }).length > 0) {
      await this.evidence.supply(ticket.id, { ...found, ...words }, by, 'mail');
    }
  }

  private async sent(id: string | null): Promise<SentMail | null> {
    const [row] = id ? ((await this.source.query('select id, ticket_id as "ticketId", recipient from mail_delivery where id = $1', [id])) as SentMail[]) : [];
    return row ?? null;
  }
}

/** 32 hex digits as a UUID, else null. */
const uuidOf = (name: string): string | null => (/^[0-9a-f]{32}$/.test(name) ? name.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : null);
