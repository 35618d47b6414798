import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DataSource } from 'typeorm';
import { sealAudit, verifyAudit } from '../../src/audit/chain';
import { RetentionModule } from '../../src/retention/retention.module';
import { RetentionService } from '../../src/retention/retention.service';
import { testDatabase, type TestDatabase } from '../support/database';
import { spine } from '../support/spine';
import { decided, ticketRow, type TicketRow } from '../support/ticket-rows';

jest.setTimeout(60_000);

describe('what is kept has an end', () => {
  let database: TestDatabase;
  let app: INestApplicationContext;
  let source: DataSource;
  beforeAll(async () => {
    database = await testDatabase();
    app = await spine(database.url, { ROLES: 'web' }, [RetentionModule]);
    source = app.get(DataSource);
  });
  afterAll(async () => {
    await app?.close();
    await database?.drop();
  });

  const round = () => app.get(RetentionService).round();
  const one = async <T>(sql: string, values: unknown[] = []): Promise<T> => ((await source.query(sql, values)) as T[])[0] as T;
  /** A ticket that ended so many days ago, with a file, a mail in, a mail out, a message and a reading. */
  const ended = async (days: number, more: Record<string, unknown> = {}): Promise<TicketRow> => {
    const ticket = await ticketRow(source, { state: 'lifted', statement: 'We are the shop.', state_since: new Date(Date.now() - days * 86_400_000), created_at: new Date(Date.now() - (days + 1) * 86_400_000), ...more });
    await source.query(`insert into audit_entry (ticket_id, event, to_state, by_kind, by_name) values ($1, 'opened', 'lifted', 'customer', 'Erika Muster')`, [ticket.id]);
    await source.query(`insert into evidence_item (id, ticket_id, type, bytes, name, size, by_kind, channel) values ($1, $2, 'sample', 'From: a@b', 'private.eml', 9, 'customer', 'form')`, [randomUUID(), ticket.id]);
    await source.query(`insert into evidence_item (id, ticket_id, type, text, size, by_kind, channel) values ($1, $2, 'explanation', 'It was us.', 9, 'customer', 'form')`, [randomUUID(), ticket.id]);
    await source.query(`insert into inbound_mail (id, door, sha256, raw, size, state, ticket_id, from_address) values ($1, 'smtp', $2, 'raw', 3, 'ticket', $3, 'a@b.example')`, [randomUUID(), randomUUID(), ticket.id]);
    await source.query(`insert into mail_delivery (id, ticket_id, template, recipient, subject, message_id, raw, state) values ($1, $2, 'lifted', 'a@b.example', 'x', $3, 'raw', 'sent')`, [randomUUID(), ticket.id, randomUUID()]);
    await source.query(`insert into message (id, ticket_id, by_kind, by_name, text, channel) values ($1, $2, 'customer', 'Erika Muster', 'Hello', 'web')`, [randomUUID(), ticket.id]);
    if (more['state'] === undefined) {
      await decided(source, ticket, 'lift', randomUUID());
    }
    return ticket;
  };
  const kept = async ({ id }: TicketRow) => ({
    files: (await one<{ n: number }>('select count(bytes)::int as n from evidence_item where ticket_id = $1', [id])).n,
    texts: (await one<{ n: number }>('select count(text)::int as n from evidence_item where ticket_id = $1', [id])).n,
    mails: (await one<{ n: number }>(`select (select count(*) from inbound_mail where ticket_id = $1 and raw <> '')::int + (select count(*) from mail_delivery where ticket_id = $1 and raw <> '')::int as n`, [id])).n,
    messages: (await one<{ n: number }>('select count(*)::int as n from message where ticket_id = $1', [id])).n,
    account: (await one<{ account: string }>('select account_id as account from ticket where id = $1', [id])).account,
  });

  it('lets go files after 30 days, raw mail after 90, and the person after 24 months, each once', async () => {
    const [fresh, month, quarter, old, open] = [await ended(29), await ended(31), await ended(91), await ended(740, { account_id: 'A-old' }), await ended(740, { state: 'awaiting_fixes' })];
    const twin = await ended(800, { account_id: 'A-old' });
    const gone = await round();
    expect(gone).toMatchObject({ 'files of customers': 4, 'raw mail of tickets': 3, tickets: 2 });
    expect([await kept(fresh), await kept(open)]).toEqual([expect.objectContaining({ files: 1, texts: 1, mails: 2, messages: 1 }), expect.objectContaining({ files: 1, texts: 1, mails: 2, messages: 1 })]);
    expect(await kept(month)).toMatchObject({ files: 0, texts: 1, mails: 2, messages: 1 });
    expect(await kept(quarter)).toMatchObject({ files: 0, texts: 1, mails: 0, messages: 1, account: expect.stringMatching(/^A-/) as string });
    const [forgotten, other] = [await kept(old), await kept(twin)];
    expect(forgotten).toEqual({ files: 0, texts: 0, mails: 0, messages: 0, account: expect.stringMatching(/^gone-[0-9a-f]{16}$/) as string });
    expect(other.account).toBe(forgotten.account); // the same account can still be counted
    const left = await one<Record<string, unknown>>(`select t.statement, t.account_email, host(t.ip) as ip, t.block, t.state, l.account_id, host(l.ip) as lift_ip, d.statement as said, d.reasons from ticket t join decision d on d.id is not null and d.ticket_id = t.id join lift l on l.ticket_id = t.id where t.id = $1`, [old.id]);
    expect(left).toMatchObject({ statement: null, account_email: '', ip: expect.stringMatching(/^198\.51\.\d+\.0$/) as string, state: 'lifted', account_id: forgotten.account, said: '(deleted)', reasons: ['transactional_burst'] });
    expect(JSON.stringify(left)).not.toContain(`"${old.ip}"`);
    expect(await source.query(`select event, by_name from audit_entry where ticket_id = $1 order by id`, [old.id])).toEqual([{ event: 'opened', by_name: null }, { event: 'ticket_forgotten', by_name: 'the desk' }]);
    expect(await round()).toEqual({});
  });

  it('forgets again what came while an ended ticket was opened once more', async () => {
    const ticket = await ended(400, { state: 'upheld' });
    await round();
    await source.query(`insert into evidence_item (id, ticket_id, type, bytes, size, by_kind, channel) values ($1, $2, 'sample', 'late', 4, 'customer', 'form')`, [randomUUID(), ticket.id]);
    await source.query(`update ticket set state_since = now() - interval '40 days', files_gone_at = now() - interval '100 days' where id = $1`, [ticket.id]);
    expect(await round()).toEqual({ 'files of customers': 1 });
    expect(await kept(ticket)).toMatchObject({ files: 0 });
  });

  it('clears what was only there to work with, and leaves what somebody still needs', async () => {
    const job = (state: string, days: number) => source.query(`insert into outbox_message (id, job, state, due_at, settled_at) values ($1, 'read-mail', $2, now() + interval '1 day', now() - make_interval(days => $3))`, [randomUUID(), state, days]);
    await Promise.all([job('done', 31), job('done', 29), job('parked', 400)]);
    await source.query(`insert into idempotency_key (owner, key, request_hash, status, created_at) values ('k', 'old', 'x', 201, now() - interval '31 days'), ('k', 'new', 'x', 201, now() - interval '29 days')`);
    const mail = (state: string, days: number) => source.query(`insert into inbound_mail (id, door, sha256, raw, size, state, received_at) values ($1, 'smtp', $2, 'raw', 3, $3, now() - make_interval(days => $4))`, [randomUUID(), randomUUID(), state, days]);
    await Promise.all([mail('automatic', 91), mail('quarantined', 89), mail('stored', 400), mail('pending', 400)]);
    expect(await round()).toEqual({ 'work that is done': 1, 'answers to repeated requests': 1, 'mail without a ticket': 1 });
    expect(await source.query('select state from outbox_message order by state')).toEqual([{ state: 'done' }, { state: 'parked' }]);
    expect(await source.query('select key from idempotency_key')).toEqual([{ key: 'new' }]);
    expect(await source.query(`select state from inbound_mail where ticket_id is null order by state`)).toEqual([{ state: 'pending' }, { state: 'quarantined' }, { state: 'stored' }]);
  });

  it('knows every table that can name a customer', async () => {
    const rows = (await source.query(
      `select distinct c.table_name as name from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
       where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and (c.column_name ~ 'email|account|recipient|sender|from_address|address$' or c.data_type in ('inet', 'cidr'))`,
    )) as { name: string }[];
    const known = ['erase.ts', 'forget-tickets.ts', 'rules.ts'].map((file) => readFileSync(`src/retention/${file}`, 'utf8')).join();
    expect(rows.length).toBeGreaterThan(12);
    expect(rows.map(({ name }) => name).filter((name) => name !== 'staff_member' && !new RegExp(`\\b(from|update|old\\(')\\s*${name}\\b`).test(known))).toEqual([]);
  });

  it('is done by one worker at a time', async () => {
    await ended(45);
    const holding = source.createQueryRunner();
    await holding.startTransaction();
    await holding.query('select pg_advisory_xact_lock(7041003)');
    expect(await round()).toEqual({});
    await holding.rollbackTransaction();
    await holding.release();
    expect(await round()).toEqual({ 'files of customers': 1 });
  });

  it('lets the audit go after 36 months, whole seals at a time, so that what is left still holds', async () => {
    for (const trigger of ['disable', 'enable']) {
      await source.query(`alter table audit_entry ${trigger} trigger user`);
      await source.query(`alter table audit_seal ${trigger} trigger user`);
      if (trigger === 'disable') {
        await source.query(`update audit_entry set at = now() - interval '40 months'`);
        expect(await sealAudit(source)).toBeGreaterThan(5);
        await source.query(`update audit_seal set at = now() - interval '40 months'`);
      }
    }
    await source.query(`insert into audit_entry (event, by_kind, at) values ('later', 'system', now() - interval '2 minutes')`);
    await sealAudit(source);
    const gone = await round();
    expect(gone['lines of the audit']).toBeGreaterThan(5);
    const left = (await source.query('select event from audit_entry order by id')) as { event: string }[];
    expect(left.map(({ event }) => event)).toEqual(['later', 'audit_forgotten']);
    expect(await verifyAudit(source)).toEqual({ seals: 1, lines: 1, open: 1, broken: null });
    // Nobody else may cut it shorter by moving the horizon.
    await source.query(`update audit_horizon set last_id = (select max(last_id) from audit_seal), seal_id = (select max(id) from audit_seal), hash = (select hash from audit_seal order by id desc limit 1)`);
    expect((await verifyAudit(source)).broken).toMatch(/no line tells that it was let go/);
  });
});
