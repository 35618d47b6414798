import type { Account, Block, BlockKind } from '../core/ticket/block';

/** A customer of the provider; `email` is the first of `emails`. */
export interface Customer extends Account {
  name: string;
  tier: string;
  language: string;
  emails: string[];
}

/** One address and who holds it. `host` is its PTR name (null: none). Times are RFC 3339. */
export interface Address {
  ip: string;
  accountId: string;
  assignedSince: string;
  delegates: string[];
  host: string | null;
}

/** One block episode as the NOC keeps it: the block as others see it, and what only the NOC knows. */
export interface Episode {
  id: string;
  block: Block;
  /** When a running lift is through (RFC 3339). */
  liftEndsAt?: string;
  /** Set by the fault `reblock`: seconds after the lift until the address is blocked again. */
  reblockAfter?: number;
  /** When the address is to be blocked again (RFC 3339). */
  reblockAt?: string;
}

export type RecordType = 'A' | 'AAAA' | 'MX' | 'PTR' | 'TXT';

/** The DNS records of one name and type. MX values read `10 mail.example`. */
export interface DnsRecords {
  name: string;
  type: RecordType;
  values: string[];
}

/** One line of the ledger (contract, section 4). `status` 0: the call was never answered. */
export interface LedgerEntry {
  at: string;
  call: 'lift';
  ip: string;
  kind: BlockKind;
  blockedAt: string;
  idempotencyKey: string;
  status: number;
  effect: boolean;
}

/** An exception of the filter that the desk ordered. */
export interface FilterException {
  id: string;
  ip: string;
  rule: string;
  sender: string;
  until: string;
  ticket: string;
  state: 'applied' | 'proposed';
  idempotencyKey: string;
}

/** What a call answers. */
export interface Answer {
  status: number;
  body: object;
  headers?: Record<string, string>;
}

/** Everything the simulator knows at its first start. */
export interface Seed {
  customers: Customer[];
  addresses: Address[];
  episodes: Episode[];
  dns: DnsRecords[];
}
