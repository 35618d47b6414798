import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The rows of the README's table of writers: table → its rooms. */
function writers(): Map<string, string[]> {
  const rows = [...readFileSync('README.md', 'utf8').matchAll(/^\| ([a-z, ]+) \| ((?:`[a-z_]+`[ ;]*)+) \|$/gm)];
  return new Map(rows.flatMap(([, rooms = '', tables = '']) => [...tables.matchAll(/`([a-z_]+)`/g)].map(([, table = '']) => [table, rooms.split(', ')] as const)));
}

/** Statements that carry rows of several rooms in one commit, each row made by its own room's service; and the answer of a form, kept with those of the API. */
const GATHERED = ['src/tickets/moved.sql.ts', 'src/tickets/take-next.sql.ts', 'src/tickets/story.sql.ts', 'src/mailbox/store-mails.ts', 'src/intake/appeal.service.ts'];

const sources = (dir: string): string[] =>
  readdirSync(dir, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? sources(join(dir, entry.name)) : /(?<!\.spec)\.ts$/.test(entry.name) ? [join(dir, entry.name)] : []));

it('the README names the one room that writes each table', () => {
  const tables = readdirSync('migrations').filter((name) => name.endsWith('.sql')).flatMap((name) => [...readFileSync(`migrations/${name}`, 'utf8').matchAll(/^create (?:unlogged )?table (?:if not exists )?([a-z_]+)/gim)].map(([, table]) => table));
  expect([...writers().keys()].sort()).toEqual([...new Set(tables)].sort());
});

it('no other room has SQL that writes it', () => {
  const rooms = writers();
  const strangers = sources('src').flatMap((file) => {
    const [, room = ''] = file.split(/[\\/]/);
    // What ends by its age, and what fills a desk to play with, is written across all rooms.
    return ['retention', 'cli', 'simulator', 'core'].includes(room) || GATHERED.includes(file.replaceAll('\\', '/')) ? [] : [...readFileSync(file, 'utf8').matchAll(/\b(?:insert into|update|delete from) ([a-z_]+)\b/g)]
      .filter(([, table = '']) => rooms.has(table) && !rooms.get(table)?.includes(room)).map(([text]) => `${file}: ${text}`);
  });
  expect(strangers).toEqual([]);
});
