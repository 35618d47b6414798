import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '../audit/actor';
import { AuditService } from '../audit/audit.service';
import type { Mail } from '../core/evidence/mail';
import { belongsTo, type StaffFacts } from '../core/policy/staff';
import { address } from '../core/ticket/address';
import type { Account, Block, Claim } from '../core/ticket/block';
import { episode } from '../core/ticket/episode';
import { isOpen } from '../core/ticket/states';
import { EvidenceService } from '../evidence/evidence.service';
import { MessagesService } from '../evidence/messages.service';
import { NocService } from '../noc/noc.service';
import { OutboxService } from '../outbox/outbox.service';
import { Transactions } from '../platform/database/transactions';
import { Conflict, Forbidden, InvalidInput, NotFound } from '../platform/http/errors';
import { TicketsService } from '../tickets/tickets.service';
import { ClaimTickets, evidenceFor } from './claim-tickets';
import type { InboundMail } from './inbound-mail.entity';
import { MailClaims } from './mail-claims';
import { MailReader } from './mail-reader';
import { MailboxService, type Ending } from './mailbox.service';
import { Unreadable } from './unreadable';

/** A standing block that a mail can be made a ticket of, with whose it is. */
export interface Candidate {
  block: Block;
  account: Account;
}

interface Handler {
  staff: StaffFacts;
  actor: Actor;
}

const LOOKED_UP = 5;

/** What staff do with a mail that nothing came of: a ticket, a place on one, another reading, or an end with a reason. Each act has its line in the audit. */
@Injectable()
export class QuarantineService {
  constructor(
    private readonly source: DataSource,
    private readonly mailbox: MailboxService,
    private readonly reader: MailReader,
    private readonly claims: MailClaims,
    private readonly claimTickets: ClaimTickets,
    private readonly tickets: TicketsService,
    private readonly evidence: EvidenceService,
    private readonly messages: MessagesService,
    private readonly noc: NocService,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly transactions: Transactions,
  ) {}

  /** The mail with what can be read of it. @throws NotFound */
  async one(id: string): Promise<{ row: InboundMail; mail: Mail | null; ref: string | null }> {
    const row = await this.mailbox.load(id);
    if (!row) {
      throw new NotFound('There is no such mail.');
    }
    const mail = await this.reader.read(row.raw);
    const [ticket] = row.ticketId ? ((await this.source.query('select ref from ticket where id = $1', [row.ticketId])) as { ref: string }[]) : [];
    return { row, mail: mail instanceof Unreadable ? null : mail, ref: ticket?.ref ?? null };
  }

  /** Standing blocks of the addresses that a mail names, or of the one that staff asks about. What the NOC does not say is left out. */
  async candidates(row: InboundMail, asked?: string): Promise<Candidate[]> {
    const one = asked ? address(asked) : null;
    const found: Candidate[] = [];
    for (const ip of one ? [one] : (row.understood?.ips ?? []).slice(0, LOOKED_UP)) {
      const holder = await this.noc.holder(ip);
      const account = holder.ok && holder.value ? await this.noc.account(holder.value.accountId) : null;
      const blocks = account?.ok && account.value ? await this.noc.blocks(ip) : null;
      if (account?.ok && account.value && blocks?.ok) {
        const { value } = account;
        found.push(...blocks.value.filter((block) => block.state !== 'unblocked').map((block) => ({ block, account: value })));
      }
    }
    return found;
  }

  /** Makes a ticket of the mail for the account that holds the address. @returns its reference @throws InvalidInput, Forbidden for one's own account */
  async makeTicket(id: string, by: Handler, choice: { ip: string; episode: string; claim: Claim | null }): Promise<string> {
    const { row, mail } = await this.waiting(id);
    const chosen = (await this.candidates(row, choice.ip)).find(({ block }) => episode(block) === choice.episode);
    if (!chosen) {
      throw new InvalidInput([{ field: 'episode', code: 'not_blocked', message: 'That block does not stand any more, or the control panel does not answer. Look for the address again.' }]);
    }
    notOwn(by.staff, chosen.account.id);
    const claim = this.claims.claimOf(mail);
    const ticketId = await this.claimTickets.open(row, { ...claim, claim: choice.claim ?? claim.claim }, chosen.block, chosen.account);
    await this.end(row, by, { state: 'ticket', reason: 'by_staff', ticketId }, null, async (tx) => {
      await this.messages.add(ticketId, by.actor, `Made of a mail from ${row.fromAddress ?? 'no sender'}, whose sender was not proven (${row.reason ?? row.state}).`, { channel: 'mail', internal: true }, tx);
    });
    return (await this.tickets.find(ticketId)).ref;
  }

