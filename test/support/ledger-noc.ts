import type { Account, Block } from '../../src/core/ticket/block';
import { NocDriver, type HeldAddress, type LiftOrder, type NocAccount, type NocAnswer, type NocException } from '../../src/noc/noc.driver';

const second = (at: string): number => Math.floor(Date.parse(at) / 1000);

/** A NOC inside the test, for thousands of rounds: it knows what it was given, lifts at once, and writes down every order with whether it had an effect. */
export class LedgerNoc extends NocDriver {
  readonly ledger: (LiftOrder & { effect: boolean })[] = [];
  private readonly known = new Map<string, { account: string; blocks: Block[] }>();

  /** An address with a block that stands, or one more block of it. */
  add(ip: string, account: string, blockedAt: Date): Block {
    const made: Block = { ip, kind: 'spam', blockedAt: blockedAt.toISOString(), state: 'blocked' };
    this.known.set(ip, { account, blocks: [made, ...(this.known.get(ip)?.blocks ?? [])] });
    return made;
  }

  /** The newest block of an address, as it is kept. @throws when there is none */
  blockOf(ip: string): Block {
    const [newest] = this.known.get(ip)?.blocks ?? [];
    if (!newest) {
      throw new Error(`There is no block of ${ip}.`);
    }
    return newest;
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
    return Promise.resolve({ ok: true, value: (this.known.get(ip)?.blocks ?? []).map((block) => ({ ...block })) });
  }

  lift(order: LiftOrder): Promise<NocAnswer<'unblocking' | 'unblocked'>> {
    const blocks = this.known.get(order.ip)?.blocks ?? [];
    const named = blocks.find((block) => second(block.blockedAt) === second(order.blockedAt));
    const newer = blocks.find((block) => block.state === 'blocked' && second(block.blockedAt) > second(order.blockedAt));
    const effect = !newer && named?.state === 'blocked';
    this.ledger.push({ ...order, effect });
    if (newer) {
      return Promise.resolve({ ok: false, error: 'newer_block', detail: 'answered 409', blockedAt: newer.blockedAt });
    }
    if (named && effect) {
      named.state = 'unblocked';
    }
    return Promise.resolve(named ? { ok: true, value: 'unblocked' } : { ok: false, error: 'not_found', detail: 'answered 404' });
  }

  orderException(): Promise<NocAnswer<NocException>> {
    return Promise.resolve({ ok: false, error: 'not_offered', detail: 'none' });
  }
}
