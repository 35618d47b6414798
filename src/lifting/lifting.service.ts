import { Injectable } from '@nestjs/common';
import { liftAllowed } from '../core/policy/lift-allowed';
import { ownership } from '../core/policy/owns-address';
import { backoff, planLift, STRIKES, type LiftPlan, type LiftProgress } from '../core/ticket/lift-plan';
import type { Block } from '../core/ticket/block';
import type { NocAnswer, NocFailure } from '../noc/noc.driver';
import { NocService } from '../noc/noc.service';
import type { HandlerResult } from '../outbox/handles';
import { crashPoint } from '../platform/crash-points';
import { ExceptionsService } from './exceptions.service';
import { LiftEnds } from './lift-ends';
import { LiftWaits } from './lift-waits';
import type { Lift } from './lift.entity';
import { LEASE_SECONDS, Lifts, type Subject } from './lifts';
import { isFresh, Looks, type Look, type Said } from './looks';

/** An order may take ten seconds; a worker that has hardly more of its lease left does not send it (F10). */
const ORDER_SECONDS = 10.5;
const SKIPPED = 'skipped' as const;
const UNIQUE = '23505';

type Carrier = 'order' | 'read';

/**
 * Carries a lift through. Every step begins by reading the NOC and is stored before the next one; the order is stored as
 * requested before it is sent, so that a crash at any point leaves a lift that is resolved by reading.
 */
@Injectable()
export class LiftingService {
  constructor(
    private readonly lifts: Lifts,
    private readonly ends: LiftEnds,
    private readonly noc: NocService,
    private readonly waits: LiftWaits,
    private readonly exceptions: ExceptionsService,
    private readonly looks: Looks,
  ) {}

  /**
   * One step of the lift of a ticket until the NOC has accepted it. Idempotent, like `readBack`: it takes everything as it stands now.
   * @param seen what was read a moment ago, for a lift that nobody had begun
   */
  async order(ticketId: string, decisionId: string | null, seen?: Look | null): Promise<HandlerResult> {
    return seen && isFresh(seen) ? this.step(seen.subject, null, 'order', seen.said) : this.advance(await this.lifts.subject(ticketId, decisionId), 'order');
  }

  /** One step of a lift that the NOC has accepted. */
  async readBack(liftId: string): Promise<HandlerResult> {
    return this.advance(await this.lifts.accepted(liftId), 'read');
  }

  private async advance(subject: Subject | null, carrier: Carrier): Promise<HandlerResult> {
    if (!subject) {
      return SKIPPED;
    }
    const allowed = liftAllowed(subject);
    if (allowed === 'not_yet') {
      return { retryAt: subject.undoUntil, why: 'the decision can still be undone' };
    }
    const lift = subject.liftId ? await this.lifts.take(subject.liftId) : null;
    if (subject.liftId && !lift) {
      return this.waits.later(2, 'another worker is at this lift');
    }
    if (allowed === 'no') {
      await this.ends.abandon(lift);
      return SKIPPED;
    }
    return this.step(subject, lift, carrier, await this.looks.said(subject.ip));
  }

  private async step(subject: Subject, lift: Lift | null, carrier: Carrier, [holder, blocks]: Said): Promise<HandlerResult> {
    if (!holder.ok) {
      return this.waits.trouble(subject, lift, holder);
    }
    const owns = ownership(subject.accountId, holder.value);
    if (!blocks.ok && blocks.error === 'not_offered') {
      return this.ends.fail(subject, lift, 'refused', undefined, blocks.detail);
    }
    // A stranger's address may not be listed at all: then ownership says enough.
    if (!blocks.ok && owns !== 'stranger') {
      return this.waits.trouble(subject, lift, blocks);
    }
    const listed = blocks.ok ? blocks.value : [];
    if (carrier === 'read') {
      crashPoint('lift.read');
    }
    const refused = lift?.acceptedAt ? await this.noc.refusedLater(lift.id) : null;
    if (lift && refused) {
      return this.heard(subject, lift, refused);
    }
    return this.follow(planLift(subject, this.progress(lift), { ownership: owns, blocks: listed }), subject, lift, listed, carrier);
  }

