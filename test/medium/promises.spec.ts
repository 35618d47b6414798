import { TicketsService } from '../../src/tickets/tickets.service';
import { PromiseService } from '../../src/tickets/promise.service';
import { MailService } from '../../src/mail/mail.service';
import type { OutboxMessage } from '../../src/outbox/outbox-message.entity';
import { Transactions } from '../../src/platform/database/transactions';
import { roleDesk, type RoleDesk } from '../support/role-desk';
import { ticketRow } from '../support/ticket-rows';

jest.setTimeout(60_000);
const MINUTE = 60_000;
const system = { kind: 'system' as const, id: null, name: 'system' };

describe('a promise', () => {
  let desk: RoleDesk;
  const ago = (minutes: number): Date => new Date(Date.now() - minutes * MINUTE);
  const ahead = (minutes: number): Date => ago(-minutes);
  const round = () => desk.app.get(PromiseService).run();
  const marks = async (id: string): Promise<string[]> => ((await desk.source.query('select mark from promise_mark where ticket_id = $1 order by mark', [id])) as { mark: string }[]).map(({ mark }) => mark);
  const mails = async (id: string | null): Promise<OutboxMessage[]> => (await desk.source.query(`select id, ticket_id as "ticketId", ref_id as "refId", what, created_at as "createdAt" from outbox_message where job = 'mail-customer' and ticket_id is not distinct from $1`, [id])) as OutboxMessage[];
  const dueAt = async (id: string): Promise<number> => ((await desk.source.query('select due_at as at from ticket where id = $1', [id])) as { at: Date }[])[0]?.at.getTime() ?? 0;

  beforeAll(async () => {
    desk = await roleDesk();
  });
  afterAll(() => desk?.stop());

  it('is warned of before, and the customer is told once before it is missed', async () => {
    const [soon, close, later] = [await ticketRow(desk.source, { due_at: ahead(25) }), await ticketRow(desk.source, { due_at: ahead(10) }), await ticketRow(desk.source, { due_at: ahead(200) })];
    await round();
    await round();
    expect([await marks(soon.id), await marks(close.id), await marks(later.id)]).toEqual([['near'], ['customer_told', 'near'], []]);
    const [mail, ...more] = await mails(close.id);
    expect([mail?.what, more]).toEqual(['delayed', []]);
    await desk.app.get(MailService, { strict: false }).prepare(mail!);
    expect(await desk.source.query(`select template, state from mail_delivery where ticket_id = $1`, [close.id])).toEqual([{ template: 'delayed', state: 'kept' }]);
    await desk.source.query(`update ticket set due_at = $2 where id = $1`, [close.id, ahead(12)]);
    await round();
    expect(await mails(close.id)).toHaveLength(1);
  });

  it('that was missed gets a mark, and the leads one mail for all', async () => {
    const [first, second, upheld] = [await ticketRow(desk.source, { due_at: ago(5) }), await ticketRow(desk.source, { due_at: ago(3), first_due_at: ago(90) }), await ticketRow(desk.source, { due_at: ago(5), state: 'upheld' })];
    await round();
    await round();
    expect([await marks(first.id), await marks(second.id), await marks(upheld.id)]).toEqual([['missed'], ['first_missed', 'missed'], []]);
    const [mail, ...more] = await mails(null);
    expect([mail?.what, mail?.refId, more]).toEqual(['promises-missed', desk.ids.lead, []]);
    await desk.app.get(MailService, { strict: false }).prepare(mail!);
    const [kept] = (await desk.source.query(`select recipient, subject, raw from mail_delivery where template = 'promises-missed'`)) as { recipient: string; subject: string; raw: Buffer }[];
    expect(kept).toMatchObject({ recipient: 'lead@desk.example', subject: '3 promises missed at the desk' });
    const text = kept?.raw.toString().replace(/=\r\n/g, '') ?? '';
    expect([first.ref, second.ref].every((ref) => text.includes(ref)) && text.includes('the first answer')).toBe(true);
    const late = await ticketRow(desk.source, { due_at: ago(1) });
    await round();
    expect([await marks(late.id), (await mails(null)).length]).toEqual([['missed'], 1]);
    await desk.source.query(`update promise_mark set told_at = told_at - interval '11 minutes' where told_at is not null`);
    await round();
    expect(await mails(null)).toHaveLength(2);
  });

  it('runs on while a ticket is on hold: that is a wait of ours, however long', async () => {
    const [soon, over] = [await ticketRow(desk.source, { state: 'on_hold', due_at: ahead(25), wake_at: ahead(20 * 24 * 60) }), await ticketRow(desk.source, { state: 'on_hold', due_at: ago(5), wake_at: ahead(20 * 24 * 60) })];
    await round();
    expect([await marks(soon.id), await marks(over.id)]).toEqual([['near'], ['missed']]);
  });

  it('of a first answer ends with words to the customer', async () => {
    const { id } = await ticketRow(desk.source, { first_due_at: ago(5) });
    await desk.source.query(`insert into message (id, ticket_id, internal, by_kind, by_name, text, channel) values (gen_random_uuid(), $1, false, 'reviewer', 'Somebody', 'We look at it.', 'desk')`, [id]);
    await round();
    expect(await marks(id)).toEqual([]);
  });

  it('of a first answer is kept by what reaches the customer, and not by what is taken back or waits for a second person', async () => {
    const first = async (id: string): Promise<boolean> => ((await desk.source.query('select first_due_at is not null as due from ticket where id = $1', [id])) as { due: boolean }[])[0]?.due ?? false;
    const post = async (role: 'reviewer' | 'senior', path: string, body: object) => (await desk.api(role, 'POST', `/api/v1/${path}`, body)).json<{ id: string; version: number }>();
    const decided = async (more: Record<string, unknown>, audit: string[] = []) => {
      const { id, ref } = await ticketRow(desk.source, { first_due_at: ahead(60), created_at: ago(60), ...more });
      await desk.source.query(`insert into audit_entry (ticket_id, event, from_state, to_state, by_kind, at) select $1, e, 'in_review', 'awaiting_evidence', 'reviewer', $3 from unnest($2::text[]) e`, [id, audit, ago(30)]);
      const { version } = await post('reviewer', `tickets/${ref}/take`, {});
      const decision = await post('reviewer', `tickets/${ref}/decisions`, { version, outcome: 'lift', reasons: ['monitoring_tool'], statement: 'This is what your own monitoring sends.' });
      return { id, decision: decision.id };
    };
    const [plain, answered, hack] = [await decided({}), await decided({}, ['information_requested']), await decided({ kind: 'hack' })];
    expect([await first(plain.id), await first(answered.id), await first(hack.id)]).toEqual([false, false, true]);
    for (const { decision } of [plain, answered]) {
      await post('reviewer', `decisions/${decision}/undo`, {});
    }
    await post('senior', `decisions/${hack.decision}/approval`, { approve: true });
    expect([await first(plain.id), await first(answered.id), await first(hack.id)]).toEqual([true, false, false]);
  });

  it('stands still while the customer is asked, and is explained', async () => {
    const { id, ref } = await ticketRow(desk.source, { state: 'awaiting_evidence', created_at: ago(180), due_at: ahead(300), state_since: ago(120) });
    await desk.source.query(`insert into audit_entry (ticket_id, event, from_state, to_state, by_kind, at) values ($1, 'opened', null, 'analysing', 'customer', $2), ($1, 'information_requested', 'in_review', 'awaiting_evidence', 'reviewer', $3)`, [id, ago(180), ago(120)]);
    await desk.app.get(Transactions).run((tx) => desk.app.get(TicketsService).apply(tx, id, 'evidence_supplied', system));
    // Eight hours from receipt, three of which are over: an hour of ours and two of the customer's.
    expect(Math.abs((await dueAt(id)) - ahead(7 * 60).getTime())).toBeLessThan(20_000);
    await desk.app.get(Transactions).run((tx) => desk.app.get(TicketsService).apply(tx, id, 'analysis_failed', system));
    expect((await desk.page('reviewer', `/desk/tickets/${ref}`)).body).toMatch(/due (Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d:\d\d UTC: normal, 8 hours, paused 2 h</);
  });
});
