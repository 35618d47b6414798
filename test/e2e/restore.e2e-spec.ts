import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { DataSource } from 'typeorm';
import type { TicketJson } from '../../src/tickets/ticket.view';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { waitFor } from '../support/wait-for';

jest.setTimeout(240_000);

const NORDLICHT = '20418';
const EVIDENCE = { headers: 'From: a@shop.example\r\nMessage-ID: <a@shop.example>\r\n', explanation: 'Order confirmations, wanted by those who got them.' };
const LIFT = { outcome: 'lift', reasons: ['transactional_burst'], statement: 'These were order confirmations that their readers had asked for.' };
const HOUR = 3_600_000;

describe('F25: a backup that is restored, and clocks that are wrong', () => {
  let desk: Desk;
  let the: ReturnType<typeof journey>;
  let admin: DataSource;
  let dir: string;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), `desk-test-${process.pid}-data-`));
    desk = await startDesk({ settings: { UNDO_SECONDS: '0', DATA_DIR: dir } });
    the = journey(desk);
    admin = await new DataSource({ type: 'postgres', url: process.env['TEST_DATABASE_URL'] ?? '' }).initialize();
  }, 180_000);
  afterAll(async () => {
    await desk?.stop();
    await admin?.query(`drop database if exists ${name()}_backup with (force)`);
    await admin?.destroy();
    rmSync(dir, { recursive: true, force: true });
  });

  const name = (): string => new URL(desk.database.url).pathname.slice(1);
  const ready = async (): Promise<{ status: string; paused?: string }> => (await (await fetch(`${desk.url}/health/ready`)).json()) as { status: string; paused?: string };
  const inReview = async (ip: string): Promise<TicketJson> => the.take((await the.handOver(await the.blocked(ip, NORDLICHT), NORDLICHT, 'mistake', EVIDENCE)).ref);
  const lifted = (ref: string): number => new Set(the.mails(ref).filter((mail) => mail.subject.startsWith('Lifted and confirmed')).map((mail) => mail.messageId)).size;

  it('starts in safe mode, compares with the NOC and the mails that left, and repeats neither lift nor mail', async () => {
    const ticket = await inReview('192.0.2.91');
    await the.settled(ticket.ref);
    await desk.kill('SIGTERM');
    // The test's own connections, which PostgreSQL would wait for in vain.
    await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name()]);
    await admin.query(`create database ${name()}_backup template ${name()}`);
    await desk.start();
    expect((await the.decide(ticket, LIFT)).status).toBe(201);
    await the.until(ticket.ref, 'lifted');
    await waitFor('the customer to be told', () => lifted(ticket.ref) === 1);
    await the.settled(ticket.ref);
    const before = the.mails(ticket.ref).length;

    await desk.kill();
    await admin.query(`drop database ${name()} with (force)`);
    await admin.query(`alter database ${name()}_backup rename to ${name()}`);
    await desk.start();
    expect(desk.output()).toMatch(/SAFE MODE: the database was restored/);
    // The desk has forgotten the decision; the reviewer makes it again.
    const again = await the.read(ticket.ref);
    expect(again.state).toBe('in_review');
    expect((await the.decide(again, LIFT)).status).toBe(201);
    await the.until(ticket.ref, 'lifted');
    await the.settled(ticket.ref);
    expect(desk.output()).toMatch(/outbound work goes on/);
    expect(await ready()).toMatchObject({ status: 'ok' });
    expect((await the.ledger('192.0.2.91')).filter((entry) => entry.effect)).toHaveLength(1);
    expect([lifted(ticket.ref), the.mails(ticket.ref).length]).toEqual([1, before]);
    expect(await desk.database.query(`select last_answer from mail_delivery where state = 'suppressed' and last_answer like '%before the database was restored%'`)).not.toEqual([]);
    expect(await the.broken()).toEqual([]);
  });

  it('pauses by hand, says so on every page, and goes on at "resume"', async () => {
    const ticket = await inReview('192.0.2.92');
    expect(desk.cli(['pause', '--why', 'we are comparing backups']).status).toBe(0);
    await waitFor('the desk to know', async () => (await ready()).status === 'degraded');
    expect(await ready()).toMatchObject({ paused: 'we are comparing backups' });
    const mails = the.mails(ticket.ref).length;
    expect((await the.decide(ticket, LIFT)).status).toBe(201);
    await waitFor('the work to be due', async () => (await desk.database.query(`select 1 from outbox_message where job = 'order-lift' and state = 'pending' and due_at < now() - interval '3 seconds'`)).length > 0);
    expect([await the.ledger('192.0.2.92'), the.mails(ticket.ref).length, await the.broken()]).toEqual([[], mails, []]);
    expect(await desk.database.query(`select event from audit_entry where event like 'outbound_%'`)).toEqual([{ event: 'outbound_paused' }]);
    expect(desk.cli(['resume']).status).toBe(0);
    await the.until(ticket.ref, 'lifted');
    expect(desk.cli(['resume']).status).toBe(1);
  });

  it.each([['an hour ahead', HOUR], ['an hour behind', -HOUR]])('counts by the database when the clock of the machine is %s', async (_how, shift) => {
    const wrong = { NODE_OPTIONS: `--require ${resolve('test/support/guard-network.cjs')} --require ${resolve('test/support/shift-clock.cjs')}`, CLOCK_SHIFT_MS: String(shift) };
    await desk.kill();
    await desk.start({ ...wrong, UNDO_SECONDS: '30' });
    expect(desk.output()).toMatch(/clock of this machine is 3[56]\d\d s/);
    const ticket = await inReview(shift > 0 ? '192.0.2.93' : '192.0.2.94');
    const decided = await the.decide(ticket, LIFT);
    const [row] = await desk.database.query<{ left: number }>(`select extract(epoch from undo_until - now())::float8 as left from decision where id = $1`, [decided.body.id]);
    expect(row?.left).toBeGreaterThan(10);
    expect(row?.left).toBeLessThan(31);
    expect((await desk.call('POST', `/api/v1/decisions/${decided.body.id}/undo`, {}, 'reviewer1')).status).toBe(200);
    await desk.kill();
    await desk.start({ ...wrong, UNDO_SECONDS: '0' });
    expect((await the.decide(await the.read(ticket.ref), LIFT)).status).toBe(201);
    await the.until(ticket.ref, 'lifted');
    expect((await the.ledger(ticket.block.ip)).filter((entry) => entry.effect)).toHaveLength(1);
  });
});
