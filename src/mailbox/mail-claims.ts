import { Injectable } from '@nestjs/common';
import type { Actor } from '../audit/actor';
import type { Evidence } from '../core/evidence/evidence';
import type { Mail } from '../core/evidence/mail';
import { readMailClaim, type MailClaim } from '../core/evidence/mail-claim';
import { ownsAddress } from '../core/policy/owns-address';
import type { Account, Block, Claim } from '../core/ticket/block';
import { Idempotency, requestHash } from '../evidence/idempotency';
import { SubmitService } from '../evidence/submit.service';
import type { NocFailure } from '../noc/noc.driver';
import { NocService } from '../noc/noc.service';
import { Clock } from '../platform/clock';
import { fittingBlocks } from './fitting-blocks';
import type { InboundMail, Understood } from './inbound-mail.entity';
import type { Ending } from './mailbox.service';
import type { SenderProof } from './sender-proof';

/** The outside did not answer: the mail is read again later. */
export interface Later {
  later: string;
}

/** More addresses than this in one mail are a list, not a claim. */
const ADDRESSES = 5;
/** Codes under which a claim waits for its account to confirm it; its sender is told the fixed text, once a day. */
const TELL = new Set(['unknown_sender', 'not_owner', 'unverified', 'confirm_hack']);

/** Turns a mail that is neither reply nor machine into a ticket, a pending claim, or a named reason why not. It decides nothing (rule 10). */
@Injectable()
export class MailClaims {
  constructor(
    private readonly noc: NocService,
    private readonly submit: SubmitService,
    private readonly idempotency: Idempotency,
    private readonly clock: Clock,
  ) {}

  /** @returns how the mail ends, and whether its sender gets the fixed answer */
  async read(row: InboundMail, mail: Mail, proof: SenderProof): Promise<(Ending & { tell: boolean }) | Later> {
    const claim = readMailClaim(mail, this.clock.now());
    const understood = understoodOf(claim);
    const end = (state: Ending['state'], reason: string | null, ticketId: string | null = null) => ({ state, reason, ticketId, understood, tell: state === 'pending' && TELL.has(reason ?? '') });
    if (mail.from.length !== 1 || claim.ips.length === 0) {
      return end('quarantined', mail.from.length === 0 ? 'no_sender' : mail.from.length > 1 ? 'several_from' : 'no_address');
    }
    const owned = await this.owned(claim);
    if ('later' in owned || 'reason' in owned) {
      return 'later' in owned ? owned : end(owned.reason === 'not_our_address' ? 'quarantined' : 'pending', owned.reason);
    }
    if (proof === 'unproven') {
      return end('pending', 'unverified');
    }
    const tickets: string[] = [];
    let because = 'no_block';
    for (const { ip, account } of owned.addresses) {
      const blocks = await this.noc.blocks(ip);
      if (!blocks.ok && blocks.error !== 'not_found') {
        return later(blocks);
      }
      const fitting = fittingBlocks(blocks.ok ? blocks.value : [], claim);
      if (fitting.length > 1) {
        because = 'which_block';
      } else if (fitting[0]?.kind === 'hack') {
        because = because === 'which_block' ? because : 'confirm_hack';
      } else if (fitting[0]) {
        tickets.push(await this.open(row, claim, fitting[0], account));
      }
    }
    return tickets[0] ? end('ticket', null, tickets[0]) : end(because === 'no_block' ? 'quarantined' : 'pending', because);
  }

  /** Which of the named addresses the sender may speak for. A stranger learns nothing: neither answer says anything about a block. */
  private async owned(claim: MailClaim): Promise<{ addresses: { ip: string; account: Account }[] } | { reason: string } | Later> {
    const holders = [];
    for (const ip of claim.ips.slice(0, ADDRESSES)) {
      const holder = await this.noc.holder(ip);
      if (!holder.ok) {
        return later(holder);
      }
      if (holder.value) {
        holders.push({ ip, holder: holder.value });
      }
    }
    if (holders.length === 0) {
      return { reason: 'not_our_address' };
    }
    const accounts = await this.noc.accountsByEmail(claim.from);
    if (!accounts.ok) {
      return later(accounts);
    }
    const addresses = holders.flatMap(({ ip, holder }) => {
      const account = accounts.value.find((each) => ownsAddress(each.id, holder));
      return account ? [{ ip, account }] : [];
    });
    return addresses.length > 0 ? { addresses } : { reason: accounts.value.length === 0 ? 'unknown_sender' : 'not_owner' };
  }

  /** Opens or joins; read again after a crash, the same mail finds the ticket it made. */
  private async open(row: InboundMail, claim: MailClaim, block: Block, account: Account): Promise<string> {
    const key = `${row.id} ${block.ip}`;
    const hash = requestHash('MAIL', row.sha256, block.ip);
    const kept = await this.idempotency.kept('mail', key, hash);
    if (kept) {
      return kept.answer as string;
    }
    const side: Claim = claim.claim ?? 'mistake';
    const by: Actor = { kind: 'customer', id: account.id, name: account.name ?? account.email };
    const keep = (id: string, at: Date) => ({ owner: 'mail', key, request_hash: hash, status: 201, answer: id, ticket_id: id, created_at: at.toISOString() });
    const { ticket, isNew } = await this.submit.submit(
      { claim: side, channel: 'mail', block, account, evidence: evidenceFor(side, claim), statement: claim.evidence.explanation }, by, (opened) => keep(opened.id, opened.createdAt),
    );
    if (!isNew) {
      await this.idempotency.keep(keep(ticket.id, this.clock.now()));
    }
    return ticket.id;
  }
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

function understoodOf(claim: MailClaim): Understood {
  const { blockTime, ips, kind, references } = claim;
  return {
    ips, kind, claim: claim.claim, references, sender: claim.from, evidence: Object.keys(claim.evidence),
    blockTime: blockTime && { text: blockTime.text, from: blockTime.from.toISOString(), to: blockTime.to.toISOString() },
  };
}

const later = (failure: NocFailure): Later => ({ later: `NOC: ${failure.error}` });
