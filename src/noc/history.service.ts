import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Block } from '../core/ticket/block';
import { BlockService } from './block.service';

/** What is told of the past: a block that began or ended, whose the address was, and when it ended. */
export interface PastEvent {
  event: 'blocked' | 'unblocked';
  block: Block;
  endedAt?: string;
  account?: { id: string; email?: string; name?: string };
}

/** Brings blocks of the past into the mirror. No ticket is touched and nobody is told: what is over is over. */
@Injectable()
export class HistoryService {
  constructor(private readonly source: DataSource, private readonly mirror: BlockService) {}

  /** Writes events in one transaction; the same event again changes nothing. @returns how many episodes were new */
  async write(events: readonly PastEvent[]): Promise<number> {
    return this.source.transaction(async (tx) => {
      let made = 0;
      for (const { event, block, endedAt, account } of events) {
        made += Number(await this.mirror.keep(tx, { ...block, state: event }, endedAt ? new Date(endedAt) : undefined));
        if (account) {
          await tx.query(
            `insert into address_holder (ip, account_id, email, name, told_by) values ($1, $2, $3, $4, 'import') on conflict (ip) do update set account_id = $2, email = coalesce($3, address_holder.email), name = coalesce($4, address_holder.name)
             where address_holder.told_by = 'import'`,
            [block.ip, account.id, account.email ?? null, account.name ?? null],
          );
        }
      }
      return made;
    });
  }
}
