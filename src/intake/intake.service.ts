import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Principal } from '../auth/principal';
import type { EvidenceRow } from '../evidence/evidence-rows';
import { Idempotency, requestHash } from '../evidence/idempotency';
import { Reserved, type Kept } from '../evidence/reserved';
import { SubmitService, type Once, type Submission } from '../evidence/submit.service';
import { NocService } from '../noc/noc.service';
import { CONFIG, type Config } from '../platform/config/config';
import { crashTogether } from '../platform/crash-points';
import { Forbidden, InvalidInput } from '../platform/http/errors';
import type { Ticket } from '../tickets/ticket.entity';
import { NO_PARTS, ticketParts } from '../tickets/ticket.query';
import { ticketView, type Audience } from '../tickets/ticket.view';
import type { NewClaim, RejectedUnblock } from './claims.schema';

/** The same key was answered before, or is being answered by somebody else at this moment. */
class Answered extends Error {
  constructor(readonly kept: Kept) {
    super('This request was answered already.');
  }
}

/** Turns what the NOC sends into a submission, and keeps the answer for whoever sends it again. */
@Injectable()
export class IntakeService {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly submit: SubmitService,
    private readonly idempotency: Idempotency,
    private readonly noc: NocService,
  ) {}

  rejectedUnblock(who: Principal, body: RejectedUnblock, key?: string): Promise<Kept> {
    const submission: Submission = { ...body, claim: body.claim ?? 'fixed', channel: 'noc' };
    return this.answer(who, submission, key, requestHash('POST', '/rejected-unblocks', body));
  }

  claim(who: Principal, body: NewClaim, key?: string): Promise<Kept> {
    // A claim's own words are its explanation, unless it brings one.
    const evidence = body.statement && !body.evidence.explanation ? { ...body.evidence, explanation: body.statement } : body.evidence;
    return this.answer(who, { ...body, evidence, channel: body.channel ?? 'api' }, key, requestHash('POST', '/claims', body));
  }

  private async answer(who: Principal, submission: Submission, key: string | undefined, hash: string): Promise<Kept> {
    if (who.kind !== 'key') {
      throw new Forbidden('Only an API key may do this.');
    }
    if (key !== undefined && (key.length === 0 || key.length > 255)) {
      throw new InvalidInput([{ field: 'Idempotency-Key', code: 'length', message: 'must have 1 to 255 characters' }]);
    }
    const { account, block } = submission;
    await this.noc.told({ by: who.scope === 'noc' ? 'noc' : 'staff', account, ip: block.ip, block });
    const audience: Audience = who.scope === 'noc' ? 'outside' : 'inside';
    const row = (ticket: Ticket, answer: unknown, status: number) => ({
      owner: who.keyId, key: key ?? '', request_hash: hash, status, answer, ticket_id: ticket.id, created_at: ticket.createdAt.toISOString(),
    });
    const joined = async (ticket: Ticket, tx: EntityManager) => ticketView(ticket, await ticketParts(tx, ticket.id), this.config.PUBLIC_URL, audience);
    let fresh: unknown;
    try {
      const { ticket, isNew } = await this.submit.submit(submission, who.actor, (opened, evidence) => {
        fresh = ticketView(opened, { ...NO_PARTS, evidence: listed(evidence) }, this.config.PUBLIC_URL, audience);
        // Without a key of the caller's there is nothing to find again: the ticket's own id keeps the row unique.
        return { ...row(opened, key === undefined ? null : fresh, 201), key: key ?? `-${opened.id}` };
      }, key === undefined ? undefined : this.once(who.keyId, key, hash, joined));
      await (key === undefined ? undefined : crashTogether('answer.made'));
      return isNew ? { status: 201, answer: fresh } : { status: 200, answer: await joined(ticket, this.source.manager) };
    } catch (error) {
      if (error instanceof Answered) {
        return error.kept;
      }
      const kept = key !== undefined && (error as { code?: string }).code === '23505' ? await this.idempotency.kept(who.keyId, key, hash) : null;
      if (key === undefined || !kept) {
        throw error;
      }
      if (kept.status > 0) {
        return kept;
      }
      // Reserved by one that joins a ticket, or died at it: its answer is waited for, or this one does it.
      const reserved = await this.idempotency.reserve(who.keyId, key, hash);
      if (!(reserved instanceof Reserved)) {
        return reserved;
      }
      await this.idempotency.forget(reserved);
      return this.answer(who, submission, key, hash);
    }
  }

  /** To join is work too: a claim that is sent again with its key must not bring its evidence again, and its answer is kept with that. */
  private once(owner: string, key: string, hash: string, answer: (ticket: Ticket, tx: EntityManager) => Promise<unknown>): Once {
    return async (join) => {
      const reserved = await this.idempotency.reserve(owner, key, hash);
      if (!(reserved instanceof Reserved)) {
        throw new Answered(reserved);
      }
      const ticket = await join(reserved.along(200, answer)).catch(async (error: unknown) => {
        await this.idempotency.forget(reserved);
        throw error;
      });
      if (!ticket) {
        await this.idempotency.forget(reserved);
      }
      return ticket;
    };
  }
}

const listed = (rows: EvidenceRow[]) => rows.map((row) => ({ id: row.id, type: row.type, receivedAt: row.received_at, bytes: row.size }));
