import { createTransport } from 'nodemailer';
import { sealAudit } from '../../src/audit/chain';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { waitFor } from '../support/wait-for';

jest.setTimeout(180_000);

const ACCOUNT = '20418';
const OTHER = '20533';
const LIFT = { outcome: 'lift', reasons: ['transactional_burst'], statement: 'Zwetschgenkuchen orders were wanted by those who got them.' };
const EVIDENCE = { headers: 'From: zwetschge@shop.example\r\nMessage-ID: <zwetschge@shop.example>\r\n', explanation: 'Zwetschgenkuchen order confirmations, nothing else.', message: Buffer.from('From: zwetschge@shop.example\r\nSubject: Zwetschgen\r\n\r\nZwetschgen\r\n').toString('base64') };

/** T40: what somebody at the database does to the audit is named; what a person asks to be forgotten is found nowhere, and the chain still holds. */
describe('T40: an erasure', () => {
  let desk: Desk;
  let the: ReturnType<typeof journey>;
  let email = '';
  let name = '';
  let ip = '';
  beforeAll(async () => {
    desk = await startDesk();
    the = journey(desk);
    const { body } = await the.noc.get<{ email: string; name: string }>(`/accounts/${ACCOUNT}`);
    [email, name] = [body.email, body.name];
  }, 180_000);
  afterAll(() => desk?.stop());

  /** Every column of every table as text, and where one of these words stands in it. */
  const foundIn = async (words: string[]): Promise<string[]> => {
    const tables = await desk.database.query<{ name: string }>(`select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`);
    const found: string[] = [];
    for (const table of tables.map((row) => row.name)) {
      const [row] = await desk.database.query<{ n: number; example: string }>(
        `select count(*)::int as n, min(left(t::text, 600)) as example from ${table} t where exists (select from unnest($1::text[]) word where strpos(lower(t::text), lower(word)) > 0
         or strpos(lower(t::text), encode(convert_to(word, 'UTF8'), 'hex')) > 0)`, [words]);
      if (row && row.n > 0) {
        found.push(`${table}: ${row.n}, such as ${row.example}`);
      }
    }
    return found;
  };
  /** What is older than a minute is sealed: here everything is, a moment later. */
  const verified = async (): Promise<string> => {
    const [{ newest } = { newest: '' }] = await desk.database.query<{ newest: string }>('select max(id)::text as newest from audit_entry');
    // Under the lock of those who seal: no line may change while the desk's own sealer reads it.
    await desk.database.query(`begin; select pg_advisory_xact_lock(7041002); alter table audit_entry disable trigger user;
      update audit_entry set at = at - interval '5 minutes' where id > coalesce((select max(last_id) from audit_seal), 0); alter table audit_entry enable trigger user; commit`);
    const source = await desk.database.connect();
    // By this test or by the desk, whoever comes first.
    await waitFor('all of it to be sealed', async () => {
      await sealAudit(source);
      return (await desk.database.query('select 1 from audit_seal where last_id >= $1', [newest])).length > 0;
    });
    return desk.cli(['audit', 'verify']).stdout;
  };

  it('refuses while a ticket is open, and then leaves nothing of the person, while the audit still holds', async () => {
    const block = await the.blocked('192.0.2.91', ACCOUNT);
    ip = block.ip;
    const ticket = await the.take((await the.handOver(block, ACCOUNT, 'mistake', EVIDENCE, 'panel-zwetschge-1')).ref);
    const link = () => desk.call<{ url: string }>('POST', `/api/v1/tickets/${ticket.ref}/status-links`, {}, 'noc', { 'idempotency-key': 'link-1' });
    const first = await link();
    expect([first.status, await link()]).toEqual([201, expect.objectContaining({ status: 201, body: first.body })]);
    // The link opens the status page; a copy of the database does not.
    expect(await foundIn([first.body.url.split('/').at(-1) ?? ''])).toEqual([]);
    await createTransport({ ...desk.smtp, secure: false, ignoreTLS: true }).sendMail({
      envelope: { from: email, to: desk.mailbox }, raw: `From: ${name} <${email}>\r\nTo: ${desk.mailbox}\r\nSubject: Zwetschgen ${ip}\r\nMessage-ID: <zw1@shop.example>\r\n\r\nZwetschgenkuchen.\r\n`,
    });
    expect(desk.cli(['erase', '--account', ACCOUNT, '--why', 'asked on paper'])).toMatchObject({ status: 1, stderr: expect.stringContaining(ticket.ref) as string });
    expect((await the.decide(ticket, LIFT)).status).toBe(201);
    await the.until(ticket.ref, 'lifted');
    await the.settled(ticket.ref);
    await waitFor('the mail to have an end', async () => (await desk.database.query(`select 1 from inbound_mail where state = 'stored'`)).length === 0);
    await waitFor('what is remembered', async () => (await desk.database.query(`select 1 from ticket_trait where ticket_id = (select id from ticket where ref = $1)`, [ticket.ref])).length > 0);
    const other = await the.handOver(await the.blocked('198.51.100.77', OTHER), OTHER, 'mistake', { headers: 'From: x@other.example\r\n', explanation: 'Somebody else entirely writes this.' });
    await the.settled(other.ref);
    expect(await verified()).toMatch(/hold/);

    await desk.database.query('insert into account_sharing (account_id, main_email, changed_at) values ($1, $2, now())', [ACCOUNT, email]);
    const words = [email, name, ip, 'zwetschge', 'panel-zwetschge-1'];
    expect((await foundIn(words)).length).toBeGreaterThan(8);
    const erased = desk.cli(['erase', '--account', ACCOUNT, '--email', `second.${email}`, '--why', 'asked on paper']);
    expect([erased.status, erased.stderr]).toEqual([0, '']);
    expect(erased.stdout).toMatch(/^Erased: 1 tickets are nobody's any more, \d mails, and what was kept under /);
    // The search index follows a moment later: it must not bring anything back.
    await waitFor('the index to have followed', async () => (await desk.database.query(`select 1 from search_progress where last_id >= (select max(id) from audit_entry)`)).length > 0);
    expect(await foundIn(words)).toEqual([]);

    expect(await verified()).toMatch(/hold/);
    expect(await the.broken()).toEqual([]);
    const left = await the.read(ticket.ref);
    expect([left.state, left.account.id, left.block.ip, left.evidence]).toEqual(['lifted', expect.stringMatching(/^gone-/), '192.0.2.0', []]);
    expect(await the.read(other.ref)).toMatchObject({ block: { ip: '198.51.100.77' }, account: { id: OTHER } });
    for (const path of [`/api/v1/tickets?ip=${ip}`, `/api/v1/tickets?q=zwetschge`, `/api/v1/tickets?account=${ACCOUNT}`]) {
      expect([path, (await desk.call<{ items: object[] }>('GET', path, undefined, 'reviewer1')).body.items]).toEqual([path, []]);
    }
    // Nothing in what the desk wrote to its log.
    for (const word of [email, name, 'zwetschgenkuchen']) {
      expect(desk.output().toLowerCase()).not.toContain(word.toLowerCase());
    }
  });
});

