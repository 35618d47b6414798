import { Inject, Injectable } from '@nestjs/common';
import { earliestLift } from '../core/policy/repeat-ladder';
import { backoff } from '../core/ticket/lift-plan';
import type { NocFailure } from '../noc/noc.driver';
import { NocService } from '../noc/noc.service';
import type { HandlerResult } from '../outbox/handles';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions } from '../platform/database/transactions';
import { LiftEnds } from './lift-ends';
import type { Lift } from './lift.entity';
import { Lifts, type LiftChanges, type Subject } from './lifts';

/** A NOC that gives no usable answer for so long: then a person gets the ticket. */
const GIVE_UP_MS = 2 * 3_600_000;
/** However long a NOC in trouble asks to be left alone, it is asked again after this: its customer waits. */
const LONGEST_PAUSE_SECONDS = 1_800;
/** A "too early" further away than this is for a person to know, not for a job to wait for. */
const FAR_AWAY_SECONDS = 7 * 86_400;
/** How often a lift is read that a person carries out. */
const BY_HAND_SECONDS = 600;
const UNIQUE = '23505';

/** How long a lift waits for what: the NOC's word, its trouble, a person's hand. Nothing here orders anything. */
@Injectable()
export class LiftWaits {
  constructor(
    private readonly lifts: Lifts,
    private readonly ends: LiftEnds,
    private readonly noc: NocService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  /** An address that is blocked again and again is lifted later each time (rule 13): null when nothing holds this lift. */
  async ladder(subject: Subject, known: Lift | null): Promise<HandlerResult | null> {
    const from = earliestLift(subject, this.config.REPEAT_WAIT_HOURS);
    if (!from || from <= this.clock.now()) {
      return null;
    }
    const lift = known ?? (await this.begin(subject));
    return lift ? this.ends.delay(lift, from, `too early: allowed from ${from.toISOString()}, because it is block no. ${subject.repeats + 1} within 30 days`) : this.later(5, 'another lift of this block is under way');
  }

  async tooEarly(subject: Subject, lift: Lift, seconds: number): Promise<HandlerResult> {
    const allowedAt = this.in(seconds);
    if (seconds > FAR_AWAY_SECONDS) {
      return this.ends.fail(subject, lift, 'too_far_away', allowedAt.toISOString());
    }
    // A moment later than allowed, and not all at the same moment (F17).
    const dueAt = this.in(seconds + 1 + Math.random() * Math.min(10, seconds / 10));
    return this.ends.delay(lift, dueAt, `too early: allowed from ${allowedAt.toISOString()}`);
  }

  /**
   * Unusable answers are "unknown": nothing is ordered, nothing concluded; asked again, less and less often (F18).
   * @param sent what failed was the order itself: it may have worked all the same, so only a reading ends it
   */
  async trouble(subject: Subject, lift: Lift | null, failure: NocFailure, sent = false): Promise<HandlerResult> {
    if (lift && !sent && this.isTired(lift)) {
      return this.ends.fail(subject, lift, 'no_answer', undefined, failure.detail);
    }
    const held = lift ?? (await this.begin(subject));
    if (!held) {
      return this.later(5, 'another lift of this block is under way');
    }
    const since = held.troubleSince ?? this.clock.now();
    const tries = Math.floor(Math.log2(1 + (this.clock.now().getTime() - since.getTime()) / 1000));
    const asked = Math.min(failure.retryAfterSeconds ?? 0, LONGEST_PAUSE_SECONDS);
    const seconds = Math.max(asked * (1 + Math.random() / 10), backoff(tries, 1, 120, Math.random()));
    // What was sent and not answered stays unknown; what was refused as busy was not done.
    const state = held.acceptedAt ? 'unblocking' : sent || held.state !== 'scheduled' ? 'unknown' : 'scheduled';
    return this.again(held, seconds, failure.detail, { state, troubleSince: since, lastAnswer: failure.detail });
  }

  /** The NOC has been in trouble for so long that a person has to look, unless this reading ends the lift. */
  isTired(lift: Lift): boolean {
    return lift.troubleSince !== null && this.clock.now().getTime() - lift.troubleSince.getTime() > GIVE_UP_MS;
  }

  async wait(subject: Subject, known: Lift | null, carrier: 'order' | 'read'): Promise<HandlerResult> {
    const lift = known ?? (await this.begin(subject));
    if (!lift) {
      return this.later(5, 'another lift of this block is under way');
    }
    if (carrier === 'order') {
      return this.ends.accepted(lift, 'unblocking');
    }
    if (this.noc.byHand) {
      // It is read at once when the person is through; this look only finds what was told in another way.
      return this.again(lift, BY_HAND_SECONDS, 'waits for a person to lift it in the control panel', { state: 'unblocking', troubleSince: null });
    }
    return this.again(lift, backoff(Math.floor(lift.reads / 4), 0.5, 60, Math.random()), 'the NOC is unblocking', { state: 'unblocking', reads: lift.reads + 1, troubleSince: null });
  }

  async again(lift: Lift, seconds: number, why: string, changes: LiftChanges): Promise<HandlerResult> {
    const dueAt = this.in(seconds);
    await this.transactions.run((tx) => this.lifts.settle(tx, lift, { ...changes, dueAt }));
    return { retryAt: dueAt, why };
  }

  later(seconds: number, why: string): HandlerResult {
    return { retryAt: this.in(seconds), why };
  }

  private begin(subject: Subject): Promise<Lift | null> {
    return this.transactions.run((tx) => this.lifts.create(tx, subject)).catch((error: { code?: string }) => {
      if (error.code === UNIQUE) {
        return null;
      }
      throw error;
    });
  }

  private in(seconds: number): Date {
    return new Date(this.clock.now().getTime() + seconds * 1000);
  }
}
