import { randomUUID } from 'node:crypto';
import type { Block, BlockKind } from '../core/ticket/block';
import { isWithin } from './address';
import { episode, stamp } from './seed';
import type { Store } from './store';
import type { Address, Answer, Customer, Episode, FilterException } from './types';

export interface LiftOrder {
  ip: string;
  kind: BlockKind;
  blockedAt: string;
  key: string;
}

const NOT_OURS: Answer = { status: 404, body: { code: 'not_ours', message: 'This address is not one of ours.' } };

/** The NOC itself: who holds which address, what is blocked, and how a block goes. Every change is saved before it is answered. */
export class Noc {
  private timer: NodeJS.Timeout | undefined;

  /** `liftSeconds`: how long a lift takes. `tell` hears of each block and lift. */
  constructor(private readonly store: Store, private readonly liftSeconds: number, private readonly tell: (event: 'blocked' | 'unblocked', block: Block) => void) {
    this.redoLedger();
    this.tick();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.store.save();
  }

  address(ip: string): Address | undefined {
    return this.store.world.addresses.find((a) => a.ip === ip);
  }

  account(id: string): Customer | undefined {
    return this.store.world.customers.find((c) => c.id === id);
  }

  accountsOf(email: string): Customer[] {
    return this.store.world.customers.filter((c) => c.emails.some((e) => e.toLowerCase() === email.trim().toLowerCase()));
  }

  /** The episodes that touch an address, its prefix included, newest first. */
  episodes(ip?: string): Episode[] {
    return this.store.world.episodes
      .filter(({ block }) => !ip || block.ip === ip || (block.prefix !== undefined && isWithin(ip, block.prefix)))
      .sort((a, b) => b.block.blockedAt.localeCompare(a.block.blockedAt));
  }

  /** Orders a lift. The same key gets the same answer and has no second effect; every call stands in the ledger. */
  lift(order: LiftOrder, reblockAfter?: number): Answer {
    const before = this.store.ledger.find((e) => e.idempotencyKey === order.key && e.answer !== null);
    if (before && (before.ip !== order.ip || before.kind !== order.kind || before.blockedAt !== order.blockedAt)) {
      return this.note(order, { status: 422, body: { code: 'key_reused', message: 'This Idempotency-Key belongs to another lift.' } });
    }
    if (before?.answer) {
      return this.note(order, before.answer);
    }
    const { answer, starts } = this.judge(order);
    this.note(order, answer, starts !== undefined, answer.status < 300);
    if (starts) {
      this.begin(starts, new Date(), reblockAfter);
      this.store.saveSoon();   // the ledger has it
      this.tick();
    }
    return answer;
  }

  /** Writes a call into the ledger that had no effect, or whose effect is about to happen. Status 0: not answered. */
  note(order: LiftOrder, answer: Answer, effect = false, keep = false): Answer {
    const { ip, kind, blockedAt, key } = order;
    this.store.record({ at: new Date().toISOString(), call: 'lift', ip, kind, blockedAt, idempotencyKey: key, status: answer.status, effect, answer: keep ? answer : null });
    return answer;
  }

  /** A new block, now or at `blockedAt`. It ends an episode of the same kind that still stands. */
  block(made: Block): Answer {
    if (!this.address(made.ip)) {
      return NOT_OURS;
    }
    const standing = this.episodes(made.ip).filter((e) => e.block.kind === made.kind);
    const newest = standing[0]?.block.blockedAt;
    const taken = standing.some((e) => e.block.blockedAt === made.blockedAt);
    const blockedAt = taken && newest ? stamp(Date.parse(newest) + 1000) : made.blockedAt;   // an episode is named by its second
    standing.filter((e) => e.block.blockedAt < blockedAt).forEach((e) => this.end(e));
    const born = episode({ ...made, blockedAt, state: 'blocked' });
    this.store.world.episodes.push(born);
    this.changed();
    this.tell('blocked', born.block);
    return { status: 201, body: born.block };
  }

  /** Gives an address to an account; an address that is new to us is taken on. */
  move(ip: string, accountId: string, assignedSince = stamp(new Date()), delegates: string[] = []): Answer {
    if (!this.account(accountId)) {
      return { status: 404, body: { code: 'no_such_account', message: `There is no account ${accountId}.` } };
    }
    const host = this.address(ip)?.host ?? null;
    const moved: Address = { ip, accountId, assignedSince, delegates, host };
    this.store.world.addresses = [...this.store.world.addresses.filter((a) => a.ip !== ip), moved];
    this.changed();
    return { status: 200, body: { ip, accountId, assignedSince, delegates } };
  }

