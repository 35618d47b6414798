import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { about } from '../core/ticket/state-label';
import type { BlockKind } from '../core/ticket/block';
import { Clock } from '../platform/clock';

const FRESH_MS = 60_000;
const ENOUGH = 5;

/** How long customers wait for a person at the moment, from the decisions of the last days. */
@Injectable()
export class WaitService {
  private readonly known = new Map<string, { words: string | null; at: number }>();

  constructor(
    private readonly source: DataSource,
    private readonly clock: Clock,
  ) {}

  /** "about 40 minutes" for half of the customers; null while there are too few decisions to say. At most a minute old. */
  async about(kind?: BlockKind): Promise<string | null> {
    const now = this.clock.now().getTime();
    const kept = this.known.get(kind ?? '');
    if (kept && now - kept.at < FRESH_MS) {
      return kept.words;
    }
    const [row] = (await this.source.query(
      `select count(*)::int as n, percentile_cont(0.5) within group (order by extract(epoch from d.decided_at - t.created_at) / 60) as minutes
       from (select ticket_id, min(decided_at) as decided_at from decision where decided_at > now() - interval '7 days' group by ticket_id limit 2000) d
       join ticket t on t.id = d.ticket_id where $1::text is null or t.kind = $1`,
      [kind ?? null],
    )) as { n: number; minutes: number | null }[];
    const words = row && row.n >= ENOUGH && row.minutes !== null ? about(Number(row.minutes)) : null;
    this.known.set(kind ?? '', { words, at: now });
    return words;
  }
}
