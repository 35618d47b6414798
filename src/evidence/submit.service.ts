import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { Actor } from '../audit/actor';
import type { Evidence } from '../core/evidence/evidence';
import { missingEvidence } from '../core/evidence/missing-evidence';
import type { Account, Block, Claim, Rejection } from '../core/ticket/block';
import { episode } from '../core/ticket/episode';
import { reference } from '../core/ticket/reference';
import { FINAL_STATES } from '../core/ticket/states';
import { Clock } from '../platform/clock';
import { crashPoint } from '../platform/crash-points';
import type { AlsoKept } from '../platform/database/transactions';
import { Conflict, InvalidInput } from '../platform/http/errors';
import { newId } from '../platform/uuid';
import type { Channel, Ticket } from '../tickets/ticket.entity';
import { TicketsService } from '../tickets/tickets.service';
import { EvidenceService } from './evidence.service';
import { evidenceRows, type EvidenceRow } from './evidence-rows';
import type { Idempotent } from './idempotency';
import { JustOpened } from './just-opened.service';

export interface Submission {
  claim: Claim;
  channel: Channel;
  block: Block;
  account: Account;
  evidence?: Evidence;
  statement?: string;
  rejection?: Rejection;
  externalRef?: string;
  /** the NOC said a moment ago that the address is the account's */
  owned?: boolean;
}

export interface Submitted {
  ticket: Ticket;
  /** false: it joined a ticket that was open for this episode (rule 1) */
  isNew: boolean;
}

/** Runs what joins a ticket, with what is kept together with that; null when there was none to join. */
export type Once = (join: (also?: AlsoKept<Ticket>) => Promise<Ticket | null>) => Promise<Ticket | null>;

/** Up to five minutes ahead of our clock is a clock that is a little fast; more is a mistake. */
const AHEAD_MS = 5 * 60_000;
const UNIQUE = '23505';
/** From a UUID: Node keeps a store of random bytes for these, while each randomBytes() asks the system again. */
const fiveRandomBytes = (): Buffer => Buffer.from(randomUUID().replace('-', '').slice(0, 10), 'hex');

/** The one way by which a claim becomes a ticket, whatever door it came through. */
@Injectable()
export class SubmitService {
  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly tickets: TicketsService,
    private readonly evidence: EvidenceService,
    private readonly justOpened: JustOpened,
  ) {}

  /**
   * Opens a ticket, or joins the one that is open for this episode of this account.
   * @param keep makes the idempotency row of the caller, knowing the ticket and its evidence
   * @param once does the joining, for a caller who must not do it twice
   * @throws InvalidInput for a block in the future; the unique violation of the idempotency row is the caller's to answer
   */
  async submit(claim: Submission, by: Actor, keep?: (ticket: Ticket, evidence: EvidenceRow[]) => Idempotent, once: Once = (join) => join()): Promise<Submitted> {
    const now = this.clock.now();
    if (new Date(claim.block.blockedAt).getTime() > now.getTime() + AHEAD_MS) {
      throw new InvalidInput([{ field: 'block.blockedAt', code: 'in_the_future', message: 'The block cannot have begun in the future: give the time that the alert names.' }]);
    }
    for (let round = 0; round < 5; round++) {
      try {
        const ticket = await this.open(claim, by, now, keep);
        crashPoint('submit.stored');
        return { ticket, isNew: true };
      } catch (error) {
        const { code, constraint } = error as { code?: string; constraint?: string };
        if (code !== UNIQUE || constraint === 'idempotency_key_pkey') {
          throw error;
        }
      }
      // Somebody else opened it: join. Closed again meanwhile: the next round opens a new one. A reference taken: the same.
      const joined = await once((also) => this.join(claim, by, also));
      if (joined) {
        return { ticket: joined, isNew: false };
      }
    }
    throw new Conflict('This block is being claimed by somebody else at this moment. Please send it again.');
  }

  private async open(claim: Submission, by: Actor, now: Date, keep?: (ticket: Ticket, evidence: EvidenceRow[]) => Idempotent): Promise<Ticket> {
    const id = newId();
    const rows = evidenceRows(id, claim.evidence ?? {}, by, claim.channel, now);
    const missing = missingEvidence(claim.claim, claim.block.kind, claim.evidence ?? {}, claim.block);
    const opened = await this.tickets.open({ ...claim, id, ref: reference(fiveRandomBytes()), missing, repeats: 0 }, by, (ticket) => ({
      evidence_item: rows,
      idempotency_key: keep ? [keep(ticket, rows)] : [],
    }));
    if (opened.state === 'analysing') {
      this.justOpened.put({ ...opened }, rows);
    }
    return opened;
  }

  private async join(claim: Submission, by: Actor, also?: AlsoKept<Ticket>): Promise<Ticket | null> {
    const [open] = (await this.source.query('select id from ticket where episode = $1 and account_id = $2 and state <> all($3)', [
      episode(claim.block), claim.account.id, FINAL_STATES,
    ])) as { id: string }[];
    if (!open) {
      return null;
    }
    return this.evidence.supply(open.id, { ...claim.evidence, ...(claim.statement ? { explanation: claim.evidence?.explanation ?? claim.statement } : {}) }, by, claim.channel, undefined, also);
  }
}
