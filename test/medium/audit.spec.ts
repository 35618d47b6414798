import type { DataSource } from 'typeorm';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditService } from '../../src/audit/audit.service';
import { AuditEntry } from '../../src/audit/audit-entry.entity';
import { newestSeal, sealAudit, verifyAudit } from '../../src/audit/chain';
import { Checkpoints } from '../../src/audit/checkpoints';
import { testDatabase, type TestDatabase } from '../support/database';

describe('T40: the audit chain', () => {
  let database: TestDatabase;
  let source: DataSource;
  const write = (event: string, age: string) =>
    source.query(`insert into audit_entry (event, by_kind, detail, at) values ($1, 'system', '{"a":1}', now() - $2::interval)`, [event, age]);

  beforeAll(async () => {
    database = await testDatabase();
    source = await database.connect([AuditEntry]);
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

  it('keeps what was said outside of the chain, with a commitment in it, so that it can be erased and cannot be changed', async () => {
    const audit = new AuditService();
    const ticketId = '11111111-1111-4111-8111-111111111111';
    await source.transaction((tx) => audit.record(tx, { ticketId, event: 'escalated', by: { kind: 'customer', id: 'A-1', name: 'Erika Muster' }, detail: { version: 2 }, said: { why: 'Frau Muster called' } }));
    const [line] = await audit.of(source.manager, ticketId);
    expect(line?.detail).toEqual({ version: 2, why: 'Frau Muster called', salt: expect.stringMatching(/^[0-9a-f]{32}$/) as string, commits: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect((await verifyAudit(source)).broken).toBeNull();
    const refused = expect.objectContaining({ message: 'audit_entry is append-only' }) as Error;
    await expect(source.query(`update audit_entry set said = '{"why":"nothing"}' where ticket_id = $1`, [ticketId])).rejects.toEqual(refused);
    await expect(source.query(`update audit_entry set by_name = 'Somebody' where ticket_id = $1`, [ticketId])).rejects.toEqual(refused);
    await expect(source.query(`update audit_entry set by_name = null, detail = null where ticket_id = $1`, [ticketId])).rejects.toEqual(refused);
    await source.query('alter table audit_entry disable trigger audit_append_only');
    await source.query(`update audit_entry set said = said || '{"why":"nothing"}' where ticket_id = $1`, [ticketId]);
    expect((await verifyAudit(source)).broken).toBe(`What line ${line?.id} says was changed.`);
    await source.query('alter table audit_entry enable trigger audit_append_only');
    await source.query('update audit_entry set said = null, by_name = null where ticket_id = $1', [ticketId]);
    expect((await verifyAudit(source)).broken).toBeNull();
    expect(JSON.stringify(await source.query('select * from audit_entry'))).not.toContain('Muster');
  });

  it('names the line that was changed, added or removed behind its back', async () => {
    await source.query('alter table audit_entry disable trigger audit_append_only');
    await source.query(`update audit_entry set event = 'upheld' where event = 'analysed'`);
    expect((await verifyAudit(source)).broken).toBe('Seal 2 (lines 2 to 2) does not hold: line 2 is the first that is not as it was sealed: it was changed.');
    await source.query(`update audit_entry set event = 'analysed' where event = 'upheld'`);
    expect((await verifyAudit(source)).broken).toBeNull();
    const insert = (id: number) => source.query(`insert into audit_entry (id, event, by_kind, at) overriding system value values ($1, 'lift_decided', 'reviewer', now() - interval '4 minutes')`, [id]);
    await insert(0);
    expect((await verifyAudit(source)).broken).toBe('Line 0 stands before the first line that was sealed: it was added.');
    await source.query('delete from audit_entry where id = 0');
    await source.query(`select nextval(pg_get_serial_sequence('audit_entry', 'id'))`);
    await write('held', '1 second');
    const [gap] = (await source.query('select max(id) - 1 as id from audit_entry')) as { id: string }[];
    await source.query(`update audit_entry set at = now() - interval '5 minutes' where id > 2`);
    expect(await sealAudit(source)).toBeGreaterThan(0);
    expect((await verifyAudit(source)).broken).toBeNull();
    await insert(Number(gap?.id));
    expect((await verifyAudit(source)).broken).toMatch(new RegExp(`^Seal 3 .*line ${gap?.id} is the first that is not as it was sealed: it was added`));
    await source.query('delete from audit_entry where id = $1', [gap?.id]);
    const [cut] = (await source.query(`select min(id) as id from audit_entry where id > 2`)) as { id: string }[];
    await source.query('delete from audit_entry where id = $1', [cut?.id]);
    expect((await verifyAudit(source)).broken).toMatch(/^Seal 3 .*(a line before it was removed|lines are missing)/);
    await source.query(`delete from audit_entry where event = 'opened'`);
    expect((await verifyAudit(source)).broken).toMatch(/^Seal 1 .*1 lines are missing/);
  });

  it('misses an end that was cut off, by what was written down outside', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'desk-checkpoints-'));
    try {
      const other = await testDatabase();
      const cut = await other.connect();
      const more = async (event: string): Promise<void> => {
        await cut.query(`insert into audit_entry (event, by_kind, at) values ($1, 'system', now() - interval '2 minutes')`, [event]);
        await sealAudit(cut);
      };
      await more('one');
      await more('two');
      const checkpoints = new Checkpoints(dir, 'e', 'x'.repeat(32));
      const newest = await newestSeal(cut);
      await checkpoints.note(newest as NonNullable<typeof newest>, new Date());
      const { known, strange } = await checkpoints.read();
      expect([known, strange, (await verifyAudit(cut, known)).broken]).toEqual([[newest], 0, null]);
      expect(await new Checkpoints(dir, 'e', 'y'.repeat(32)).read()).toEqual({ known: [], strange: 1 });
      for (const table of ['audit_seal', 'audit_entry']) {
        await cut.query(`alter table ${table} disable trigger user`);
      }
      await cut.query('delete from audit_seal where id = 2');
      await cut.query('delete from audit_entry where id = 2');
      expect((await verifyAudit(cut)).broken).toBeNull();
      expect((await verifyAudit(cut, known)).broken).toMatch(/^Seal 2 \(up to line 2\) was written down outside/);
      await more('three, as if nothing had been');
      expect((await verifyAudit(cut, known)).broken).toMatch(/^Seal 2 |was written down outside/);
      await other.drop();
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it('refuses an update, a delete and a truncate', async () => {
    await source.query('alter table audit_entry enable trigger audit_append_only');
    for (const sql of ['update audit_entry set event = event', 'delete from audit_entry', 'truncate audit_entry', 'update audit_seal set hash = hash']) {
      await expect(source.query(sql)).rejects.toThrow('append-only');
    }
  });
});
