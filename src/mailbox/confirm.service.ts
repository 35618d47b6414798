import { Injectable } from '@nestjs/common';
import type { Actor } from '../audit/actor';
import { ownsAddress } from '../core/policy/owns-address';
import type { Block } from '../core/ticket/block';
import { episode } from '../core/ticket/episode';
import type { NocAnswer } from '../noc/noc.driver';
import { NocService } from '../noc/noc.service';
import { Conflict, Unavailable } from '../platform/http/errors';
import { Transactions, type AlsoKept } from '../platform/database/transactions';
import { ClaimTickets } from './claim-tickets';
import { Confirmations, type Confirmation } from './confirmations.service';
import { fittingBlocks } from './fitting-blocks';
import { MailClaims } from './mail-claims';
import { MailReader } from './mail-reader';
import { MailboxService } from './mailbox.service';
import { Unreadable } from './unreadable';

/** `which`: several blocks fit, and the account has to say which. `none`: nothing is left to claim. */
export type Confirmed = { ticketId: string } | { which: Block[] } | { none: 'no_block' | 'not_owner' };

/** Lets a claim that came by mail go on, once its account has said that it is theirs. Ownership and block are asked again: days may have passed. */
@Injectable()
export class ConfirmService {
  constructor(
    private readonly noc: NocService,
    private readonly mailbox: MailboxService,
    private readonly reader: MailReader,
    private readonly claims: MailClaims,
    private readonly tickets: ClaimTickets,
    private readonly confirmations: Confirmations,
    private readonly transactions: Transactions,
  ) {}

  /**
   * Makes the ticket, with all evidence of the mail.
   * Asked again after a death on the way, it finds the tickets that the mail made already.
   * @param choice the episode that is meant, where several fit
   * @throws Conflict when it was answered before, Unavailable while the NOC is away: the question stays open then
   */
  async confirm(asked: Confirmation, by: Actor, choice?: string, also?: AlsoKept<void>): Promise<Confirmed> {
    const row = await this.mailbox.load(asked.inboundId);
    if (asked.answer !== null || row?.state !== 'pending') {
      throw new Conflict('This mail was answered for already.', { state: row?.state ?? 'gone' });
    }
    const mail = await this.reader.read(row.raw);
    const account = known(await this.noc.account(asked.accountId));
    if (mail instanceof Unreadable || !account) {
      return { none: 'not_owner' };
    }
    const claim = this.claims.claimOf(mail);
    const meant: Block[] = [];
    const unclear: Block[] = [];
    for (const ip of asked.addresses) {
      if (ownsAddress(account.id, known(await this.noc.holder(ip)))) {
        const standing = known(await this.noc.blocks(ip)) ?? [];
        const fitting = choice ? standing.filter((block) => block.state !== 'unblocked' && episode(block) === choice) : fittingBlocks(standing, claim);
        (fitting.length > 1 ? unclear : meant).push(...fitting);
      }
    }
    if (meant.length === 0) {
      return unclear.length > 0 ? { which: unclear } : { none: 'no_block' };
    }
    const opened: string[] = [];
    for (const block of meant) {
      opened.push(await this.tickets.open(row, claim, block, account));
    }
    const [ticketId = ''] = opened;
    await this.transactions.run(async (tx) => {
      if (await this.confirmations.answer(tx, asked, 'confirmed', by, ticketId)) {
        await this.mailbox.goOn(tx, row.id, { state: 'ticket', reason: 'confirmed', ticketId });
      }
    }, also);
    return { ticketId };
  }

  /** "That was not us": the mail ends in the quarantine, nothing else happens. @throws Conflict when it was answered before */
  async refuse(asked: Confirmation, by: Actor, also?: AlsoKept<void>): Promise<void> {
    const done = await this.transactions.run(async (tx) => {
      const mine = await this.confirmations.answer(tx, asked, 'refused', by, null);
      return mine && (await this.mailbox.goOn(tx, asked.inboundId, { state: 'quarantined', reason: 'refused_by_account', ticketId: null }));
    }, also && (async (tx, moved) => (moved ? also(tx) : undefined)));
    if (!done) {
      throw new Conflict('This mail was answered for already.');
    }
  }
}

/** @throws Unavailable when the NOC did not answer; "there is none" is an answer */
function known<T>(answer: NocAnswer<T>): T | null {
  if (!answer.ok && answer.error !== 'not_found') {
    throw new Unavailable('The control panel does not answer at the moment. Nothing was changed: please try again in a minute.', 30);
  }
  return answer.ok ? answer.value : null;
}
