import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { CONFIG, type Config } from '../platform/config/config';
import { Transactions } from '../platform/database/transactions';
import { Rounds } from '../platform/rounds';
import { follow, type Happened } from './audit-tail';
import { index } from './search-entry';

const EVERY_MS = 500;
const AT_ONCE = 200;
/** A reading takes less; a ticket whose reading hangs is indexed without it. */
const READING_MS = 2_000;

interface Progress {
  last_id: string;
  gaps: Record<string, number>;
  message_at: Date | null;
}

/**
 * Keeps ticket_search: follows the audit (every change of a ticket has its line, I8) and the messages, and reads each ticket
 * anew. One worker at a time; another takes over where it stopped. The only writer of ticket_search and search_progress.
 */
@Injectable()
export class SearchIndexService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds = new Rounds('Search index entries', EVERY_MS, () => this.run().then((done) => (done?.more ? { pauseMs: 0 } : undefined)));

  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
    private readonly transactions: Transactions,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.ROLES.includes('worker')) {
      this.rounds.begin();
    }
  }

  beforeApplicationShutdown(): Promise<void> {
    return this.rounds.end();
  }

  /** Indexes what happened since. @returns how many tickets, those that wait a moment included, and whether more waits; null when another worker is at it */
  run(): Promise<{ tickets: number; more: boolean } | null> {
    return this.transactions.run(async (tx) => {
      const [progress] = (await tx.query(`select last_id, gaps, nullif(message_at, '-infinity') as message_at from search_progress for update skip locked`)) as Progress[];
      if (!progress) {
        return null;
      }
      const { happened, followed, more } = await follow(tx, { lastId: Number(progress.last_id), gaps: progress.gaps }, Date.now());
      const spoken = await this.spoken(tx, progress.message_at);
      const soon = beingRead(happened, progress.gaps, followed.gaps);
      const ids = [...new Set([...happened.filter((row) => !soon.has(row.id)).map((row) => row.ticketId), ...spoken.ids])];
      for (let from = 0; from < ids.length; from += AT_ONCE) {
        await index(tx, ids.slice(from, from + AT_ONCE));
      }
      if (ids.length > 0 || followed.lastId !== Number(progress.last_id) || Object.keys(progress.gaps).length > 0) {
        await tx.query('update search_progress set last_id = $1, gaps = $2, message_at = coalesce($3, message_at)', [followed.lastId, followed.gaps, spoken.at]);
      }
      return { tickets: ids.length + soon.size, more };
    });
  }

  /** Tickets with messages and notes that were not read yet; the last minute is looked at again, for those that were committed late. */
  private async spoken(tx: EntityManager, since: Date | null): Promise<{ ids: string[]; at: Date | null }> {
    const rows = (await tx.query(
      `select m.ticket_id as id, max(m.at) as at from message m join ticket_search s on s.ticket_id = m.ticket_id where m.at > coalesce($1::timestamptz, now()) - interval '1 minute'
       group by m.ticket_id, s.messages having (select count(*) from message a where a.ticket_id = m.ticket_id) <> s.messages order by max(m.at) limit ${AT_ONCE}`,
      [since],
    )) as { id: string; at: Date }[];
    return { ids: rows.map((row) => row.id), at: rows.at(-1)?.at ?? null };
  }
}

/**
 * Lines of tickets that have just come to be read: the end of the reading is a moment away, and indexing them twice would double the cost. They
 * stay among the gaps, so that they are asked for again: whatever becomes of the reading, the ticket is found soon.
 * @param now what is asked for again next time: they are put there
 */
function beingRead(happened: readonly Happened[], before: Readonly<Record<string, number>>, now: Record<string, number>): Set<number> {
  const lines = new Map<string, number>();
  happened.forEach(({ ticketId }) => lines.set(ticketId, (lines.get(ticketId) ?? 0) + 1));
  const soon = new Set<number>();
  for (const { id, ticketId, event, to } of happened) {
    const since = before[id] ?? Date.now();
    if (event === 'opened' && to === 'analysing' && lines.get(ticketId) === 1 && Date.now() - since < READING_MS) {
      now[id] = since;
      soon.add(id);
    }
  }
  return soon;
}
