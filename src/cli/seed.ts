import type { DataSource } from 'typeorm';
import { STORY } from '../tickets/story.sql';
import { withDatabase } from './database';
import { options } from './options';

interface Io { stdout: NodeJS.WritableStream; stderr: NodeJS.WritableStream }

const AT_ONCE = 100_000;
const MOST = 1_048_576; // what a reference's second half can number

/** `seed --tickets N`: fills an empty desk with N tickets and their history (src/tickets/story.sql.ts). 2 when it is asked wrongly, 1 when the desk is not empty. */
export async function seedCommand(args: string[], io: Io): Promise<number> {
  const tickets = Number(options(args).values['tickets']);
  if (!Number.isInteger(tickets) || tickets < 1 || tickets > MOST) {
    io.stderr.write(`Usage: seed --tickets N, with N from 1 to ${MOST}\n`);
    return 2;
  }
  return withDatabase(async (source) => {
    const [there] = (await source.query(`select exists (select 1 from ticket) as tickets, exists (select 1 from staff_member where role in ('reviewer','senior','lead')) as staff`)) as { tickets: boolean; staff: boolean }[];
    if (there?.tickets || !there?.staff) {
      io.stderr.write(there?.tickets ? 'This desk has tickets already: a story is only written on an empty one.\n' : 'Nobody works here yet: make a reviewer first (staff create).\n');
      return 1;
    }
    await seed(source, tickets, (line) => io.stderr.write(`${line}\n`));
    return 0;
  });
}

/** The same for who has a connection. */
export async function seed(source: Pick<DataSource, 'query'>, tickets: number, say: (line: string) => void = () => undefined): Promise<void> {
  const began = Date.now();
  const indexes = (await source.query(`select indexname as name, indexdef as sql from pg_indexes where tablename = 'ticket_search' and indexdef like '%USING gin%'`)) as { name: string; sql: string }[];
  // An inverted index is built many times faster than it is grown.
  for (const { name } of indexes) {
    await source.query(`drop index ${name}`);
  }
  try {
    for (let from = 0; from < tickets; from += AT_ONCE) {
      for (const { sql } of STORY) {
        await source.query(sql, [from, Math.min(tickets, from + AT_ONCE) - 1, tickets]);
      }
      say(`${Math.min(tickets, from + AT_ONCE).toLocaleString('en')} tickets after ${Math.round((Date.now() - began) / 1000)} s`);
    }
  } finally {
    for (const { sql } of indexes) {
      await source.query(sql);
    }
  }
  await source.query('update search_progress set last_id = (select max(id) from audit_entry), message_at = (select max(at) from message)');
  await source.query('analyze');
  await source.query('vacuum ticket, ticket_search');
  say(`Done after ${Math.round((Date.now() - began) / 1000)} s`);
}
