import type { AddressHolder } from '../core/policy/owns-address';
import type { Account, Block, BlockKind } from '../core/ticket/block';

/**
 * Why the NOC did not do what we asked. `timeout`, `unreachable` and `failed` leave open whether it acted; `nonsense` is an
 * answer that nobody could rely on; `not_offered`: this NOC does not know the call.
 */
export type NocError =
  | 'timeout' | 'unreachable' | 'failed' | 'refused' | 'not_found' | 'too_early' | 'newer_block' | 'not_owner' | 'busy' | 'nonsense' | 'not_offered';

export interface NocFailure {
  ok: false;
  error: NocError;
  /** one line for staff: what was answered, without secrets */
  detail: string;
  /** with `too_early`, `busy` and `failed`, where the NOC said it */
  retryAfterSeconds?: number;
  /** with `newer_block`: when that one began (RFC 3339) */
  blockedAt?: string;
}

/** Failures of the outside are values. */
export type NocAnswer<T> = { ok: true; value: T } | NocFailure;

/** An address as the NOC knows it; its form is RFC 5952. */
export interface HeldAddress extends AddressHolder {
  ip: string;
}

export interface NocAccount extends Account {
  emails: string[];
}

export interface LiftOrder {
  ip: string;
  kind: BlockKind;
  /** RFC 3339: the order is for this episode and no other */
  blockedAt: string;
  /** our reference, for the NOC's own log */
  ticket: string;
  reason: string;
  /** the same for every try of this lift (I3) */
  idempotencyKey: string;
}

export interface ExceptionOrder {
  ip: string;
  rule: string;
  sender: string;
  /** RFC 3339 */
  until: string;
  ticket: string;
  idempotencyKey: string;
}

export interface NocException {
  id: string;
  state: 'applied' | 'proposed';
}

/** What somebody trustworthy said of an address: whose it is, and of which block they came to speak. */
export interface Told {
  by: 'noc' | 'launch' | 'import' | 'staff';
  account: { id: string; email?: string; name?: string | null };
  ip: string;
  block?: Block;
}

/** A control panel (contract, section 4). Every call has a time limit and never throws for what the other side does. */
export abstract class NocDriver {
  /** A person carries the lifts out: they take hours, and counting readings means nothing. */
  readonly byHand: boolean = false;

  /** Who holds an address; `not_found` when it is none of the provider's. */
  abstract holder(ip: string): Promise<NocAnswer<HeldAddress>>;
  abstract account(id: string): Promise<NocAnswer<NocAccount>>;
  abstract accountsByEmail(email: string): Promise<NocAnswer<Account[]>>;
  /** All blocks that touch an address, newest first. */
  abstract blocks(ip: string): Promise<NocAnswer<Block[]>>;
  /** Asks for a lift; `unblocking` was accepted and takes a while. */
  abstract lift(order: LiftOrder): Promise<NocAnswer<'unblocking' | 'unblocked'>>;
  abstract orderException(order: ExceptionOrder): Promise<NocAnswer<NocException>>;

  /** Keeps what we were told of an address, where the NOC cannot be asked for it. */
  told(_word: Told): Promise<void> {
    return Promise.resolve();
  }

  /** A refusal that came after the order was accepted; null while there is none. */
  refusedLater(_idempotencyKey: string): Promise<NocFailure | null> {
    return Promise.resolve(null);
  }
}
