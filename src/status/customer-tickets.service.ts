import { Inject, Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { Customer } from './customer';
import { fileName } from '../core/evidence/file-name';
import { toEvidence } from '../core/evidence/answers';
import { fixContext, fixWords } from '../core/fixes/fix-words';
import { readReference } from '../core/ticket/reference';
import { about } from '../core/ticket/state-label';
import { isOpen } from '../core/ticket/states';
import type { GivenAnswers } from '../evidence/answers.schema';
import { EvidenceService } from '../evidence/evidence.service';
import { FixesService } from '../evidence/fixes.service';
import { MessagesService } from '../evidence/messages.service';
import { NocService } from '../noc/noc.service';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import { Conflict, NotFound } from '../platform/http/errors';
import { TicketsService } from '../tickets/tickets.service';
import { WaitService } from '../tickets/wait.service';
import { MyTicketsService } from './my-tickets.service';
import { TestMessageService } from './test-message.service';
import { TicketPageQuery } from './ticket-page.query';
import type { TicketPageData } from './ticket-page.data';
import { canAppeal, type PageInput } from './ticket-page.view';


const UNIQUE = '23505';

/** What a customer may do with a ticket of their account. Every way in asks for the account first. */
@Injectable()
export class CustomerTicketsService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly transactions: Transactions,
    private readonly tickets: TicketsService,
    private readonly evidence: EvidenceService,
    private readonly messages: MessagesService,
    private readonly fixes: FixesService,
    private readonly noc: NocService,
    private readonly waits: WaitService,
    private readonly tests: TestMessageService,
    private readonly pages: TicketPageQuery,
    private readonly mineTickets: MyTicketsService,
  ) {}

  /** @throws NotFound for a reference that does not exist and for somebody else's alike */
  async page(customer: Customer, ref: string): Promise<PageInput> {
    const data = await this.mine(customer, ref);
    const { ticket } = data;
    const canTest = ticket.kind === 'spam' && (isOpen(ticket.state) || ticket.state === 'lifted');
    const [input, test, stillBlocked] = await Promise.all([
      this.input(data), canTest ? this.tests.shown(customer.account.id, ticket, data.tests) : null, ticket.state === 'lifted' ? this.mineTickets.standing(customer, ticket.ip) : [],
    ]);
    return { ...input, test, stillBlocked };
  }

  /** The ticket behind a status link. @throws NotFound for a key that never was, is over, or was taken back */
  async byStatusKey(key: string): Promise<PageInput> {
    const [row] = (await this.source.query('select ticket_id as id from status_link where key_hash = $1 and expires_at > $2 and revoked_at is null', [
      createHash('sha256').update(key).digest('hex'), this.clock.now(),
    ])) as { id: string }[];
    const data = row ? await this.pages.byId(row.id) : null;
    if (!data) {
      throw new NotFound('This status link does not exist, or it is over.');
    }
    return this.input(data);
  }

  /** Adds what was asked for. The claim may still be corrected while nothing was decided or asked by a person. */
  async supply(customer: Customer, ref: string, { answers, files }: GivenAnswers): Promise<void> {
    const { ticket, asked } = await this.mine(customer, ref);
    const correctable = ticket.state === 'awaiting_evidence' && !asked;
    const claim = correctable && answers.claim ? answers.claim : ticket.claim;
    const evidence = asked ? { ...toEvidence({ ...answers, claim: 'mistake' }, files, ticket.kind), queueInspected: undefined } : toEvidence({ ...answers, claim }, files, ticket.kind);
    await this.evidence.supply(ticket.id, evidence, customer.actor, 'form', claim);
    if (asked && answers.explanation.trim() !== '') {
      await this.messages.add(ticket.id, customer.actor, answers.explanation, { channel: 'form' });
    }
  }

  /** A message, and files with it where the ticket still takes evidence. */
  async write(customer: Customer, ref: string, text: string, files: GivenAnswers['files'], also?: AlsoKept<unknown>): Promise<void> {
    const { ticket } = await this.mine(customer, ref);
    if (text.trim() !== '' || files.length === 0) {
      // With files it is not done yet: what is added of them a second time is known by its bytes.
      await this.messages.write(ticket.id, customer.actor, text, { channel: 'form' }, files.length === 0 ? also : undefined);
    }
    if (files.length > 0) {
      const samples = files.map((file) => Buffer.from(file.bytes).toString('base64'));
      await this.evidence.supply(ticket.id, { samples, names: files.map((file) => fileName(file.name)) }, customer.actor, 'form');
    }
  }

  async reportFix(customer: Customer, ref: string, code: string, statement?: string): Promise<void> {
    const { ticket } = await this.mine(customer, ref);
    await this.fixes.report(ticket.id, code, statement, customer.actor);
  }

  async withdraw(customer: Customer, ref: string): Promise<void> {
    const { ticket } = await this.mine(customer, ref);
    await this.transactions.run((tx) => this.tickets.apply(tx, ticket.id, 'withdrawn', customer.actor, { changes: { closedReason: 'withdrawn' } }));
  }

  /** Another reviewer looks again. @throws Conflict when it is too late, or was done before */
  async appeal(customer: Customer, ref: string, statement: string, also?: AlsoKept<unknown>): Promise<void> {
    const data = await this.mine(customer, ref);
    const now = this.clock.now();
    if (!canAppeal(data, now)) {
      throw new Conflict(data.ticket.appealedAt ? 'This decision was appealed already. Another reviewer has it, or has decided.' : 'An appeal is possible within 14 days after “Not lifted”.');
    }
    await this.transactions.run(async (tx) => {
      await this.tickets.apply(tx, data.ticket.id, 'appealed', customer.actor, { changes: { appealedAt: now }, version: data.ticket.version });
      await this.messages.add(data.ticket.id, customer.actor, statement, { channel: 'form' }, tx);
    }, also);
  }

  /** An expired ticket goes on where it stopped, while the block stands and no other ticket took its place. */
  async reopen(customer: Customer, ref: string): Promise<void> {
    const { ticket } = await this.mine(customer, ref);
    if (ticket.state !== 'closed' || ticket.closedReason !== 'expired') {
      throw new Conflict('Only a ticket that was closed for want of an answer can be opened again.');
    }
    const blocks = await this.noc.blocks(ticket.ip);
    if (blocks.ok && !blocks.value.some((block) => block.state !== 'unblocked' && Math.floor(Date.parse(block.blockedAt) / 1000) === Math.floor(ticket.blockedAt.getTime() / 1000))) {
      throw new Conflict('This block is gone, so there is nothing to lift. A newer block needs a new claim.');
    }
    try {
      await this.transactions.run(async (tx) => {
        await this.tickets.apply(tx, ticket.id, 'reopened', customer.actor, { changes: { closedReason: null } });
        await this.tickets.apply(tx, ticket.id, ticket.missing.length > 0 ? 'evidence_missing' : 'evidence_complete', customer.actor);
      });
    } catch (error) {
      if ((error as { code?: string }).code === UNIQUE) {
        throw new Conflict('Another ticket of yours deals with this block already.');
      }
      throw error;
    }
  }

  private async mine(customer: Customer, ref: string): Promise<TicketPageData> {
    const read = readReference(ref);
    const data = read ? await this.pages.owned(read, customer.account.id, customer.account.email) : null;
    if (!data) {
      throw new NotFound('There is no such ticket in your account, or it is not shown to you.');
    }
    return data;
  }

  private async input(data: TicketPageData): Promise<PageInput> {
    const context = fixContext(data.ticket.ip, data.parts.analysis);
    return { data, fixTexts: ({ code }) => fixWords(code, context), now: this.clock.now(), watchHours: this.config.WATCH_HOURS, expireDays: this.config.EXPIRE_DAYS, fixDays: this.config.FIX_DAYS, wait: await this.wait(data) };
  }

  /** What it took for others lately; until there are enough of them, what we promised. */
  private async wait({ ticket }: TicketPageData): Promise<string | null> {
    const promised = ticket.dueAt ? (ticket.dueAt.getTime() - this.clock.now().getTime()) / 60_000 : 0;
    return (await this.waits.about(ticket.kind)) ?? (promised > 0 ? about(promised) : null);
  }
}