  /** Puts the mail on a ticket: as a note for the desk, or as the customer's answer with its evidence, marked as not proven. @throws InvalidInput, Forbidden */
  async putOn(id: string, by: Handler, ref: string, as: 'note' | 'answer'): Promise<string> {
    const { row, mail } = await this.waiting(id);
    const ticket = await this.tickets.find(ref).catch(() => null);
    if (!ticket) {
      throw new InvalidInput([{ field: 'ref', code: 'unknown', message: 'There is no such ticket. Give its reference, such as UB-7K3Q-92X4.' }]);
    }
    notOwn(by.staff, ticket.accountId);
    if (as === 'answer' && isOpen(ticket.state)) {
      const evidence = evidenceFor(ticket.claim, this.claims.claimOf(mail));
      if (Object.keys(evidence).length > 0) {
        await this.evidence.supply(ticket.id, evidence, by.actor, 'mail');
      }
    }
    await this.end(row, by, { state: 'reply', reason: as === 'note' ? 'unverified' : 'by_staff', ticketId: ticket.id }, null, async (tx) => {
      const sender: Actor = { kind: 'customer', id: null, name: row.fromAddress ?? 'unknown sender' };
      await this.messages.add(ticket.id, sender, mail.text.trim() || '(no text)', { channel: 'mail', verified: false, internal: as === 'note', whole: true }, tx);
    });
    return ticket.ref;
  }

  /** Ends the mail with the words of whoever did; it is kept. */
  async dismiss(id: string, by: Handler, note: string): Promise<void> {
    const row = await this.load(id);
    await this.end(row, by, { state: 'quarantined', reason: 'dismissed' }, note);
  }

  /** Has it read again, as a letter: what a machine was taken for, or what came too often, gets its chance. */
  async release(id: string, by: Handler, note: string): Promise<void> {
    const row = await this.load(id);
    await this.transactions.run(async (tx) => {
      if (!(await this.mailbox.again(tx, row.id, { name: by.actor.name, note }))) {
        throw gone(row);
      }
      await this.outbox.add(tx, [{ job: 'read-mail', ticketId: null, refId: row.id }]);
      await this.audit.record(tx, { ticketId: row.ticketId, event: 'mail_released', by: by.actor, detail: { mail: row.id, was: row.state, reason: row.reason }, said: { note } });
    });
  }

  private async end(row: InboundMail, by: Handler, ending: Ending, note: string | null, also?: (tx: Parameters<Parameters<Transactions['run']>[0]>[0]) => Promise<void>): Promise<void> {
    await this.transactions.run(async (tx) => {
      if (!(await this.mailbox.goOn(tx, row.id, ending, { name: by.actor.name, note }))) {
        throw gone(row);
      }
      await also?.(tx);
      await this.audit.record(tx, { ticketId: ending.ticketId ?? null, event: `mail_${ending.reason === 'dismissed' ? 'dismissed' : ending.state}`, by: by.actor, detail: { mail: row.id, was: row.state, reason: row.reason }, ...(note ? { said: { note } } : {}) });
    });
  }

  private async waiting(id: string): Promise<{ row: InboundMail; mail: Mail }> {
    const { row, mail } = await this.one(id);
    if (!mail || !['pending', 'quarantined'].includes(row.state)) {
      throw mail ? gone(row) : new InvalidInput([{ field: 'mail', code: 'unreadable', message: 'This mail could not be read, so nothing can be made of it. Its bytes can be downloaded.' }]);
    }
    return { row, mail };
  }

  private async load(id: string): Promise<InboundMail> {
    return (await this.one(id)).row;
  }
}

const gone = (row: InboundMail): Conflict => new Conflict('Somebody was faster: this mail does not wait any more.', { state: row.state });

function notOwn(staff: StaffFacts, accountId: string): void {
  if (belongsTo(staff, accountId)) {
    throw new Forbidden('This is about your own account: somebody else has to do it.');
  }
}
