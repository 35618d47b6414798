import { randomUUID } from 'node:crypto';
import { sampleAnalysis } from '../samples/ticket-page.sample';
import { TicketPageQuery } from '../../src/status/ticket-page.query';
import { mailDesk, type MailDesk } from '../support/mail-desk';
import { ticketRow, type TicketRow } from '../support/ticket-rows';

describe('what the customer’s page reads', () => {
  let desk: MailDesk;
  let pages: TicketPageQuery;
  beforeAll(async () => {
    desk = await mailDesk({ ROLES: 'web' });
    pages = desk.app.get(TicketPageQuery);
  });
  afterAll(() => desk?.stop());

  const made = (account: string, more: object = {}): Promise<TicketRow> => ticketRow(desk.source, { account_id: account, account_email: `${account}@shop.example`, ...more });
  const read = (ticket: TicketRow, account: string) => pages.owned(ticket.ref, account, `${account}@shop.example`);
  const reading = async (ticket: TicketRow, summary: string): Promise<string> => {
    const id = randomUUID();
    await desk.source.query(`insert into analysis (id, ticket_id, catalogue, assessment, confidence, sum, summary, body) values ($1, $2, 'c', 'mixed', 0, 0, '', $3)`, [id, ticket.id, JSON.stringify(sampleAnalysis({ summary }))]);
    await desk.source.query('update ticket set analysis_id = $2 where id = $1', [ticket.id, id]);
    return id;
  };

  it('is each one’s own, when many ask at once, and what an entity would be', async () => {
    const [one, two] = [await made('C-1'), await made('C-2')];
    const [mine, theirs, none, other] = await Promise.all([read(one, 'C-1'), read(one, 'C-2'), pages.owned('UB-0000-0000', 'C-1', 'x'), read(two, 'C-2')]);
    expect([mine?.ticket.id, theirs, none, other?.ticket.id]).toEqual([one.id, null, null, two.id]);
    const entity = await desk.source.getRepository('ticket').findOneByOrFail({ id: one.id });
    expect(mine?.ticket).toEqual({ ...entity });
    expect((await pages.byId(two.id))?.ticket.ref).toBe(two.ref);
    expect(await pages.byId(randomUUID())).toBeNull();
  });

  it('has the reading that stands there now: none, a first, a second, one that was changed in its place, and none again', async () => {
    const ticket = await made('C-3');
    const shown = async () => (await read(ticket, 'C-3'))?.parts.analysis;
    expect(await shown()).toBeNull();
    await reading(ticket, 'first');
    const first = await shown();
    expect(first?.summary).toBe('first');
    expect(await shown()).toBe(first); // not sent again
    const second = await reading(ticket, 'second');
    expect((await shown())?.summary).toBe('second');
    await desk.source.query(`update analysis set body = jsonb_set(body::jsonb, '{summary}', '"changed"') where id = $1`, [second]);
    expect((await shown())?.summary).toBe('changed');
    await desk.source.query('update ticket set analysis_id = null where id = $1', [ticket.id]);
    expect(await shown()).toBeNull();
  });
});
