import { Injectable } from '@nestjs/common';
import { ownsAddress } from '../core/policy/owns-address';
import type { Account, Block } from '../core/ticket/block';
import { Clock } from '../platform/clock';
import { Transactions } from '../platform/database/transactions';
import { BlockService } from './block.service';
import { Breaker } from './breaker';
import { NocDriver, type ExceptionOrder, type HeldAddress, type LiftOrder, type NocAccount, type NocAnswer, type NocException, type NocFailure, type Told } from './noc.driver';
import { Recent } from './recent';

/** So old may be what the NOC said for the steps that open one ticket, in milliseconds. A lift asks anew. */
export const OPENING_MS = 5_000;

/** The NOC, asked. An error is "unknown": never "not yours", never "not blocked". No call belongs inside a transaction. */
@Injectable()
export class NocService {
  private readonly breaker = new Breaker();
  private readonly recent = new Recent();
  /** addresses whose blocks were written down, by when */
  private readonly mirrored = new Recent();

  constructor(
    private readonly driver: NocDriver,
    private readonly blocksKept: BlockService,
    private readonly transactions: Transactions,
    private readonly clock: Clock,
  ) {}

  /** Who holds an address; null when it is none of the provider's. @param within milliseconds that the answer may be old, here and below */
  async holder(ip: string, within = 0): Promise<NocAnswer<HeldAddress | null>> {
    return this.recent.ask(`holder ${ip}`, within, this.now(), async () => none(await this.ask(() => this.driver.holder(ip))));
  }

  /** Whether an account may speak for an address: its owner, or a delegate of the owner (rule 5). */
  async owns(accountId: string, ip: string, within = 0): Promise<NocAnswer<boolean>> {
    const holder = await this.holder(ip, within);
    return holder.ok ? { ok: true, value: ownsAddress(accountId, holder.value) } : holder;
  }

  /** An account by its id; null when there is none. */
  async account(id: string): Promise<NocAnswer<NocAccount | null>> {
    return none(await this.ask(() => this.driver.account(id)));
  }

  /** The accounts that an e-mail address belongs to; empty when it is nobody's. */
  async accountsByEmail(email: string): Promise<NocAnswer<Account[]>> {
    const found = none(await this.ask(() => this.driver.accountsByEmail(email)));
    return found.ok ? { ok: true, value: found.value ?? [] } : found;
  }

  /** The blocks that touch an address, newest first. `not_found` (the address is not the provider's) stays a failure. */
  blocks(ip: string, within = 0): Promise<NocAnswer<Block[]>> {
    return this.recent.ask(`blocks ${ip}`, within, this.now(), () => this.ask(() => this.driver.blocks(ip)));
  }

  /** The same, and writes them down: how a block that no event told us of gets into the mirror. */
  refresh(ip: string, within = 0): Promise<NocAnswer<Block[]>> {
    return this.mirrored.ask(ip, within, this.now(), async () => {
      const found = await this.blocks(ip, within);
      if (found.ok && found.value.length === 1 && found.value[0]) {
        await this.blocksKept.see(found.value[0]);
      } else if (found.ok && found.value.length > 0) {
        await this.transactions.run(async (tx) => {
          for (const block of found.value) {
            await this.blocksKept.keep(tx, block);
          }
        });
      }
      return found;
    });
  }

  /** Orders a lift. Call it only for a lift that is stored as requested, outside of any transaction. */
  lift(order: LiftOrder): Promise<NocAnswer<'unblocking' | 'unblocked'>> {
    return this.ask(() => this.driver.lift(order));
  }

  /** Orders a narrow, expiring exception of the filter; `not_offered` where the NOC has none. */
  orderException(order: ExceptionOrder): Promise<NocAnswer<NocException>> {
    return this.ask(() => this.driver.orderException(order));
  }

  /** A person carries the lifts out. */
  get byHand(): boolean {
    return this.driver.byHand;
  }

  /** Keeps what somebody trustworthy said of an address, for a NOC that cannot be asked; else nothing happens. */
  told(word: Told): Promise<void> {
    return this.driver.told(word);
  }

  /** A refusal that came after the order was accepted; null while there is none. */
  refusedLater(idempotencyKey: string): Promise<NocFailure | null> {
    return this.driver.refusedLater(idempotencyKey);
  }

  private now(): number {
    return this.clock.now().getTime();
  }

  private ask<T>(call: () => Promise<NocAnswer<T>>): Promise<NocAnswer<T>> {
    return this.breaker.ask(this.now(), call);
  }
}

/** "There is none" is an answer. */
function none<T>(answer: NocAnswer<T>): NocAnswer<T | null> {
  return !answer.ok && answer.error === 'not_found' ? { ok: true, value: null } : answer;
}
