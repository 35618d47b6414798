import type { DataSource } from 'typeorm';
import { sealAudit, verifyAudit } from '../../src/audit/chain';
import { testDatabase, type TestDatabase } from '../support/database';

describe('the audit chain', () => {
  let database: TestDatabase;
  let source: DataSource;
  const write = (event: string, age: string) =>
    source.query(`insert into audit_entry (event, by_kind, detail, at) values ($1, 'system', '{"a":1}', now() - $2::interval)`, [event, age]);

  beforeAll(async () => {
    database = await testDatabase();
    source = await database.connect();
  });
  afterAll(() => database?.drop());

  it('seals what has settled, in runs, and holds', async () => {
    await write('opened', '3 minutes');
    await write('analysed', '2 minutes');
    expect(await sealAudit(source, 1)).toBe(1);
    expect(await sealAudit(source)).toBe(1);
    await write('taken', '1 second');
    expect(await sealAudit(source)).toBe(0);
    expect(await verifyAudit(source)).toEqual({ seals: 2, lines: 2, open: 1, broken: null });
  });

  it('names the first seal over a line that was changed behind its back', async () => {
    await source.query('alter table audit_entry disable trigger audit_append_only');
    await source.query(`update audit_entry set event = 'upheld' where event = 'analysed'`);
    expect((await verifyAudit(source)).broken).toMatch(/^Seal 2 /);
    await source.query(`update audit_entry set event = 'analysed' where event = 'upheld'`);
    await source.query(`delete from audit_entry where event = 'opened'`);
    expect((await verifyAudit(source)).broken).toMatch(/^Seal 1 /);
  });

  it('refuses an update, a delete and a truncate', async () => {
    await source.query('alter table audit_entry enable trigger audit_append_only');
    for (const sql of ['update audit_entry set event = event', 'delete from audit_entry', 'truncate audit_entry', 'update audit_seal set hash = hash']) {
      await expect(source.query(sql)).rejects.toThrow('append-only');
    }
  });
});
