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

/** What a table can do without while it is filled: every index that holds up no constraint. One that is built afterwards costs a fraction of one that grows. */
const INDEXES = `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as sql from pg_index i
  where i.indrelid = any($1::regclass[]) and not i.indisunique and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`;

/** All or nothing, in one transaction: a seed that is interrupted leaves the desk empty and its indexes in their place. */
async function seed(source: DataSource, tickets: number, say: (line: string) => void): Promise<void> {
  const began = Date.now();
  const since = (): string => `after ${Math.round((Date.now() - began) / 1000)} s`;
  await source.transaction(async (tx) => {
    await tx.query(`set local maintenance_work_mem = '256MB'`);
    await tx.query('set local statement_timeout = 0');
    // A desk that runs holds this row while it reads what is filled here: whoever comes second has to wait before it holds anything.
    await tx.query('select from search_progress for update');
    const indexes = (await tx.query(INDEXES, [STORY.map(({ table }) => table)])) as { name: string; sql: string }[];
    for (const { name } of indexes) {
      await tx.query(`drop index ${name}`);
    }
    for (let from = 0; from < tickets; from += AT_ONCE) {
      for (const { sql } of STORY) {
        await tx.query(sql, [from, Math.min(tickets, from + AT_ONCE) - 1, tickets]);
      }
      say(`${Math.min(tickets, from + AT_ONCE).toLocaleString('en')} tickets ${since()}`);
    }
    for (const { sql } of indexes) {
      await tx.query(sql);
    }
    say(`Indexes ${since()}`);
    await tx.query('update search_progress set last_id = (select max(id) from audit_entry), message_at = (select max(at) from message)');
  });
  await source.query('vacuum analyze');
  say(`Done ${since()}`);
}
