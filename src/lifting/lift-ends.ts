import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { SYSTEM } from '../audit/actor';
import type { Block } from '../core/ticket/block';
import { isEpisode, type LiftFailure } from '../core/ticket/lift-plan';
import { liftFailedWords } from '../core/ticket/lift-words';
import { BlockService } from '../noc/block.service';
import type { HandlerResult } from '../outbox/handles';
import { OutboxService } from '../outbox/outbox.service';
import { Sweep } from '../outbox/sweep';
import { Clock } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import { Transactions } from '../platform/database/transactions';
import { RulebookService } from '../tickets/rulebook.service';
import type { Ticket } from '../tickets/ticket.entity';
import { TicketsService } from '../tickets/tickets.service';
import type { Lift } from './lift.entity';
import { Lifts, type LiftChanges, type Subject } from './lifts';
import { WatchService } from './watch.service';

/** The answer of a NOC that has just accepted a lift is worth a first look after so long. In milliseconds. */
const FIRST_LOOK_MS = 400;
const UNIQUE = '23505';

/** How a lift goes on or ends: row, ticket, audit and work in one transaction, and only for the worker that still has the lift. */
@Injectable()
export class LiftEnds {
  constructor(
    private readonly lifts: Lifts,
    private readonly blocks: BlockService,
    private readonly watch: WatchService,
    private readonly tickets: TicketsService,
    private readonly outbox: OutboxService,
    private readonly sweep: Sweep,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    private readonly rulebook: RulebookService,
  ) {}

  /** The NOC said that it lifts. From now on it is only read. */
  async accepted(lift: Lift, answer: 'unblocking' | 'unblocked'): Promise<HandlerResult> {
    const now = this.clock.now();
    const dueAt = answer === 'unblocked' ? undefined : new Date(now.getTime() + FIRST_LOOK_MS);
    const reading = this.outbox.row({ job: 'read-back-lift', ticketId: lift.ticketId, refId: lift.id, dueAt });
    crashPoint('lift.accept-before-commit'); // one statement is its own transaction
    if ((await this.lifts.accept(lift, answer, now, dueAt, reading)) && !reading.due_at) {
      this.sweep.ring([reading]);
    }
    crashPoint('lift.accepted');
    return 'done';
  }

  /** The NOC does not allow it yet: the customer is told the time once. */
  async delay(lift: Lift, dueAt: Date, lastAnswer: string): Promise<HandlerResult> {
    const isNews = !lift.lastAnswer?.startsWith('too early');
    await this.transactions.run(async (tx) => {
      const mine = await this.lifts.settle(tx, lift, { state: 'scheduled', dueAt, lastAnswer, strikes: 0, troubleSince: null });
      if (mine && isNews) {
        await this.outbox.add(tx, [{ job: 'mail-customer', ticketId: lift.ticketId, what: 'lift-delayed' }]);
      }
    });
    return { retryAt: dueAt, why: lastAnswer };
  }

  /** The block is gone, says the NOC: now, and only now, the ticket is lifted. */
  async confirm(subject: Subject, lift: Lift | null, listed: Block[], alreadyGone: boolean): Promise<HandlerResult> {
    const lastAnswer = alreadyGone ? 'the block was gone before the lift was ordered' : 'unblocked';
    const ended = await this.end(subject, lift, { state: 'confirmed', confirmedAt: this.clock.now(), lastAnswer, troubleSince: null }, async (tx, confirmed, locked) => {
      await this.tickets.apply(tx, subject.ticketId, 'lift_confirmed', SYSTEM, { locked, changes: { liftFailed: null }, refId: confirmed.id, detail: { lift: confirmed.id, alreadyGone } });
      for (const block of listed.filter((b) => b.state !== 'unblocked')) {
        await this.watch.blocked(tx, block);
      }
      for (const block of [...listed, ...(listed.some((b) => isEpisode(b, subject)) ? [] : [goneBlock(subject)])]) {
        await this.blocks.keep(tx, block);
      }
      crashPoint('lift.confirm-before-commit');
    });
    crashPoint('lift.confirmed');
    return ended;
  }

  /** The address changed hands since the claim: nothing is lifted (rule 5, T12). */
  notOwner(subject: Subject, lift: Lift | null): Promise<HandlerResult> {
    return this.end(subject, lift, { state: 'failed', lastAnswer: 'the address is not the account’s any more' }, async (tx, ended, locked) => {
      await this.tickets.apply(tx, subject.ticketId, 'not_owner_found', SYSTEM, { locked, changes: { closedReason: 'not_owner' }, refId: ended.id, detail: { lift: ended.id } });
    });
  }

  /** Back to the top of the queue, with the reason. `since`: when the block that stands in the way began (RFC 3339). */
  fail(subject: Subject, lift: Lift | null, reason: LiftFailure, since?: string, answer: string | null = lift?.lastAnswer ?? null): Promise<HandlerResult> {
    const words = liftFailedWords(reason, since, answer);
    return this.end(subject, lift, { state: 'failed', lastAnswer: reason === 'newer_block' ? `newer_block, from ${since ?? 'unknown'}` : (answer ?? reason) }, async (tx, ended, locked) => {
      const { queue, priority } = await this.rulebook.route(tx, locked, { liftFailed: true });
      await this.tickets.apply(tx, subject.ticketId, 'lift_failed', SYSTEM, { locked, changes: { liftFailed: words, queue, priority }, refId: ended.id, detail: { lift: ended.id, reason, since }, said: { why: words } });
    });
  }

  /** The decision is no longer live: what was not sent is undone; what was sent is left with what we know of it. */
  async abandon(lift: Lift | null): Promise<void> {
    if (lift) {
      const sent = lift.attempts > 0;
      await this.transactions.run((tx) => this.lifts.settle(tx, lift, { state: sent ? 'failed' : 'undone', ...(sent ? { lastAnswer: 'the ticket moved on after the order was sent' } : {}) }));
    }
  }

  private async end(subject: Subject, known: Lift | null, changes: LiftChanges, move: (tx: EntityManager, lift: Lift, locked: Ticket) => Promise<void>): Promise<HandlerResult> {
    try {
      return await this.transactions.run(async (tx) => {
        const ticket = await this.tickets.find(subject.ticketId, tx, true);
        const mine = ticket.state === 'lifting' && ticket.decisionId === subject.decisionId;
        // Read before another worker made its lift: it is that one's, and a second row would tell of a lift that nobody ordered.
        if (!known && (!mine || (await this.lifts.isUnderWay(tx, subject)))) {
          return mine ? { retryAt: new Date(this.clock.now().getTime() + 1_000), why: 'another worker is at this lift' } : 'skipped';
        }
        const lift = known ?? (await this.lifts.create(tx, subject));
        if (!(await this.lifts.settle(tx, lift, changes)) || !mine) {
          return 'skipped';
        }
        await move(tx, lift, ticket);
        return 'done';
      });
    } catch (error) {
      if ((error as { code?: string }).code === UNIQUE) {
        return { retryAt: new Date(this.clock.now().getTime() + 5_000), why: 'another lift of this block is under way' };
      }
      throw error;
    }
  }
}

/** An episode that the NOC lists no more has ended. */
const goneBlock = ({ ip, kind, blockedAt, blockId }: Subject): Block => ({ ip, kind, blockedAt: blockedAt.toISOString(), state: 'unblocked', ...(blockId ? { blockId } : {}) });
