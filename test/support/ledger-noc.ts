import type { Account, Block } from '../../src/core/ticket/block';
import { NocDriver, type HeldAddress, type LiftOrder, type NocAccount, type NocAnswer, type NocException } from '../../src/noc/noc.driver';

/** A NOC inside the test, for thousands of rounds: it knows what it was given, lifts at once, and writes down every order. */
export class LedgerNoc extends NocDriver {
  readonly ledger: LiftOrder[] = [];
  private readonly known = new Map<string, { account: string; block: Block }>();

  add(ip: string, account: string, blockedAt: Date): void {
    this.known.set(ip, { account, block: { ip, kind: 'spam', blockedAt: blockedAt.toISOString(), state: 'blocked' } });
  }

  /** Orders of one address. */
  of(ip: string): LiftOrder[] {
    return this.ledger.filter((order) => order.ip === ip);
  }

  holder(ip: string): Promise<NocAnswer<HeldAddress>> {
    const found = this.known.get(ip);
    return Promise.resolve(found ? { ok: true, value: { ip, accountId: found.account } } : { ok: false, error: 'not_found', detail: 'not ours' });
  }

  account(id: string): Promise<NocAnswer<NocAccount>> {
    return Promise.resolve({ ok: true, value: { id, email: `${id}@shop.example`, emails: [`${id}@shop.example`] } });
  }

  accountsByEmail(): Promise<NocAnswer<Account[]>> {
    return Promise.resolve({ ok: true, value: [] });
  }

  blocks(ip: string): Promise<NocAnswer<Block[]>> {
    const found = this.known.get(ip);
    return Promise.resolve({ ok: true, value: found ? [{ ...found.block }] : [] });
  }

  lift(order: LiftOrder): Promise<NocAnswer<'unblocking' | 'unblocked'>> {
    this.ledger.push(order);
    const found = this.known.get(order.ip);
    if (found) {
      found.block.state = 'unblocked';
    }
    return Promise.resolve({ ok: true, value: 'unblocked' });
  }

  orderException(): Promise<NocAnswer<NocException>> {
    return Promise.resolve({ ok: false, error: 'not_offered', detail: 'none' });
  }
}