  private async follow(plan: LiftPlan, subject: Subject, lift: Lift | null, blocks: Block[], carrier: Carrier): Promise<HandlerResult> {
    switch (plan.do) {
      case 'order':
        return this.send(subject, lift);
      case 'wait':
        return this.waits.wait(subject, lift, carrier);
      case 'confirm':
        return this.ends.confirm(subject, lift, blocks, plan.alreadyGone);
      case 'close_as_stranger':
        return this.ends.notOwner(subject, lift);
      case 'fail':
        return this.ends.fail(subject, lift, plan.reason, plan.since);
    }
  }

  private async send(subject: Subject, known: Lift | null): Promise<HandlerResult> {
    const held = await this.waits.ladder(subject, known);
    if (held) {
      return held;
    }
    const waitsFor = await this.exceptions.before(subject);
    if (waitsFor) {
      return known ? this.waits.again(known, waitsFor.seconds, waitsFor.why, {}) : this.waits.later(waitsFor.seconds, waitsFor.why);
    }
    const sendBefore = performance.now() + (LEASE_SECONDS - ORDER_SECONDS) * 1000;
    const lift = await this.permit(subject, known);
    if (lift === 'taken') {
      return this.waits.later(5, 'another lift of this block is under way');
    }
    // Stored as requested and not sent: the next step reads, finds the block standing, and sends.
    if (!lift || performance.now() > sendBefore) {
      return this.waits.later(1, 'the decision or the worker changed at the last moment');
    }
    const { ip, kind, ref, reasons } = subject;
    crashPoint('lift.before-send');
    const answer = await this.noc.lift({ ip, kind, blockedAt: subject.blockedAt.toISOString(), ticket: ref, reason: reasons.join(', '), idempotencyKey: lift.id });
    crashPoint('lift.replied');
    return this.heard(subject, lift, answer);
  }

  private async permit(subject: Subject, known: Lift | null): Promise<Lift | 'taken' | null> {
    try {
      return await this.lifts.request(subject, known);
    } catch (error) {
      if ((error as { code?: string }).code === UNIQUE) {
        return 'taken';
      }
      throw error;
    }
  }

  private async heard(subject: Subject, lift: Lift, answer: NocAnswer<'unblocking' | 'unblocked'>): Promise<HandlerResult> {
    if (answer.ok) {
      return this.ends.accepted(lift, answer.value);
    }
    switch (answer.error) {
      case 'too_early':
        return this.waits.tooEarly(subject, lift, answer.retryAfterSeconds ?? 0);
      case 'newer_block':
        return this.ends.fail(subject, lift, 'newer_block', answer.blockedAt);
      case 'not_owner':
        return this.disowned(subject, lift, answer);
      case 'refused':
      case 'not_offered':
        return this.ends.fail(subject, lift, 'refused', undefined, answer.detail);
      case 'busy':
        return this.waits.trouble(subject, lift, answer);
      case 'timeout':
      case 'unreachable':
      case 'failed':
      case 'nonsense':
        return this.waits.trouble(subject, lift, answer, true);
      case 'not_found': {
        // It lists the block and knows nothing of it when it is to go: a few tries, and one more reading decides.
        const strikes = lift.strikes + 1;
        const seconds = strikes < STRIKES ? backoff(strikes - 1, 1, 30, Math.random()) : 1;
        return this.waits.again(lift, seconds, answer.detail, { state: 'unknown', strikes, lastAnswer: answer.detail });
      }
    }
  }

  /** The NOC has just said whose the address is, and now says otherwise. Who is right is asked once more. */
  private async disowned(subject: Subject, lift: Lift, answer: NocFailure): Promise<HandlerResult> {
    const owns = await this.noc.owns(subject.accountId, subject.ip);
    return owns.ok && !owns.value ? this.ends.notOwner(subject, lift) : this.ends.fail(subject, lift, 'refused', undefined, answer.detail);
  }

  private progress(lift: Lift | null): LiftProgress {
    return lift
      ? { state: lift.state, accepted: lift.acceptedAt !== null, strikes: this.waits.isTired(lift) ? STRIKES : lift.strikes, reads: lift.reads }
      : { state: 'scheduled', accepted: false, strikes: 0, reads: 0 };
  }
}
