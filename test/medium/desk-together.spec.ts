import type { DataSource } from 'typeorm';
import { Transactions } from '../../src/platform/database/transactions';
import { ApprovalService } from '../../src/review/approval.service';
import { BulkService } from '../../src/review/bulk.service';
import { DraftsService } from '../../src/review/drafts.service';
import { PresenceService } from '../../src/review/presence.service';
import { ReviewService } from '../../src/review/review.service';
import { SkillsService } from '../../src/review/skills.service';
import type { Person } from '../../src/review/staff-of';
import { TakeService } from '../../src/review/take.service';
import { TicketPages } from '../../src/review/ticket-pages';
import { ViewsService } from '../../src/review/views.service';
import { DeadlineService } from '../../src/tickets/deadline.service';
import { LeaseService } from '../../src/tickets/lease.service';
import { TicketsService } from '../../src/tickets/tickets.service';
import { testDatabase, type TestDatabase } from '../support/database';
import { NOC, proposal, reviewRoom, type ReviewRoom } from '../support/review';
import { waitFor } from '../support/wait-for';

describe('several people at one desk', () => {
  let database: TestDatabase;
  let the: ReviewRoom;
  let source: DataSource;
  let takes: TakeService;
  let tickets: TicketsService;
  let anna: Person;
  let milan: Person;
  let lead: Person;

  beforeAll(async () => {
    database = await testDatabase();
    the = await reviewRoom(database.url);
    [source, takes, tickets] = [the.source, the.app.get(TakeService), the.app.get(TicketsService)];
    [anna, milan, lead] = [await the.staff('Anna Keller', 'reviewer'), await the.staff('Milan Tesar', 'reviewer'), await the.staff('Ruth Sommer', 'lead')];
  });
  afterAll(async () => {
    await the?.app.close();
    await database?.drop();
  });
  afterEach(() => source.query(`update ticket set state = 'closed', deadline_at = null, taken_by = null where state not in ('lifted','upheld','closed')`));

  describe('take next', () => {
    it('gives from the queues of who asks, the most urgent of them', async () => {
      const skills = the.app.get(SkillsService);
      const [spam, hack] = [await the.queued({ tier: 'Premium' }), await the.queued({ kind: 'hack' })];
      await skills.set(milan.staff.id, ['hack'], lead.actor);
      expect(await takes.next(milan)).toBe(hack.id);
      expect(await takes.next(milan)).toBeNull();
      expect(await takes.next(anna)).toBe(spam.id);
      expect(await skills.queues()).toEqual(expect.arrayContaining(['hack', 'spam', 'lift-failed']));
      await skills.set(milan.staff.id, [], lead.actor);
      const other = await the.queued();
      expect(await takes.next(milan)).toBe(other.id);
      await expect(skills.set('nobody', [], lead.actor)).rejects.toThrow('no such member');
    });

    it('gives from further down to who may have none of the most urgent, also beside one who may have them all', async () => {
      const skills = the.app.get(SkillsService);
      const urgent = await Promise.all(Array.from({ length: 3 }, () => the.queued({ tier: 'Premium' })));
      const hack = await the.queued({ kind: 'hack' });
      await skills.set(milan.staff.id, ['hack'], lead.actor);
      const [his, hers, nothing] = await Promise.all([takes.next(milan), takes.next(anna), takes.next(milan)]);
      await skills.set(milan.staff.id, [], lead.actor);
      expect([[his, nothing].sort(), urgent.map((ticket) => ticket.id)]).toEqual([[hack.id, null].sort(), expect.arrayContaining([hers])]);
      expect(await source.query(`select count(*)::int as n from ticket where state = 'queued'`)).toEqual([{ n: 2 }]);
    });

    it('serves thirty who ask at once, some of whom may have only what stands further down, and tells audit and outbox of each', async () => {
      const own = await the.staff('Own Account', 'reviewer', ['A-own']);
      const urgent = await Promise.all(Array.from({ length: 20 }, () => the.queued({ accountId: 'A-own', tier: 'Premium' })));
      const usual = await Promise.all(Array.from({ length: 15 }, () => the.queued({ accountId: 'A-else' })));
      const given = await Promise.all(Array.from({ length: 30 }, (_, i) => takes.next(i % 3 === 0 ? own : anna)));
      expect(new Set(given).size).toBe(30);
      expect(given).not.toContain(null);
      given.filter((_, i) => i % 3 === 0).forEach((id) => expect(usual.map((ticket) => ticket.id)).toContain(id));
      expect(urgent.every((ticket) => given.includes(ticket.id))).toBe(true);
      const [moved] = (await source.query(
        `select count(*)::int as n, count(*) filter (where t.version = 3 and t.lease_no = 1 and t.lease_until > now() and t.deadline_event = 'lease_lost' and t.deadline_at = t.lease_until)::int as held,
           (select count(*)::int from audit_entry a where a.ticket_id = any($1) and a.event = 'taken' and a.from_state = 'queued' and a.to_state = 'in_review') as told,
           (select count(distinct o.ticket_id)::int from outbox_message o join audit_entry a on a.ticket_id = o.ticket_id and a.event = 'taken' and a.detail -> 'tells' ->> o.what = o.id::text
             where o.ticket_id = any($1) and o.job = 'tell-noc') as work
         from ticket t where t.id = any($1) and t.state = 'in_review'`, [given],
      )) as object[];
      expect(moved).toEqual({ n: 30, held: 30, told: 30, work: 30 });
    });
  });

  describe('a lease', () => {
    it('is renewed by who has the ticket while their page is open, moves nothing else, and then ends when it says', async () => {
      const ticket = await takes.take((await the.queued()).ref, anna);
      await source.query(`update ticket set lease_until = now() + interval '1 minute', deadline_at = now() + interval '1 minute' where id = $1`, [ticket.id]);
      expect(await the.app.get(LeaseService).renew(ticket.id, milan.staff.id)).toBeNull();
      const until = await the.app.get(LeaseService).renew(ticket.id, anna.staff.id);
      expect((until?.getTime() ?? 0) - Date.now()).toBeGreaterThan(14 * 60_000);
      expect(await tickets.find(ticket.id)).toMatchObject({ version: ticket.version, leaseUntil: until, deadlineAt: until, deadlineEvent: 'lease_lost' });
      await the.app.get(Transactions).run((tx) => tickets.apply(tx, ticket.id, 'evidence_supplied', NOC));
      expect((await tickets.find(ticket.id)).deadlineAt).toEqual(until);
    });

    it('that nobody renewed lapses, and cannot be renewed after that', async () => {
      const ticket = await takes.take((await the.queued()).ref, anna);
      await source.query(`update ticket set lease_until = now() - interval '1 second', deadline_at = now() - interval '1 second' where id = $1`, [ticket.id]);
      expect(await the.app.get(LeaseService).renew(ticket.id, anna.staff.id)).toBeNull();
      await the.app.get(DeadlineService).run();
      expect(await tickets.find(ticket.id)).toMatchObject({ state: 'queued', takenBy: null, leaseUntil: null });
    });
  });

  it('shows who else looks and who writes, until they leave or are not heard of', async () => {
    const presence = the.app.get(PresenceService);
    const ticket = await the.queued();
    const before = (await presence.changedSince(new Date())).now;
    await presence.beat(ticket.id, milan.staff.id, 'looking');
    await presence.beat(ticket.id, anna.staff.id, 'looking');
    expect((await presence.changedSince(before)).refs).toEqual([ticket.ref]);
    const there = async (reader: Person) => (await presence.onTickets([ticket.id], reader.staff.id)).get(ticket.id);
    expect(await there(anna)).toEqual([{ name: 'Milan Tesar', doing: 'looking' }]);
    // A Date holds no microseconds: what was before it must be a millisecond before it.
    const next = async (): Promise<Date> => new Date(Number((await presence.changedSince(new Date())).now) + 1);
    const then = await next();
    await waitFor('a later millisecond', async () => (await next()).getTime() > then.getTime() + 1);
    await presence.beat(ticket.id, anna.staff.id, 'looking');
    expect((await presence.changedSince(then)).refs).toEqual([]);
    await presence.beat(ticket.id, milan.staff.id, 'typing');
    expect((await presence.changedSince(then)).refs).toEqual([ticket.ref]);
    expect(await there(anna)).toEqual([{ name: 'Milan Tesar', doing: 'typing' }]);
    await presence.leave(ticket.id, milan.staff.id);
    expect(await there(anna)).toBeUndefined();
    await source.query(`update presence set seen_at = now() - interval '51 seconds'`);
    expect(await there(milan)).toBeUndefined();
  });

  describe('what somebody has begun to decide', () => {
    const draft = { version: 2, outcome: 'uphold' as const, reason: ['headers_do_not_match'], fix: ['set_ptr'], when: {}, statement: 'What I had written.', liftWhenVerified: false };

    it('is there again with what changed since, and only for who wrote it', async () => {
      const [pages, drafts] = [the.app.get(TicketPages), the.app.get(DraftsService)];
      const ticket = await takes.take((await the.queued()).ref, anna);
      await drafts.keep(ticket.id, anna.staff.id, { ...draft, version: ticket.version });
      await takes.release(ticket.ref, anna);
      const lost = await pages.model(ticket.ref, anna, {});
      expect(lost).toMatchObject({ decide: null, typed: 'What I had written.' });
      expect((await pages.model(ticket.ref, milan, {})).typed).toBeNull();
      await the.app.get(Transactions).run(async (tx) => {
        await tickets.apply(tx, ticket.id, 'evidence_supplied', NOC, { detail: { items: ['logs'] } });
        await tickets.apply(tx, ticket.id, 'analysed', NOC);
      });
      const now = await takes.take(ticket.ref, anna);
      const again = await pages.model(ticket.ref, anna, {});
      expect(again.decide).toMatchObject({ statement: 'What I had written.', version: now.version });
      expect(again.decide?.outcomes.find((outcome) => outcome.checked)?.value).toBe('uphold');
      expect(again.keptSince).toEqual({ changes: ['Evidence supplied: logs', 'Analysed'] });
      expect(again.typed).toBeNull();
    });

    it('comes back with an undo, as it was sent', async () => {
      const ticket = await takes.take((await the.queued()).ref, anna);
      const decision = await the.app.get(ReviewService).decide(ticket.ref, proposal(ticket, { outcome: 'require_fixes', reasons: ['spf_fail'], requiredFixes: [{ code: 'repair_spf', when: 'before_lift' }] }), anna);
      await the.app.get(ApprovalService).undo(decision.id, anna);
      const { decide, keptSince } = await the.app.get(TicketPages).model(ticket.ref, anna, {});
      expect(decide).toMatchObject({ statement: 'These were order confirmations of your shop.' });
      expect(decide?.outcomes.find((outcome) => outcome.checked)?.value).toBe('require_fixes');
      expect(decide?.shownFixes.filter((fix) => fix.checked).map((fix) => fix.code)).toEqual(['repair_spf']);
      expect(keptSince).toEqual({ changes: [] });
    });
  });

  it('ends an appeal in "uphold" or "lift", or asks on the way there', async () => {
    const review = the.app.get(ReviewService);
    const ticket = await takes.take((await the.queued({ changes: { appealedAt: new Date() } })).ref, lead);
    await expect(review.decide(ticket.ref, proposal(ticket, { outcome: 'require_fixes', reasons: ['spf_fail'], requiredFixes: [{ code: 'repair_spf' }] }), lead)).rejects.toMatchObject({
      errors: [{ field: 'outcome', code: 'appeal' }],
    });
    expect((await tickets.find(ticket.id)).version).toBe(ticket.version);
    await review.decide(ticket.ref, proposal(ticket, { outcome: 'uphold', reasons: ['headers_do_not_match'] }), lead);
    expect((await tickets.find(ticket.id)).state).toBe('upheld');
  });

  describe('many at once', () => {
    const bulk = () => the.app.get(BulkService);

    it('assigns to oneself, to others only as senior or lead, and names who was faster', async () => {
      const [one, two, three] = [await the.queued(), await the.queued(), await the.queued()];
      await takes.take(two.ref, milan);
      const pick = [one, two, three].map(({ ref, version }) => ({ ref, version }));
      expect(await bulk().do({ action: 'assign', tickets: [...pick, { ref: 'UB-0000-0000' }] }, anna)).toMatchObject([
        { ref: one.ref, ok: true }, { ref: two.ref, ok: false, status: 409, changed: ['Taken by Milan Tesar'] }, { ref: three.ref, ok: true }, { ok: false, status: 404 },
      ]);
      expect(await tickets.find(one.id)).toMatchObject({ takenBy: anna.staff.id });
      const four = await the.queued();
      await expect(bulk().do({ action: 'assign', tickets: [{ ref: four.ref }], to: milan.staff.id }, anna)).rejects.toThrow('senior or a lead');
      expect(await bulk().do({ action: 'assign', tickets: [{ ref: four.ref }], to: milan.staff.id }, lead)).toMatchObject([{ ok: true }]);
      expect(await tickets.find(four.id)).toMatchObject({ takenBy: milan.staff.id });
      const [line] = (await source.query(`select by_name from audit_entry where ticket_id = $1 and event = 'taken'`, [four.id])) as { by_name: string }[];
      expect(line?.by_name).toBe('Ruth Sommer');
    });

    it('asks all for the same thing, each in its own transaction, and takes all of it back while nothing was sent', async () => {
      const [one, two] = [await the.queued(), await the.queued()];
      await takes.take(two.ref, milan);
      const tickets_ = [one, two].map(({ ref, version }) => ({ ref, version }));
      await expect(bulk().do({ action: 'ask', tickets: tickets_, text: 'Send [what].' }, anna)).rejects.toMatchObject({ errors: [{ field: 'text' }] });
      const results = await bulk().do({ action: 'ask', tickets: tickets_, text: 'Please send the complete headers of one of these messages.' }, anna);
      expect(results).toMatchObject([{ ok: true }, { ok: false, status: 409 }]);
      expect(await tickets.find(one.id)).toMatchObject({ state: 'awaiting_evidence' });
      expect(await tickets.find(two.id)).toMatchObject({ state: 'in_review', takenBy: milan.staff.id });
      const made = results.flatMap(({ decision }) => decision ?? []);
      expect(made).toHaveLength(1);
      expect(await bulk().undo(made, milan)).toMatchObject([{ ref: one.ref, ok: false, status: 403 }]);
      expect(await bulk().undo(made, anna)).toMatchObject([{ ref: one.ref, ok: true, detail: 'Taken back; you have it again' }]);
      expect(await tickets.find(one.id)).toMatchObject({ state: 'in_review', takenBy: anna.staff.id, decisionId: null });
      expect(await bulk().undo(made, anna)).toMatchObject([{ ok: false, status: 409, detail: 'This decision was taken back already.' }]);
      await expect(bulk().undo([one.id], anna)).rejects.toThrow('no such decision');
    });

    it('closes only what has had every reminder, and keeps notes without moving anything', async () => {
      const waits = async (reminded: number) => {
        const ticket = await takes.take((await the.queued()).ref, anna);
        await the.app.get(ReviewService).decide(ticket.ref, proposal(ticket, { outcome: 'request_information', reasons: ['evidence_missing'] }), anna);
        await source.query('update ticket set reminded = $2 where id = $1', [ticket.id, reminded]);
        return tickets.find(ticket.id);
      };
      const [early, late, queued] = [await waits(1), await waits(3), await the.queued()];
      const all = [early, late, queued].map(({ ref }) => ({ ref }));
      expect(await bulk().do({ action: 'note', tickets: all, text: 'Called them.' }, anna)).toMatchObject([{ ok: true }, { ok: true }, { ok: true }]);
      expect((await tickets.find(queued.id)).version).toBe(queued.version);
      expect(await bulk().do({ action: 'close_expired', tickets: all }, anna)).toMatchObject([{ status: 409 }, { ok: true }, { status: 409, detail: 'It does not wait for the customer.' }]);
      expect(await tickets.find(late.id)).toMatchObject({ state: 'closed', closedReason: 'expired' });
      const auditor = await the.staff('Audit', 'auditor');
      await expect(bulk().do({ action: 'note', tickets: all, text: 'x' }, auditor)).rejects.toThrow('As auditor');
    });
  });

  it('keeps views for oneself, shares them only as a lead, and shows nobody a foreign one', async () => {
    const views = the.app.get(ViewsService);
    const own = await views.keep({ name: 'My spam', query: { queue: 'spam', claim: 'fixed' }, shared: false }, anna.staff);
    await expect(views.keep({ name: 'For all', query: { queue: 'hack' }, shared: true }, anna.staff)).rejects.toThrow('Only a lead');
    const shared = await views.keep({ name: 'For all', query: { queue: 'hack', sort: 'oldest' }, shared: true }, lead.staff);
    expect((await views.of(anna.staff.id)).map((view) => [view.name, view.query])).toEqual([['My spam', { queue: 'spam', claim: 'fixed' }], ['For all', { queue: 'hack', sort: 'oldest' }]]);
    expect((await views.of(milan.staff.id)).map((view) => view.name)).toEqual(['For all']);
    await expect(views.remove(own.id, milan.staff)).rejects.toThrow('no such view');
    await expect(views.remove(shared.id, milan.staff)).rejects.toThrow('shared by Ruth');
    expect((await views.keep({ name: 'My spam', query: { queue: 'spam' }, shared: false }, anna.staff)).id).toBe(own.id);
    await views.remove(own.id, anna.staff);
    expect((await views.of(anna.staff.id)).map((view) => view.name)).toEqual(['For all']);
  });
});
