import { Inject, Injectable } from '@nestjs/common';
import type { Mail } from '../core/evidence/mail';
import { readMailClaim, type MailClaim } from '../core/evidence/mail-claim';
import { ownsAddress } from '../core/policy/owns-address';
import type { Account, Block } from '../core/ticket/block';
import type { HeldAddress, NocAccount, NocFailure } from '../noc/noc.driver';
import { NocService } from '../noc/noc.service';
import { Clock } from '../platform/clock';
import { CONFIG, type Config } from '../platform/config/config';
import { ClaimTickets, understoodOf, type MailOfTicket } from './claim-tickets';
import type { Asked } from './confirmations.service';
import { fittingBlocks } from './fitting-blocks';
import type { InboundMail, Question } from './inbound-mail.entity';
import type { Ending } from './mailbox.service';
import type { SenderProof } from './sender-proof';

/** The outside did not answer: the mail is read again later. */
export interface Later {
  later: string;
}

/** How a mail ends, and who hears of it: its sender the fixed text (`tell`) or a question, the holder of the address a link. */
export interface Outcome extends Ending {
  tell?: boolean;
  asks?: Asked[];
}

/** More addresses than this in one mail are a list, not a claim. */
const ADDRESSES = 5;

interface Held {
  ip: string;
  holder: HeldAddress;
  blocks: Block[];
}

/** Turns a mail that is neither reply nor machine into a ticket, a pending claim, or a named reason why not. It decides nothing (rule 10). */
@Injectable()
export class MailClaims {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<Config, 'ALERT_FORM'>,
    private readonly noc: NocService,
    private readonly tickets: ClaimTickets,
    private readonly clock: Clock,
  ) {}

  read(row: InboundMail & MailOfTicket, mail: Mail, proof: SenderProof): Promise<Outcome | Later> {
    return mail.from.length === 1
      ? this.decide(row, this.claimOf(mail), proof)
      : Promise.resolve({ state: 'quarantined', reason: mail.from.length === 0 ? 'no_sender' : 'several_from', understood: understoodOf(this.claimOf(mail)) });
  }

  /** What a mail says, by the provider's form of alert. */
  claimOf(mail: Mail): MailClaim {
    return readMailClaim(mail, this.clock.now(), this.config.ALERT_FORM);
  }

  /** What becomes of a claim with one sender. A stranger learns nothing: no answer of theirs says anything about a block. */
  async decide(row: MailOfTicket, claim: MailClaim, proof: SenderProof): Promise<Outcome | Later> {
    const end = (state: Ending['state'], reason: string | null, more: Partial<Outcome> = {}): Outcome => ({ state, reason, understood: understoodOf(claim), ...more });
    const accounts = await this.noc.accountsByEmail(claim.from);
    if (!accounts.ok) {
      return later(accounts);
    }
    const known = proof !== 'unproven' && accounts.value.length > 0;
    const asking = (question: Question): Partial<Outcome> => ({ understood: { ...understoodOf(claim), question } });
    if (claim.ips.length === 0) {
      return end('quarantined', 'no_address', known ? asking({ about: 'no_address', blocks: [] }) : {});
    }
    const held = await this.held(claim);
    if ('later' in held || held.length === 0) {
      return 'later' in held ? held : end('quarantined', 'not_our_address');
    }
    const own = held.flatMap((each) => {
      const account = accounts.value.find(({ id }) => ownsAddress(id, each.holder));
      return account ? [{ ...each, account }] : [];
    });
    if (own.length === 0 || proof === 'unproven') {
      const reason = own.length > 0 ? 'unverified' : accounts.value.length === 0 ? 'unknown_sender' : 'not_owner';
      return this.waits(end('pending', reason, { tell: true }), held, false);
    }
    return this.own(row, claim, own, end, asking);
  }

  /** The addresses are theirs: each fitting spam block is a ticket; an attack waits for a confirmation; what is unclear is asked. */
  private async own(
    row: MailOfTicket, claim: MailClaim, own: (Held & { account: Account })[],
    end: (state: Ending['state'], reason: string | null, more?: Partial<Outcome>) => Outcome, asking: (question: Question) => Partial<Outcome>,
  ): Promise<Outcome | Later> {
    const tickets: string[] = [];
    const unclear: Block[] = [];
    const attacks: typeof own = [];
    for (const each of own) {
      const fitting = fittingBlocks(each.blocks, claim);
      const [only] = fitting;
      // Read again after a crash, the block may be lifted already, or be another: the ticket that stands is this mail's.
      const made = fitting.length === 1 && only?.kind === 'spam' ? null : await this.tickets.made(row, each.ip);
      if (made) {
        tickets.push(made);
      } else if (fitting.length > 1) {
        unclear.push(...fitting);
      } else if (only?.kind === 'hack') {
        attacks.push(each);
      } else if (only) {
        tickets.push(await this.tickets.open(row, claim, only, each.account, true));
      }
    }
    const [ticketId] = tickets;
    if (ticketId) {
      return end('ticket', null, { ticketId });
    }
    if (unclear.length > 0) {
      return end('pending', 'which_block', asking({ about: 'which_block', blocks: unclear.map(({ ip, kind, blockedAt }) => ({ ip, kind, blockedAt })) }));
    }
    return attacks.length > 0 ? this.waits(end('pending', 'confirm_hack', { tell: true }), attacks, true) : end('quarantined', 'no_block');
  }

  /** Adds the accounts that hold the addresses: they alone can confirm the claim. */
  private async waits(outcome: Outcome, held: readonly Held[], proven: boolean): Promise<Outcome | Later> {
    const asks = new Map<string, Asked>();
    for (const { ip, holder, blocks } of held) {
      const asked = asks.get(holder.accountId);
      const account = asked ? { ok: true as const, value: asked.account as NocAccount | null } : await this.noc.account(holder.accountId);
      if (!account.ok) {
        return later(account);
      }
      if (account.value) {
        const blocked = blocks.some((block) => block.state !== 'unblocked');
        asks.set(holder.accountId, { account: account.value, addresses: [...(asked?.addresses ?? []), ip], blocked: blocked || (asked?.blocked ?? false), proven });
      }
    }
    return { ...outcome, asks: [...asks.values()] };
  }

  /** Those of the named addresses that are the provider's, with their blocks. */
  private async held(claim: MailClaim): Promise<Held[] | Later> {
    const held: Held[] = [];
    for (const ip of claim.ips.slice(0, ADDRESSES)) {
      const holder = await this.noc.holder(ip);
      if (!holder.ok) {
        return later(holder);
      }
      const blocks = holder.value ? await this.noc.blocks(ip) : null;
      if (blocks && !blocks.ok && blocks.error !== 'not_found') {
        return later(blocks);
      }
      if (holder.value) {
        held.push({ ip, holder: holder.value, blocks: blocks?.ok ? blocks.value : [] });
      }
    }
    return held;
  }
}

export const later = (failure: NocFailure): Later => ({ later: `NOC: ${failure.error}` });
