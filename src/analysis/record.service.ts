import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Principal } from '../auth/principal';
import { maySeeDetections, ownsAddress } from '../core/policy/owns-address';
import { address } from '../core/ticket/address';
import type { Block } from '../core/ticket/block';
import { readReference } from '../core/ticket/reference';
import { BlockService } from '../noc/block.service';
import { NocService } from '../noc/noc.service';

/** What the filter recorded about a block, for a customer who may know it; null for everybody else. */
@Injectable()
export class RecordService {
  constructor(
    private readonly source: DataSource,
    private readonly blocks: BlockService,
    private readonly noc: NocService,
  ) {}

  /** The block of their ticket, or the one on an address of theirs. */
  async of({ account }: Extract<Principal, { kind: 'customer' }>, { ip, kind, blockedAt, ticket }: { ip: string; kind?: string; blockedAt: string; ticket: string }): Promise<Block | null> {
    const ref = ticket === '' ? null : readReference(ticket);
    if (ref) {
      const [row] = (await this.source.query('select block from ticket where ref = $1 and account_id = $2', [ref, account.id])) as { block: Block }[];
      return row?.block ?? null;
    }
    const plain = address(ip);
    const holder = plain ? await this.noc.holder(plain) : null;
    if (!plain || !holder?.ok || !holder.value || !ownsAddress(account.id, holder.value)) {
      return null;
    }
    const at = Math.floor(Date.parse(blockedAt) / 1000);
    const found = (await this.blocks.of(plain)).find((each) => (!kind || each.kind === kind) && (Number.isNaN(at) || Math.floor(each.blockedAt.getTime() / 1000) === at));
    return found && maySeeDetections(found.blockedAt, holder.value) ? found.body : null;
  }
}
