import { Injectable } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { Once } from '../auth/once.service';
import type { Principal } from '../auth/principal';
import { toEvidence } from '../core/evidence/answers';
import type { Block } from '../core/ticket/block';
import type { GivenAnswers } from '../evidence/answers.schema';
import { SubmitService } from '../evidence/submit.service';
import { Clock } from '../platform/clock';

type Customer = Extract<Principal, { kind: 'customer' }>;
interface Sent { ref: string; joined: boolean }

const LOOKS = 30;
const BETWEEN_LOOKS_MS = 100;

/** Checked answers become a claim, once: a second click, or "back" and again, shows what the first one made. */
@Injectable()
export class AppealService {
  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
    private readonly once: Once,
    private readonly submissions: SubmitService,
  ) {}

  /** The ticket that the answers opened or joined. */
  async send(customer: Customer, block: Block, given: GivenAnswers): Promise<Sent> {
    if (!given.once) {
      return this.submit(customer, block, given);
    }
    const key = `form ${customer.account.id} ${given.once}`;
    const before = (await this.isFirst(key)) ? null : await this.sentBefore(key);
    if (before) {
      return before;
    }
    const sent = await this.submit(customer, block, given);
    await this.source.query(
      `insert into idempotency_key (owner, key, request_hash, status, answer, created_at) values ('form', $1, 'form', 303, $2, $3) on conflict do nothing`,
      [key, JSON.stringify(sent), this.clock.now()],
    );
    return sent;
  }

  private async submit({ account, actor }: Customer, block: Block, { answers, files }: GivenAnswers): Promise<Sent> {
    const evidence = toEvidence(answers, files, block.kind);
    const { ticket, isNew } = await this.submissions.submit({
      claim: answers.claim, channel: 'form', block, evidence, statement: evidence.explanation ?? evidence.remediation,
      account: { id: account.id, email: account.email, ...(account.name ? { name: account.name } : {}) },
    }, actor);
    return { ref: ticket.ref, joined: !isNew };
  }

  /** Three days: longer than a form stays open. */
  private isFirst(key: string): Promise<boolean> {
    return this.once.first('form', key, new Date(this.clock.now().getTime() + 3 * 86_400_000));
  }

  /** What the first click made; it may still be at it. Null when it came to nothing: then this one is sent. */
  private async sentBefore(key: string): Promise<Sent | null> {
    for (let look = 0; look < LOOKS; look++) {
      const [row] = (await this.source.query(`select answer from idempotency_key where owner = 'form' and key = $1`, [key])) as { answer: Sent }[];
      if (row) {
        return row.answer;
      }
      await pause(BETWEEN_LOOKS_MS);
    }
    return null;
  }
}
