import { randomUUID } from 'node:crypto';
import { SYSTEM } from '../../src/audit/actor';
import type { Customer } from '../../src/status/customer';
import { EvidenceLinks } from '../../src/status/evidence-links.service';
import { SubmitService } from '../../src/evidence/submit.service';
import { mailDesk, type MailDesk } from '../support/mail-desk';

const customer = { kind: 'customer', account: { id: 'A-1', email: 'ops@shop.example', name: 'Shop' }, launch: null, csrf: '', actor: { kind: 'customer', id: 'A-1', name: 'Shop' } } as Customer;

describe('the link for an administrator', () => {
  let desk: MailDesk;
  let links: EvidenceLinks;
  beforeAll(async () => {
    desk = await mailDesk({ ROLES: 'web' });
    links = desk.app.get(EvidenceLinks);
  });
  afterAll(() => desk?.stop());

  const ticket = async () => (await desk.app.get(SubmitService).submit(
    { claim: 'mistake', channel: 'form', block: { ip: '203.0.113.5', kind: 'spam', blockedAt: new Date(Date.now() - 3_600_000).toISOString(), blockId: randomUUID() }, account: { id: 'A-1', email: 'ops@shop.example' }, evidence: {} }, SYSTEM)).ticket;
  const key = (url: string): string => url.split('/e/')[1] ?? '';

  it('T16: has 128 random bits of which only a hash is kept', async () => {
    const made = await ticket();
    const url = await links.make(customer, made, 'our administrator');
    expect(Buffer.from(key(url), 'base64url')).toHaveLength(16);
    expect(JSON.stringify(await desk.source.query('select * from evidence_link'))).not.toContain(key(url));
    await expect(links.open(`${key(url).startsWith('A') ? 'B' : 'A'}${key(url).slice(1)}`)).rejects.toThrow('does not exist');
  });

  it('adds text and files to its ticket, marked as come that way and with the names of the files', async () => {
    const made = await ticket();
    await links.supply(key(await links.make(customer, made, 'Ada')), 'Nov 20 postfix/smtp[1]: 4F: to=<a@b.example>, status=sent', [{ name: '../x\u202Egpj.eml', bytes: Buffer.from('From: a@b.example\n\nx') }]);
    expect(await desk.source.query('select type, channel, name, by_id from evidence_item where ticket_id = $1 order by type', [made.id])).toEqual([
      { type: 'logs', channel: 'link', name: null, by_id: null }, { type: 'sample', channel: 'link', name: 'xgpj.eml', by_id: null },
    ]);
    expect(await links.alive(made.id)).toMatchObject([{ label: 'Ada', uses: 1 }]);
  });

  it('ends when the customer ends it, and after seven days', async () => {
    const made = await ticket();
    const url = await links.make(customer, made, 'Ada');
    const [link] = await links.alive(made.id);
    await links.end(customer, (await ticket()).id, link?.id ?? '');
    await expect(links.open(key(url))).resolves.toBeDefined();
    await links.end(customer, made.id, link?.id ?? '');
    await expect(links.supply(key(url), 'x', [])).rejects.toThrow('over');
    const other = await links.make(customer, made, 'Ada');
    await desk.source.query(`update evidence_link set expires_at = now() - interval '1 second' where ticket_id = $1`, [made.id]);
    await expect(links.open(key(other))).rejects.toThrow('over');
  });

  it('takes nothing more when the ticket is decided, and is made five times at most', async () => {
    const made = await ticket();
    for (let n = 0; n < 5; n++) {
      await links.make(customer, made, `Ada ${n}`);
    }
    await expect(links.make(customer, made, 'one more')).rejects.toThrow('5 links');
    const url = await links.make(customer, await ticket(), 'Ada');
    await desk.source.query(`update ticket set state = 'closed', closed_reason = 'withdrawn' where id = (select ticket_id from evidence_link order by created_at desc limit 1)`);
    await expect(links.supply(key(url), 'late', [])).rejects.toThrow('decided');
  });
});
