import { BlockService } from '../../src/noc/block.service';
import { Clock } from '../../src/platform/clock';
import { roleDesk, type RoleDesk } from '../support/role-desk';
import { decided, stateOf, ticketRow } from '../support/ticket-rows';

jest.setTimeout(60_000);

describe('beside the judgement', () => {
  let desk: RoleDesk;
  const state = (id: string) => stateOf(desk.source, id);
  const events = async (id: string): Promise<string[]> => ((await desk.source.query('select event from audit_entry where ticket_id = $1 order by id', [id])) as { event: string }[]).map(({ event }) => event);
  const api = (role: Parameters<RoleDesk['api']>[0], path: string, body?: unknown) => desk.api(role, body === undefined ? 'GET' : 'POST', `/api/v1/${path}`, body);

  beforeAll(async () => {
    desk = await roleDesk();
  });
  afterAll(() => desk?.stop());

  describe('memory', () => {
    it('tells of earlier tickets by what they share, whether the lift held, and of the three most alike', async () => {
      const traits = [{ trait: 'domain', value: 'shop.example' }, { trait: 'script', value: 'mailer.php' }];
      const [script, same, worse, other] = [await ticketRow(desk.source, {}, traits), await ticketRow(desk.source, { account_id: 'A-me', ip: '203.0.113.4' }), await ticketRow(desk.source, { ip: '203.0.113.9' }), await ticketRow(desk.source, { ip: '192.0.2.1' })];
      await decided(desk.source, script, 'uphold', desk.ids.lead, { reasons: ['vulnerable_form_or_cms'] });
      await decided(desk.source, same, 'lift', desk.ids.lead, { held: false });
      await decided(desk.source, worse, 'lift', desk.ids.lead);
      await decided(desk.source, other, 'uphold', desk.ids.lead);
      const mine = await ticketRow(desk.source, { account_id: 'A-me', ip: '203.0.113.4' }, traits);
      const memory = (await api('reviewer', `tickets/${mine.ref}/memory`)).json<{ groups: { trait: string; count: number; tickets: { ref: string; blockedAgainAt: string | null }[] }[]; similar: { ref: string; outcome: string; why: string }[] }>();
      expect(Object.fromEntries(memory.groups.map(({ trait, count }) => [trait, count]))).toEqual({ address: 1, network: 2, account: 1, rule: 4, domain: 1, script: 1 });
      expect(memory.groups[0]?.tickets).toMatchObject([{ ref: same.ref, blockedAgainAt: expect.any(String) as string }]);
      expect(memory.similar.map(({ ref, outcome, why }) => [ref, outcome, why])).toEqual([
        [script.ref, 'uphold', 'same script mailer.php, same sending domain shop.example, same filter rule BULK_7'],
        [same.ref, 'lift', 'same filter rule BULK_7, same address, same account, same network 203.0.113.0/24'],
        [worse.ref, 'lift', 'same filter rule BULK_7, same network 203.0.113.0/24'],
      ]);
      const page = (await desk.page('reviewer', `/desk/tickets/${mine.ref}`)).body;
      expect(page).toContain('same script mailer.php');
      expect(page).toContain('came back');
      expect((await api('reviewer', 'tickets/UB-ZZZZ-ZZZZ/memory')).statusCode).toBe(404);
    });
    it('tells of earlier blocks of the address alone, of an IPv6 address those of its /64, as they are counted', async () => {
      const seen = async (ip: string, ...blocked: string[]): Promise<string[]> => {
        const { ref } = await ticketRow(desk.source, { ip });
        for (const [n, address] of blocked.entries()) {
          const blockedAt = `2026-11-0${n + 1}T08:00:00.000Z`;
          await desk.app.get(BlockService, { strict: false }).keep(desk.source.manager, { ip: address, kind: 'spam', blockedAt });
        }
        return (await api('reviewer', `tickets/${ref}/memory`)).json<{ blocks: { blockedAt: string }[] }>().blocks.map(({ blockedAt }) => blockedAt.slice(8, 10));
      };
      expect(await seen('192.0.2.201', '192.0.2.201', '192.0.2.200', '192.0.2.201')).toEqual(['03', '01']);
      expect(await seen('2001:db8:77:1::25', '2001:db8:77:1::25', '2001:db8:77:1:ffff::1', '2001:db8:77:2::25', '2001:db8:77::25')).toEqual(['02', '01']);
    });
  });

  describe('a lead', () => {
    it('is asked with a reason; the ticket leaves the hands it was in, and only a lead takes it', async () => {
      const { ref, id } = await ticketRow(desk.source);
      await api('reviewer', `tickets/${ref}/take`, {});
      expect((await api('senior', `tickets/${ref}/escalation`, { why: 'not mine' })).statusCode).toBe(409);
      expect((await api('reviewer', `tickets/${ref}/escalation`, { why: ' ' })).statusCode).toBe(422);
      expect((await api('reviewer', `tickets/${ref}/escalation`, { why: 'Is this a test that we allowed?' })).statusCode).toBe(200);
      expect(await state(id)).toMatchObject({ state: 'queued', queue: 'lead', priority: 100, takenBy: null });
      expect((await api('senior', `tickets/${ref}/escalation`, { why: 'again' })).statusCode).toBe(409);
      expect((await api('reviewer', `tickets/${ref}/take`, {})).statusCode).toBe(403);
      expect((await desk.page('senior', `/desk/tickets/${ref}`)).body).toContain('Is this a test that we allowed?');
      expect([(await desk.page('senior', '/desk')).body, (await desk.page('lead', '/desk')).body].map((html) => /data-count="for-lead">(\d+)</.exec(html)?.[1] ?? null)).toEqual([null, '1']);
      expect((await desk.page('lead', '/desk?queue=for-lead')).body).toContain(ref);
      expect((await api('senior', `tickets/${ref}/give-back`, { why: 'I say so' })).statusCode).toBe(403);
      expect((await api('lead', `tickets/${ref}/give-back`, { why: 'It was allowed, lift it.' })).statusCode).toBe(200);
      expect(await state(id)).toMatchObject({ state: 'queued', queue: 'spam', priority: 0 });
      expect((await api('reviewer', `tickets/${ref}/take`, {})).statusCode).toBe(200);
      expect(await events(id)).toEqual(['taken', 'escalated', 'given_back', 'taken']);
    });
    it('alone takes next what leads were asked', async () => {
      await desk.source.query(`update ticket set state = 'closed', closed_reason = 'withdrawn' where state in ('queued','in_review')`);
      const { ref } = await ticketRow(desk.source);
      await api('reviewer', `tickets/${ref}/escalation`, { why: 'too hard for me' });
      expect((await api('senior', 'review/take', {})).statusCode).toBe(204);
      // Theirs from whatever queues they take besides.
      await api('lead', `review/skills/${desk.ids.lead}`, { queues: ['hack'] });
      const taken = (await api('lead', 'review/take', {})).json<object>();
      await api('lead', `review/skills/${desk.ids.lead}`, { queues: [] });
      expect(taken).toMatchObject({ ref, state: 'in_review', takenBy: desk.ids.lead, version: 3 });
      // The answer comes out of the statement that took it, and is the ticket as anybody reads it afterwards.
      expect((await api('reviewer', `tickets/${ref}`)).json()).toEqual(taken);
    });
  });

  describe('a duplicate', () => {
    it('is closed with a link, and the customer is told once', async () => {
      const [first, second] = [await ticketRow(desk.source, { account_id: 'A-dup' }), await ticketRow(desk.source, { account_id: 'A-dup' })];
      expect((await api('reviewer', `tickets/${second.ref}/duplicate`, { into: first.ref })).json()).toMatchObject({ state: 'closed', closedReason: 'duplicate' });
      expect(await desk.source.query(`select what from outbox_message where ticket_id = $1 and job = 'mail-customer'`, [second.id])).toEqual([{ what: 'closed' }]);
      expect((await desk.page('reviewer', `/desk/tickets/${second.ref}`)).body).toContain(`/desk/tickets/${first.ref}`);
      expect(await events(first.id)).toEqual(['duplicate_added']);
      expect((await api('reviewer', `tickets/${second.ref}/duplicate`, { into: first.ref })).statusCode).toBe(409);
      expect(((await desk.source.query(`select count(*)::int as n from outbox_message where ticket_id = $1 and job = 'mail-customer'`, [second.id])) as { n: number }[])[0]?.n).toBe(1);
    });
    it('never leaves both closed where two people join them each into the other', async () => {
      for (let round = 0; round < 8; round++) {
        const [one, two] = [await ticketRow(desk.source, { account_id: 'A-both' }), await ticketRow(desk.source, { account_id: 'A-both' })];
        const answers = await Promise.all([api('reviewer', `tickets/${one.ref}/duplicate`, { into: two.ref }), api('senior', `tickets/${two.ref}/duplicate`, { into: one.ref })]);
        expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 422]);
        expect([(await state(one.id))?.['state'], (await state(two.id))?.['state']].sort()).toEqual(['closed', 'queued']);
      }
    });
    it('is none of itself, of another account, or of what is closed', async () => {
      const [one, foreign, closed] = [await ticketRow(desk.source), await ticketRow(desk.source), await ticketRow(desk.source, { account_id: 'A-c', state: 'closed', closed_reason: 'withdrawn' })];
      const mine = await ticketRow(desk.source, { account_id: 'A-c' });
      const codes = await Promise.all([[one, one], [one, foreign], [mine, closed]].map(async ([from, into]) => (await api('reviewer', `tickets/${from?.ref}/duplicate`, { into: into?.ref })).statusCode));
      expect(codes).toEqual([422, 422, 422]);
      expect(await state(one.id)).toMatchObject({ state: 'queued', version: 1 });
    });
  });

  describe('the handover', () => {
    afterEach(() => jest.restoreAllMocks());
    it('is one note a shift, written on top of what was read, and shown to the next', async () => {
      jest.spyOn(desk.app.get(Clock), 'now').mockReturnValue(new Date()); // no shift ends meanwhile
      expect((await api('auditor', 'handover', { text: 'x', version: 0 })).statusCode).toBe(403);
      expect((await api('reviewer', 'handover', { text: 'Watch <b>203.0.113.0/24</b>', version: 0 })).json()).toMatchObject({ version: 1 });
      const lost = await api('senior', 'handover', { text: 'Mine', version: 0 });
      expect([lost.statusCode, lost.json<{ text: string }>().text]).toEqual([409, 'Watch <b>203.0.113.0/24</b>']);
      expect((await api('senior', 'handover', { text: 'Both', version: 1 })).json()).toMatchObject({ version: 2, byName: 'The senior' });
      await desk.source.query(`update handover set day = day - 1, began_at = began_at - interval '1 day', text = 'Watch <b>203.0.113.0/24</b>'`);
      expect((await api('reviewer', 'handover')).json()).toMatchObject({ note: null, before: [{ text: 'Watch <b>203.0.113.0/24</b>' }] });
      const page = await desk.page('auditor', '/desk/handover');
      expect(page.body).toContain('Watch &lt;b&gt;203.0.113.0/24&lt;/b&gt;');
      expect((await desk.page('reviewer', '/desk/handover', { text: 'Next', version: '0' })).headers.location).toBe('/desk/handover?said=kept');
      expect((await desk.page('senior', '/desk/handover', { text: 'Stale', version: '0' })).body).toContain('Stale');
    });
  });

  it('offers nothing that can be pressed to an auditor, who reads all of it', async () => {
    const [{ ref }] = [await ticketRow(desk.source)];
    const incident = (await api('reviewer', 'incidents', { trait: 'rule', value: 'BULK_7', title: 'Read by the auditor' })).json<{ id: string }>();
    for (const path of ['/desk?queue=all-open', `/desk/tickets/${ref}`, '/desk/incidents', `/desk/incidents/${incident.id}`, '/desk/handover']) {
      const { statusCode, body } = await desk.page('auditor', path);
      // One's own way out, and one's own views, are nobody's ticket.
      const acts = [...body.matchAll(/method="post" action="([^"]+)"/g)].map(([, action]) => action).filter((action) => !['/desk/sign-out', '/desk/views'].includes(action ?? ''));
      expect([path, statusCode, acts, / disabled/.test(body)]).toEqual([path, 200, [], false]);
    }
    const keys = async (role: 'auditor' | 'reviewer') => [...(await desk.page(role, '/desk')).body.matchAll(/<kbd>\w+<\/kbd> (take|undo|open)/g), ...(await desk.page(role, '/desk/keys')).body.matchAll(/<td>(Take, release|Search|Submit and next)</g)].map(([, does]) => does);
    expect([await keys('auditor'), await keys('reviewer')]).toEqual([['open', 'Search'], ['open', 'take', 'undo', 'Take, release', 'Search', 'Submit and next']]);
    await api('lead', `incidents/${incident.id}/end`, {});
  });
});
