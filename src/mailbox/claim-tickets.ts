import { Injectable } from '@nestjs/common';
import type { Actor } from '../audit/actor';
import type { Evidence } from '../core/evidence/evidence';
import type { MailClaim } from '../core/evidence/mail-claim';
import type { Account, Block, Claim } from '../core/ticket/block';
import { Idempotency, requestHash } from '../evidence/idempotency';
import { SubmitService } from '../evidence/submit.service';
import { Clock } from '../platform/clock';
import type { InboundMail, Understood } from './inbound-mail.entity';

/** A mail of which a ticket is made. `firstReading`: no reading of it began before, so that nothing can have come of one. */
export type MailOfTicket = Pick<InboundMail, 'id' | 'sha256'> & { firstReading?: boolean };

/** Makes the ticket of a mail, whoever said that it may. */
@Injectable()
export class ClaimTickets {
  constructor(
    private readonly submit: SubmitService,
    private readonly idempotency: Idempotency,
    private readonly clock: Clock,
  ) {}

  /** The ticket that this mail made of an address before the process died. @returns its id, or null */
  async made(row: MailOfTicket, ip: string): Promise<string | null> {
    if (row.firstReading) {
      return null;
    }
    const { key, hash } = once(row, ip);
    return ((await this.idempotency.kept('mail', key, hash))?.answer as string | undefined) ?? null;
  }

  /**
   * Opens or joins, with all evidence of the mail; asked again after a crash, the same mail finds the ticket it made.
   * @param owned the NOC has just said that the address is the account's
   * @returns the ticket's id
   */
  async open(row: MailOfTicket, claim: MailClaim, block: Block, account: Account, owned = false): Promise<string> {
    const made = await this.made(row, block.ip);
    if (made) {
      return made;
    }
    const { key, hash } = once(row, block.ip);
    const side: Claim = claim.claim ?? 'mistake';
    const by: Actor = { kind: 'customer', id: account.id, name: account.name ?? account.email };
    const keep = (id: string, at: Date) => ({ owner: 'mail', key, request_hash: hash, status: 201, answer: id, ticket_id: id, created_at: at.toISOString() });
    const { ticket, isNew } = await this.submit.submit(
      { claim: side, channel: 'mail', block, account, evidence: evidenceFor(side, claim), statement: claim.evidence.explanation, owned }, by, (opened) => keep(opened.id, opened.createdAt),
    );
    if (!isNew) {
      await this.idempotency.keep(keep(ticket.id, this.clock.now()));
    }
    return ticket.id;
  }
}

/** What tells a mail's ticket from all others: the stored mail and the address it speaks of. */
function once(row: Pick<InboundMail, 'id' | 'sha256'>, ip: string): { key: string; hash: string } {
  return { key: `${row.id} ${ip}`, hash: requestHash('MAIL', row.sha256, ip) };
}

/** The customer's words are the explanation of a mistake, or the account of a repair. */
export function evidenceFor(side: Claim, claim: MailClaim): Evidence {
  const { explanation, remediation, ...found } = claim.evidence;
  return {
    ...found,
    ...(claim.blockTime ? { blockTime: claim.blockTime.text } : {}),
    ...(side === 'mistake' ? (explanation ? { explanation } : {}) : remediation ? { remediation } : {}),
  };
}

/** What is kept of a claim for lists, for playing it back, and for whoever confirms it. */
export function understoodOf(claim: MailClaim): Understood {
  const { blockTime, ips, kind, references } = claim;
  return {
    ips, kind, claim: claim.claim, references, sender: claim.from, evidence: Object.keys(claim.evidence),
    blockTime: blockTime && { text: blockTime.text, from: blockTime.from.toISOString(), to: blockTime.to.toISOString() },
  };
}
