import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Principal } from '../auth/principal';
import { toEvidence } from '../core/evidence/answers';
import type { Block } from '../core/ticket/block';
import type { GivenAnswers } from '../evidence/answers.schema';
import { SubmitService } from '../evidence/submit.service';
import { Clock } from '../platform/clock';

type Customer = Extract<Principal, { kind: 'customer' }>;
const UNIQUE = '23505';

/** Checked answers become a claim, once. */
@Injectable()
export class AppealService {
  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly submissions: SubmitService,
  ) {}

  /** The ticket that the answers opened or joined; the same one for the same page of answers sent twice. */
  async send({ account, actor }: Customer, block: Block, { answers, files, once }: GivenAnswers): Promise<{ ref: string; joined: boolean }> {
    const key = once ? { owner: `customer ${account.id}`, key: `form ${once}` } : null;
    const before = key && (await this.sentBefore(key));
    if (before) {
      return { ref: before, joined: false };
    }
    const evidence = toEvidence(answers, files, block.kind);
    const claim = {
      claim: answers.claim, channel: 'form' as const, block, evidence, statement: evidence.explanation ?? evidence.remediation,
      account: { id: account.id, email: account.email, ...(account.name ? { name: account.name } : {}) },
    };
    try {
      const { ticket, isNew } = await this.submissions.submit(claim, actor, key ? (opened) => ({
        ...key, request_hash: 'form', status: 303, answer: { ref: opened.ref }, ticket_id: opened.id, created_at: this.clock.now().toISOString(),
      }) : undefined);
      return { ref: ticket.ref, joined: !isNew };
    } catch (error) {
      // Two clicks at once: the other one was faster.
      const won = (error as { code?: string }).code === UNIQUE && key ? await this.sentBefore(key) : null;
      if (won) {
        return { ref: won, joined: false };
      }
      throw error;
    }
  }

  private async sentBefore({ owner, key }: { owner: string; key: string }): Promise<string | null> {
    const [row] = (await this.source.query(`select answer ->> 'ref' as ref from idempotency_key where owner = $1 and key = $2`, [owner, key])) as { ref: string }[];
    return row?.ref ?? null;
  }
}
