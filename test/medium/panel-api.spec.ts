import { roleDesk, type RoleDesk } from '../support/role-desk';
import { ticketRow } from '../support/ticket-rows';

jest.setTimeout(60_000);

/** What the page of the queue and of a ticket show beside the ticket, for those who build on the API. */
describe('the panel over the API', () => {
  let desk: RoleDesk;
  beforeAll(async () => {
    desk = await roleDesk();
  });
  afterAll(() => desk?.stop());

  const get = async <T>(role: Parameters<RoleDesk['api']>[0], path: string): Promise<T> => (await desk.api(role, 'GET', `/api/v1/${path}`)).json<T>();
  interface Queue { items: { ref: string; why: string; version: number; there: object[] }[]; next: string | null; counts: Record<string, number> }

  it('gives the queue in the order and with the filters of the page, page by page', async () => {
    const made = [];
    for (const priority of [5, 30, 10]) {
      made.push(await ticketRow(desk.source, { priority, tier: 'gold' }));
    }
    const hack = await ticketRow(desk.source, { kind: 'hack', priority: 20, queue: 'hack' });
    const first = await get<Queue>('reviewer', 'review/queue?limit=2&tier=gold');
    const second = await get<Queue>('reviewer', `review/queue?limit=2&tier=gold&after=${first.next}`);
    expect([...first.items, ...second.items].map(({ ref }) => ref)).toEqual([made[1]?.ref, made[2]?.ref, made[0]?.ref]);
    expect([second.next, first.items[0]?.why, first.counts['all-open'], first.counts['hack']]).toEqual([null, expect.stringMatching(/left of 8 h; 30 points/) as string, 4, 1]);
    expect((await get<Queue>('reviewer', 'review/queue?queue=hack')).items).toMatchObject([{ ref: hack.ref, version: 1, account: { name: null }, there: [] }]);
    expect((await get<Queue>('auditor', `review/queue?q=${encodeURIComponent(hack.ip)}`)).items.map(({ ref }) => ref)).toEqual([hack.ref]);
    const wrong = await Promise.all(['queue=nowhere', 'limit=0', 'limit=201', 'limit=x', 'colour=red', 'said=decided', 'after=bm9uZQ', 'q=192.0.2.0/33'].map((query) => desk.api('reviewer', 'GET', `/api/v1/review/queue?${query}`)));
    expect(wrong.map((answer) => [answer.statusCode, answer.json<{ errors: { field: string }[] }>().errors[0]?.field])).toEqual([[400, 'queue'], [400, 'limit'], [400, 'limit'], [400, 'limit'], [400, 'colour'], [400, 'said'], [400, 'after'], [400, 'q']]);
  });

  it('renews the lease of who has the ticket, and tells each who else is there', async () => {
    const { ref, id } = await ticketRow(desk.source);
    await desk.api('reviewer', 'POST', `/api/v1/tickets/${ref}/take`, {});
    await desk.source.query(`update ticket set lease_until = now() + interval '1 minute', deadline_at = now() + interval '1 minute' where id = $1`, [id]);
    const here = async (role: 'reviewer' | 'senior', doing?: string) => (await desk.api(role, 'POST', `/api/v1/tickets/${ref}/here`, doing ? { doing } : {})).json<{ yours: boolean; leaseUntil: string | null; there: object[]; version: number }>();
    expect(await here('senior', 'typing')).toMatchObject({ yours: false, leaseUntil: null, there: [], version: 2 });
    const mine = await here('reviewer');
    expect([mine.yours, Date.parse(mine.leaseUntil ?? '') - Date.now() > 14 * 60_000, mine.there]).toEqual([true, true, [{ name: 'The senior', doing: 'typing' }]]);
    expect((await get<Queue>('lead', `review/queue?q=${ref}`)).items[0]?.there).toHaveLength(2);
    await here('senior', 'gone');
    expect((await here('reviewer')).there).toEqual([]);
    expect((await desk.api('reviewer', 'POST', `/api/v1/tickets/${ref}/here`, { doing: 'sleeping' })).statusCode).toBe(400);
    // A lease that has lapsed is not renewed.
    await desk.source.query(`update ticket set lease_until = now() - interval '1 second' where id = $1`, [id]);
    expect(await here('reviewer')).toMatchObject({ yours: false, leaseUntil: null });
  });

  it('tells the promise in words, who may not judge it and why, and the canned parts filled for who has it', async () => {
    const { ref, ip } = await ticketRow(desk.source, { kind: 'hack', queue: 'hack' });
    await desk.api('reviewer', 'POST', `/api/v1/tickets/${ref}/take`, {});
    const others = await Promise.all((['senior', 'operator'] as const).map((role) => get<object>(role, `tickets/${ref}/desk`)));
    expect(others).toMatchObject([{ whyNot: null, holder: 'The reviewer', yours: false, parts: [] }, { whyNot: 'As operator you may read tickets, not take them.', parts: [] }]);
    const mine = await get<{ promise: string; second: string; parts: { key: string; text: string }[] }>('reviewer', `tickets/${ref}/desk`);
    expect(mine).toMatchObject({ yours: true, promise: expect.stringMatching(/^due .* UTC: normal, 8 hours$/) as string, second: expect.stringContaining('hack') as string, leaseUntil: expect.any(String) as string });
    expect(mine.parts.find(({ key }) => key === 'facts')?.text).toBe(`Your address ${ip} was blocked on 20 November because [what the filter saw].`);
  });

  it('shows the mail as a decision would send it, and what is left open, and stores nothing', async () => {
    const { ref, ip } = await ticketRow(desk.source);
    const preview = async (body: object) => desk.api('reviewer', 'POST', `/api/v1/tickets/${ref}/decisions/preview`, body);
    const lift = (await preview({ outcome: 'lift', reasons: ['vendor_rule_error', 'spf_fail'], statement: 'It was [what it was], at {address}.' })).json<{ subject: string; parts: { title: string; text: string }[]; gaps: string[] }>();
    expect([lift.subject, lift.gaps, lift.parts.map(({ title }) => title)]).toEqual([`[${ref}] We are lifting the block of ${ip}`, ['[what it was]', '{address}'], ['What happened', 'Why it is lifted', 'The rule', 'Was a machine involved?', 'If something is wrong']]);
    expect((await preview({ outcome: 'hold', statement: 'x' })).json()).toMatchObject({ subject: null, parts: [] });
    const none = await preview({ statement: 'x' });
    expect([none.statusCode, none.json<{ errors: { field: string }[] }>().errors[0]?.field]).toEqual([422, 'outcome']);
    expect(await desk.source.query('select state, version from ticket where ref = $1', [ref])).toEqual([{ state: 'queued', version: 1 }]);
    expect(await desk.source.query('select 1 from decision d join ticket t on t.id = d.ticket_id where t.ref = $1', [ref])).toEqual([]);
  });
});