  /** Lets one sender past one rule for a while. An exception for a whole domain, or for more than 90 days, is only proposed. */
  except(wanted: Omit<FilterException, 'id' | 'state'>): Answer {
    const before = this.store.world.exceptions.find((e) => e.idempotencyKey === wanted.idempotencyKey);
    const narrow = /^[^@\s]+@[^@\s]+$/.test(wanted.sender) && Date.parse(wanted.until) < Date.now() + 90 * 86_400_000;
    const made = before ?? { ...wanted, id: randomUUID(), state: narrow ? 'applied' as const : 'proposed' as const };
    if (!before) {
      this.store.world.exceptions.push(made);
      this.changed();
    }
    return { status: 201, body: { id: made.id, state: made.state } };
  }

  /** Saves, and wakes up for what is due next: lifts that are through, addresses that are blocked again. */
  changed(): void {
    this.store.save();
    this.tick();
  }

  private judge({ ip, kind, blockedAt }: LiftOrder): { answer: Answer; starts?: Episode } {
    const ofKind = this.episodes(ip).filter((e) => e.block.kind === kind);
    const named = ofKind.find((e) => Math.trunc(Date.parse(e.block.blockedAt) / 1000) === Math.trunc(Date.parse(blockedAt) / 1000));
    const newer = ofKind.find((e) => e.block.state !== 'unblocked' && e !== named && Date.parse(e.block.blockedAt) > Date.parse(blockedAt));
    if (newer) {
      return { answer: { status: 409, body: { code: 'newer_block', blockedAt: newer.block.blockedAt } } };
    }
    if (!this.address(ip) || !named) {
      return { answer: { status: 404, body: { code: 'no_such_block', message: `No ${kind} block of ${ip} began at ${blockedAt}.` } } };
    }
    const wait = Math.ceil((Date.parse(named.block.releaseAllowedAt ?? blockedAt) - Date.now()) / 1000);
    if (named.block.state === 'blocked' && wait > 0) {
      return { answer: { status: 425, body: { code: 'too_early', retryAfterSeconds: wait }, headers: { 'retry-after': String(wait) } } };
    }
    return named.block.state === 'unblocked'
      ? { answer: { status: 200, body: { state: 'unblocked' } } }
      : { answer: { status: 202, body: { state: 'unblocking' } }, ...(named.block.state === 'blocked' ? { starts: named } : {}) };
  }

  private begin(lifted: Episode, at: Date, reblockAfter?: number): void {
    lifted.block.state = 'unblocking';
    lifted.liftEndsAt = new Date(at.getTime() + this.liftSeconds * 1000).toISOString();
    if (reblockAfter !== undefined) {
      lifted.reblockAfter = reblockAfter;
    }
  }

  private end(over: Episode): void {
    over.block.state = 'unblocked';
    delete over.liftEndsAt;
  }

  private tick(): void {
    clearTimeout(this.timer);
    const now = Date.now();
    const isDue = (at: string | undefined): boolean => at !== undefined && Date.parse(at) <= now;
    const through = this.store.world.episodes.filter((e) => isDue(e.liftEndsAt));
    const again = this.store.world.episodes.filter((e) => isDue(e.reblockAt));
    for (const e of through) {
      this.end(e);
      if (e.reblockAfter !== undefined) {
        e.reblockAt = new Date(now + e.reblockAfter * 1000).toISOString();
        delete e.reblockAfter;
      }
    }
    again.forEach((e) => delete e.reblockAt);
    if (through.length + again.length > 0) {
      this.store.saveSoon();
      through.forEach((e) => this.tell('unblocked', e.block));
      again.forEach(({ block }) => {
        const { releaseAllowedAt: _over, ...same } = block;
        this.block({ ...same, blockedAt: stamp(now) });
      });
    }
    const next = Math.min(...this.store.world.episodes.flatMap((e) => [e.liftEndsAt, e.reblockAt]).filter((at) => at !== undefined).map((at) => Date.parse(at)));
    if (Number.isFinite(next)) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.tick(), Math.min(Math.max(next - Date.now(), 1), 2_000_000_000));
    }
  }

  /** A kill may have come between the ledger and the world: what the ledger calls done is begun. */
  private redoLedger(): void {
    for (const entry of this.store.ledger.filter((e) => e.effect)) {
      const { starts } = this.judge({ ip: entry.ip, kind: entry.kind, blockedAt: entry.blockedAt, key: entry.idempotencyKey });
      if (starts) {
        this.begin(starts, new Date(entry.at));
      }
    }
    this.store.save();
  }
}
