import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, MIGRATIONS_DIR } from '../../src/platform/database/migrate';
import { ROOT } from '../../src/platform/root';
import { testDatabase, type TestDatabase } from '../support/database';

const SLOW = '1765950000000';

describe('a migration that builds indexes', () => {
  let [built, straight]: (TestDatabase | undefined)[] = [];
  let before = '';

  beforeAll(() => {
    before = mkdtempSync(join(tmpdir(), 'migrations-'));
    readdirSync(MIGRATIONS_DIR).filter((file) => file < SLOW).forEach((file) => copyFileSync(join(MIGRATIONS_DIR, file), join(before, file)));
  });
  afterAll(async () => {
    rmSync(before, { recursive: true });
    await built?.drop();
    await straight?.drop();
  });

  it('finds those that were built beside the work, as docs/operations.md says, and ends the same', async () => {
    built = await testDatabase(process.env['TEST_DATABASE_URL']);
    straight = await testDatabase(process.env['TEST_DATABASE_URL']);
    const [source, other] = [await built.connect(), await straight.connect()];
    await migrate(source, before);
    const statements = readFileSync(join(ROOT, 'docs/operations.md'), 'utf8').match(/^create index concurrently .*;$/gm) ?? [];
    expect(statements).toHaveLength(6);
    for (const statement of statements) {
      await source.query(statement);
    }
    const oids = async (): Promise<string[]> => ((await source.query(`select indexrelid::text as id from pg_index where indrelid in ('ticket'::regclass, 'outbox_message'::regclass)`)) as { id: string }[]).map(({ id }) => id);
    const there = await oids();
    expect((await migrate(source))[0]).toContain(SLOW);
    expect((await oids()).filter((id) => !there.includes(id))).toEqual([]); // nothing was built again
    await migrate(other);
    const indexes = (of: typeof source) => of.query(`select indexname, indexdef from pg_indexes where schemaname = 'public' order by indexname`);
    expect(await indexes(source)).toEqual(await indexes(other));
  });
});
