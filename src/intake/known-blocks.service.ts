import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CustomerAccount, Launch } from '../auth/principal';
import { maySeeDetections, ownsAddress } from '../core/policy/owns-address';
import { address } from '../core/ticket/address';
import type { Block } from '../core/ticket/block';
import { episode } from '../core/ticket/episode';
import { FINAL_STATES } from '../core/ticket/states';
import { NocService } from '../noc/noc.service';
import { askedTogether } from '../platform/database/asked-together';
import type { Gathered } from '../platform/gathered';
import { InvalidInput, Unavailable } from '../platform/http/errors';

/** Which block a customer means. */
export interface Wanted {
  ip: string;
  kind?: string;
  blockedAt?: string;
}

/** The limit keeps each question at the index of open tickets, which is known by these words. */
const OPEN_TICKET = `select q.i, t.ref from json_to_recordset($1) q(i int, episode text, account_id text)
  cross join lateral (select ref from ticket t where t.episode = q.episode and t.account_id = q.account_id and t.state not in (${FINAL_STATES.map((state) => `'${state}'`).join(', ')}) limit 1) t`;
const NONE = 'We know of no block on this address that belongs to your account. Check the address in the alert.';

/** The blocks that an account may speak of. Somebody else's address and one without a block answer the same. */
@Injectable()
export class KnownBlocksService {
  private readonly tickets: Gathered<{ episode: string; account_id: string }, { ref: string }[]>;

  constructor(
    private readonly source: DataSource,
    private readonly noc: NocService,
  ) {
    this.tickets = askedTogether(source, OPEN_TICKET);
  }

  /**
   * The current blocks on an address of this account, newest first; one when kind and time were named.
   * @param within milliseconds that the NOC's answers may be old; who only looks at the form may be shown what another look was told a moment ago
   * @throws InvalidInput for no address and for no block of theirs, Unavailable when the NOC cannot be asked and the launch does not say it
   */
  async find(account: CustomerAccount, wanted: Wanted, launch: Launch | null, within = 0): Promise<Block[]> {
    const ip = address(wanted.ip);
    if (ip === null) {
      throw invalid(wanted.ip.trim() === '' ? 'Give the blocked address.' : 'Give an IPv4 or IPv6 address, such as 203.0.113.5 or 2001:db8::25.');
    }
    const holder = await this.noc.holder(ip, within);
    const blocks = holder.ok && ownsAddress(account.id, holder.value) ? await this.noc.refresh(ip, within) : null;
    if (!holder.ok || (blocks && !blocks.ok && blocks.error !== 'not_found')) {
      return launchedBlock(launch, ip);
    }
    const held = holder.value;
    const found = (blocks?.ok ? blocks.value : [])
      .filter((block) => block.state !== 'unblocked' && matches(block, wanted))
      .map((block) => (held && maySeeDetections(new Date(block.blockedAt), held) ? block : withoutRecord(block)));
    if (found.length === 0) {
      throw invalid(NONE);
    }
    return found;
  }

  /** The open ticket of this account about a block; one for its episode. */
  async ticketFor(account: CustomerAccount, block: Block): Promise<string | null> {
    const [row] = await this.tickets.ask({ episode: episode(block), account_id: account.id });
    return row?.ref ?? null;
  }

  /** Current blocks, as far as the mirror knows, on addresses for which this account had a ticket. */
  async mirrored(account: CustomerAccount): Promise<{ block: Block; ticketRef: string | null }[]> {
    const rows = (await this.source.query(
      `select b.body, (select t.ref from ticket t where t.episode = b.episode and t.account_id = $1 and t.state <> all($2) limit 1) as ref
       from block b where b.state = 'blocked' and b.ip in (select t.ip from ticket t where t.account_id = $1) order by b.blocked_at desc limit 50`,
      [account.id, FINAL_STATES],
    )) as { body: Block; ref: string | null }[];
    return rows.map((row) => ({ block: row.body, ticketRef: row.ref }));
  }
}

const invalid = (message: string): InvalidInput => new InvalidInput([{ field: 'ip', code: 'invalid', message }]);

function matches(block: Block, { kind, blockedAt }: Wanted): boolean {
  const same = (a: string, b: string): boolean => Math.floor(Date.parse(a) / 1000) === Math.floor(Date.parse(b) / 1000);
  return (!kind || block.kind === kind) && (!blockedAt || same(block.blockedAt, blockedAt));
}

/** What the NOC signed is enough to claim on while it cannot be asked: the owner is checked again after the ticket opens. */
function launchedBlock(launch: Launch | null, ip: string): Block[] {
  if (launch?.ip === ip && launch.kind && launch.blockedAt) {
    return [{ ip, kind: launch.kind, blockedAt: launch.blockedAt }];
  }
  throw new Unavailable('Our control panel does not answer at the moment, so we cannot see the block. Please try again in a minute.', 60);
}

/** A new holder of an address never sees what was recorded before it was theirs (rule 5). */
function withoutRecord({ detections: _detections, detectionsTotal: _total, traffic: _traffic, logs: _logs, ...block }: Block): Block {
  return block;
}
