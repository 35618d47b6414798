import type { INestApplicationContext } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { AuthModule } from '../../src/auth/auth.module';
import type { StaffRole } from '../../src/auth/staff-member.entity';
import { FixesService } from '../../src/evidence/fixes.service';
import { SubmitService } from '../../src/evidence/submit.service';
import { Transactions } from '../../src/platform/database/transactions';
import { PagesModule } from '../../src/platform/http/pages.module';
import { ApprovalService } from '../../src/review/approval.service';
import { QueueReader } from '../../src/review/queue.query';
import { queueQuery } from '../../src/review/queue.schema';
import { ReviewModule } from '../../src/review/review.module';
import { ReviewService, type Proposal } from '../../src/review/review.service';
import type { Person } from '../../src/review/staff-of';
import { TakeService } from '../../src/review/take.service';
import { SearchService } from '../../src/tickets/search.service';
import { SearchIndexService } from '../../src/tickets/search-index.service';
import type { Ticket } from '../../src/tickets/ticket.entity';
import { TicketsService } from '../../src/tickets/tickets.service';
import { testDatabase, type TestDatabase } from '../support/database';
import { FakeRooms } from '../support/fake-rooms';
import { REVIEW_JOBS } from '../support/review';
import { spine } from '../support/spine';
import { waitFor } from '../support/wait-for';

const noc = { kind: 'noc' as const, id: 'key', name: 'NOC' };
const machine = { kind: 'system' as const, id: null, name: 'the desk' };

describe('the review', () => {
  let database: TestDatabase;
  let app: INestApplicationContext;
  let source: DataSource;
  let takes: TakeService;
  let review: ReviewService;
  let approvals: ApprovalService;
  let tickets: TicketsService;
  let rooms: FakeRooms;
  let anna: Person;
  let milan: Person;
  let lead: Person;

  const staff = async (name: string, role: StaffRole, accountIds: string[] = []): Promise<Person> => {
    const id = randomUUID();
    await source.query('insert into staff_member (id, email, name, role, password_hash, account_ids) values ($1, $2, $3, $4, $5, $6)', [id, `${id}@desk.example`, name, role, 'none', accountIds]);
    return { staff: { id, name, email: `${id}@desk.example`, role, accountIds }, actor: { kind: 'reviewer', id, name } };
  };

  beforeAll(async () => {
    database = await testDatabase();
    app = await spine(database.url, { UNDO_SECONDS: '60' }, [PagesModule, AuthModule, ReviewModule], REVIEW_JOBS);
    source = app.get(DataSource);
    [takes, review, approvals, tickets, rooms] = [app.get(TakeService), app.get(ReviewService), app.get(ApprovalService), app.get(TicketsService), app.get(FakeRooms)];
    [anna, milan, lead] = await Promise.all([staff('Anna Keller', 'reviewer'), staff('Milan Tesar', 'reviewer', ['A-milan']), staff('Ruth Sommer', 'lead')]);
  });
  afterAll(async () => {
    await app?.close();
    await database?.drop();
  });
  // Every test begins with an empty queue.
  afterEach(async () => {
    await source.query(`update ticket set state = 'closed', deadline_at = null, taken_by = null where state not in ('lifted','upheld','closed')`);
  });

  let n = 0;
  const queued = async (more: { kind?: 'spam' | 'hack'; accountId?: string; ip?: string; tier?: string; repeats?: number; assessment?: string } = {}): Promise<Ticket> => {
    n += 1;
    const { ticket } = await app.get(SubmitService).submit({
      claim: 'mistake', channel: 'noc', account: { id: more.accountId ?? 'A-1', email: 'ops@shop.example', name: `Shop ${n}`, ...(more.tier ? { tier: more.tier } : {}) },
      block: { ip: more.ip ?? `192.0.2.${(n % 250) + 1}`, kind: more.kind ?? 'spam', blockedAt: '2026-11-20T08:41:07Z', blockId: randomUUID() },
      evidence: { headers: 'Message-ID: <a@shop.example>', explanation: 'Nightly backups to our own server, see the log.', logs: 'sshd: accepted' },
    }, noc);
    return app.get(Transactions).run((tx) => tickets.apply(tx, ticket.id, 'analysed', machine, { changes: { repeats: more.repeats ?? 0, assessment: (more.assessment ?? 'mixed') as never } }));
  };
  const proposal = (ticket: Ticket, more: Partial<Proposal> = {}): Proposal => ({
    version: ticket.version, outcome: 'lift', reasons: ['transactional_burst'], statement: 'These were order confirmations of your shop.', requiredFixes: [], liftWhenVerified: false, ...more,
  });
  const eventsOf = async (id: string) => ((await source.query('select event from audit_entry where ticket_id = $1 order by id', [id])) as { event: string }[]).map((row) => row.event);
  const workOf = (id: string, refId: string) =>
    source.query('select job, what, state, due_at > now() as later from outbox_message where ticket_id = $1 and ref_id = $2 order by job, what', [id, refId]) as Promise<{ job: string; what: string | null; state: string; later: boolean }[]>;

  describe('taking', () => {
    it('gives one ticket to one of two who take it at once', async () => {
      const ticket = await queued();
      const results = await Promise.allSettled([takes.take(ticket.ref, anna), takes.take(ticket.ref, milan)]);
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      const lost = results.find((result) => result.status === 'rejected') as PromiseRejectedResult;
      expect((lost.reason as Error).message).toMatch(/^(Anna Keller|Milan Tesar) has this ticket\.$/);
      expect((await eventsOf(ticket.id)).filter((event) => event === 'taken')).toHaveLength(1);
    });

    it('gives forty different tickets to forty who take the next one at once, and the forty-first nothing', async () => {
      const all = [];
      for (let i = 0; i < 40; i++) {
        all.push((await queued()).id);
      }
      const taken = await Promise.all(Array.from({ length: 41 }, (_, i) => takes.next([anna, lead][i % 2] as Person)));
      expect(taken.filter((id) => id !== null).sort()).toEqual(all.sort());
    });

    it('gives the most urgent first, never the own account, and 403 to who may not judge', async () => {
      const usual = await queued({ accountId: 'A-1' });
      const own = await queued({ accountId: 'A-milan', tier: 'Premium' });
      expect(await takes.next(milan)).toBe(usual.id);
      expect(await takes.next(milan)).toBeNull();
      await expect(takes.take(own.ref, milan)).rejects.toThrow('account of yours');
      expect(await takes.next(anna)).toBe(own.id);
      const admin = await staff('Root', 'admin');
      await expect(takes.next(admin)).rejects.toThrow('not take');
    });

    it('lets a ticket go back, only by who has it, and lets another take it when the lease ran out', async () => {
      const ticket = await queued();
      await takes.take(ticket.ref, anna);
      await expect(takes.release(ticket.ref, milan)).rejects.toThrow('Anna Keller has this ticket.');
      expect(await takes.release(ticket.ref, anna)).toMatchObject({ state: 'queued', takenBy: null });
      await takes.take(ticket.ref, anna);
      await source.query(`update ticket set lease_until = now() - interval '1 second' where id = $1`, [ticket.id]);
      expect(await takes.take(ticket.ref, milan)).toMatchObject({ state: 'in_review', takenBy: milan.staff.id });
      expect((await eventsOf(ticket.id)).slice(-2)).toEqual(['lease_lost', 'taken']);
    });

    it('keeps an appeal and a block that came back from who decided before', async () => {
      const appealed = await queued({ accountId: 'A-appeal' });
      const held = await takes.take(appealed.ref, anna);
      await review.decide(appealed.ref, proposal(held, { outcome: 'uphold', reasons: ['headers_do_not_match'] }), anna);
      await app.get(Transactions).run((tx) => tickets.apply(tx, appealed.id, 'appealed', noc, { changes: { appealedAt: new Date() } }));
      await expect(takes.take(appealed.ref, anna)).rejects.toThrow('another reviewer');
      expect(await takes.next(anna)).toBeNull();
      expect(await takes.next(lead)).toBe(appealed.id);

      const lifted = await queued({ ip: '192.0.2.77', accountId: 'A-again' });
      await review.decide(lifted.ref, proposal(await takes.take(lifted.ref, anna)), anna);
      await source.query(`update ticket set state = 'lifted', blocked_again_at = now() where id = $1`, [lifted.id]);
      const again = await queued({ ip: '192.0.2.77', accountId: 'A-again' });
      expect(await takes.next(anna)).toBeNull();
      expect(await takes.next(lead)).toBe(again.id);
    });
  });

  describe('deciding', () => {
    it('writes decision, state, audit and work together, and the work waits for the undo window', async () => {
      const ticket = await queued();
      const held = await takes.take(ticket.ref, anna);
      const decision = await review.decide(ticket.ref, proposal(held, { requiredFixes: [{ code: 'publish_dmarc' }] }), anna);
      expect(decision).toMatchObject({ state: 'undoable', byName: 'Anna Keller', ticketVersion: held.version, fixes: [{ code: 'publish_dmarc', when: 'after_lift' }] });
      expect(await tickets.find(ticket.id)).toMatchObject({ state: 'lifting', decisionId: decision.id, takenBy: null, version: held.version + 1 });
      expect((await eventsOf(ticket.id)).at(-1)).toBe('lift_decided');
      const work = await workOf(ticket.id, decision.id);
      expect(work.map((row) => row.job)).toEqual(expect.arrayContaining(['mail-customer', 'order-lift']));
      expect(work.every((row) => row.state === 'pending' && row.later)).toBe(true);
      expect(rooms.seen.filter((row) => row.refId === decision.id)).toEqual([]);
      expect(await source.query('select code, at, state from required_fix where decision_id = $1', [decision.id])).toEqual([{ code: 'publish_dmarc', at: 'after_lift', state: 'open' }]);
    });

    it.each<[string, Partial<Proposal>, string, string]>([
      ['fixes', { outcome: 'require_fixes', reasons: ['ptr_missing_or_mismatch'], requiredFixes: [{ code: 'set_ptr' }] }, 'awaiting_fixes', 'fixes-required'],
      ['no', { outcome: 'uphold', reasons: ['headers_do_not_match'] }, 'upheld', 'not-lifted'],
      ['a question', { outcome: 'request_information', reasons: ['evidence_missing'] }, 'awaiting_evidence', 'information-requested'],
    ])('leads to %s', async (_, more, state, template) => {
      const ticket = await queued();
      const decision = await review.decide(ticket.ref, proposal(await takes.take(ticket.ref, anna), more), anna);
      expect((await tickets.find(ticket.id)).state).toBe(state);
      expect(await workOf(ticket.id, decision.id)).toContainEqual(expect.objectContaining({ job: 'mail-customer', what: template }));
    });

    it('holds a ticket until its day', async () => {
      const ticket = await queued();
      const wakeAt = new Date(Date.now() + 86_400_000);
      await review.decide(ticket.ref, proposal(await takes.take(ticket.ref, anna), { outcome: 'hold', reasons: ['evidence_contradictory'], wakeAt }), anna);
      expect(await tickets.find(ticket.id)).toMatchObject({ state: 'on_hold', wakeAt, deadlineAt: wakeAt, deadlineEvent: 'woken' });
    });

    it('names all that is missing at once and changes nothing', async () => {
      const ticket = await queued();
      const held = await takes.take(ticket.ref, anna);
      await expect(review.decide(ticket.ref, { reasons: [], statement: '', requiredFixes: [], liftWhenVerified: false }, anna)).rejects.toMatchObject({ errors: [{ field: 'version' }, { field: 'outcome' }] });
      await expect(review.decide(ticket.ref, proposal(held, { reasons: [], statement: 'This is [what it was], sent by you.' }), anna)).rejects.toMatchObject({
        errors: [{ field: 'reasons', code: 'missing' }, { field: 'statement', code: 'unfilled' }],
      });
      expect(await tickets.find(ticket.id)).toMatchObject({ state: 'in_review', version: held.version });
      expect(await source.query('select 1 from decision where ticket_id = $1', [ticket.id])).toEqual([]);
    });

    it('refuses a stale version and says what changed', async () => {
      const ticket = await queued();
      const held = await takes.take(ticket.ref, anna);
      await app.get(Transactions).run((tx) => tickets.apply(tx, ticket.id, 'evidence_supplied', noc, { detail: { items: ['headers'] } }));
      await expect(review.decide(ticket.ref, proposal(held), anna)).rejects.toMatchObject({
        message: 'The ticket has changed since you read it.', detail: { version: held.version + 1, changed: ['Evidence supplied: headers'] },
      });
    });

    it('refuses who does not have it, and lets exactly one of two same decisions through', async () => {
      const ticket = await queued();
      const held = await takes.take(ticket.ref, anna);
      await expect(review.decide(ticket.ref, proposal(held), milan)).rejects.toThrow('Somebody else has this ticket.');
      const results = await Promise.allSettled([
        review.decide(ticket.ref, proposal(held), anna),
        review.decide(ticket.ref, proposal(held, { outcome: 'uphold', reasons: ['headers_do_not_match'] }), anna),
      ]);
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      expect(await source.query('select count(*)::int as n from decision where ticket_id = $1', [ticket.id])).toEqual([{ n: 1 }]);
    });

    it('takes a ticket again whose lease ran out while its page was open, unless somebody else was quicker', async () => {
      const ticket = await queued();
      const held = await takes.take(ticket.ref, anna);
      await takes.release(ticket.ref, anna);
      await expect(review.decide(ticket.ref, proposal(held), anna)).rejects.toThrow('has changed');
      expect((await review.decide(ticket.ref, proposal(held), anna, true)).outcome).toBe('lift');

      const other = await queued();
      const mine = await takes.take(other.ref, anna);
      await takes.release(other.ref, anna);
      await takes.take(other.ref, milan);
      await expect(review.decide(other.ref, proposal(mine), anna, true)).rejects.toThrow('Somebody else has this ticket.');
    });
  });

  describe('the second person', () => {
    it.each([
      ['a hack block', { kind: 'hack' as const }, ['hack']],
      ['a repeat', { repeats: 1 }, ['repeats']],
      ['a lift against the reading', { assessment: 'likely_abuse' }, ['against_assessment']],
    ])('is due for %s; the customer hears nothing before', async (_, more, why) => {
      const ticket = await queued(more);
      const decision = await review.decide(ticket.ref, proposal(await takes.take(ticket.ref, anna), { reasons: ['authorised_test'] }), anna);
      expect(decision).toMatchObject({ state: 'awaiting_approval', secondPerson: why });
      expect(await tickets.find(ticket.id)).toMatchObject({ state: 'second_review', secondPerson: why });
      const work = (await source.query('select job from outbox_message where ticket_id = $1', [ticket.id])) as { job: string }[];
      expect(work.filter((row) => row.job === 'order-lift')).toEqual([]);

      await expect(approvals.approve(decision.id, { approve: true }, anna)).rejects.toThrow('decided this yourself');
      const approved = await approvals.approve(decision.id, { approve: true }, milan);
      expect(approved).toMatchObject({ state: 'undoable', secondName: 'Milan Tesar', agreed: true });
      expect((await tickets.find(ticket.id)).state).toBe('lifting');
      expect((await workOf(ticket.id, decision.id)).map((row) => row.job)).toContain('order-lift');
      await expect(approvals.approve(decision.id, { approve: true }, lead)).rejects.toThrow('does not wait');
    });

    it('says why it does not agree, and the ticket goes back', async () => {
      const ticket = await queued({ kind: 'hack' });
      const decision = await review.decide(ticket.ref, proposal(await takes.take(ticket.ref, anna), { reasons: ['authorised_test'], requiredFixes: [{ code: 'patch_system', when: 'after_lift' }] }), anna);
      await expect(approvals.approve(decision.id, { approve: false, statement: ' ' }, milan)).rejects.toMatchObject({ errors: [{ field: 'statement' }] });
      expect(await approvals.approve(decision.id, { approve: false, statement: 'There is no letter for the test.' }, milan)).toMatchObject({ state: 'refused', agreed: false });
      expect((await tickets.find(ticket.id)).state).toBe('queued');
      expect(await app.get(FixesService).of(ticket.id)).toEqual([]);
    });
  });

  describe('taking back', () => {
    it('undoes a decision with its work and its fixes while nothing has begun', async () => {
      const ticket = await queued();
      const fixes = { outcome: 'require_fixes' as const, reasons: ['ptr_missing_or_mismatch'], requiredFixes: [{ code: 'set_ptr' }] };
      const decision = await review.decide(ticket.ref, proposal(await takes.take(ticket.ref, anna), fixes), anna);
      await expect(approvals.undo(decision.id, milan)).rejects.toThrow('Only who decided');
      expect((await approvals.undo(decision.id, anna)).state).toBe('undone');
      expect(await tickets.find(ticket.id)).toMatchObject({ state: 'in_review', takenBy: anna.staff.id, decisionId: null });
      expect(await workOf(ticket.id, decision.id)).toEqual([]);
      expect(await source.query('select 1 from required_fix where decision_id = $1', [decision.id])).toEqual([]);
      expect((await eventsOf(ticket.id)).at(-1)).toBe('decision_undone');
      await expect(approvals.undo(decision.id, anna)).rejects.toThrow('taken back already');
    });

    it('is refused when the window is over or a worker has begun', async () => {
      const ticket = await queued();
      const decision = await review.decide(ticket.ref, proposal(await takes.take(ticket.ref, anna)), anna);
      await source.query(`update outbox_message set due_at = now() where ref_id = $1 and job = 'order-lift'`, [decision.id]);
      await waitFor('the worker', async () => (await workOf(ticket.id, decision.id)).some((row) => row.job === 'order-lift' && row.state === 'done'));
      await expect(approvals.undo(decision.id, anna)).rejects.toThrow('too late');
      expect((await tickets.find(ticket.id)).state).toBe('lifting');

      const late = await queued();
      const other = await review.decide(late.ref, proposal(await takes.take(late.ref, anna)), anna);
      await source.query(`update decision set undo_until = now() - interval '1 second' where id = $1`, [other.id]);
      await expect(approvals.undo(other.id, anna)).rejects.toThrow('too late');
    });
  });

  describe('the queue', () => {
    const page = (query: Record<string, string>, limit?: number) => app.get(QueueReader).page(queueQuery.parse(query), anna.staff.id, limit);

    it('pages through all that waits, once each, the most urgent first', async () => {
      for (let i = 0; i < 7; i++) {
        await queued({ tier: ['Premium', 'Business', 'Standard'][i % 3] });
      }
      const seen: { ref: string; priority: number; dueAt: Date | null }[] = [];
      let after: string | null = null;
      do {
        const part = await page({ queue: 'all-open', ...(after ? { after } : {}) }, 3);
        seen.push(...part.rows);
        after = part.after;
      } while (after);
      expect(new Set(seen.map((row) => row.ref)).size).toBe(7);
      expect(seen.map((row) => -row.priority)).toEqual(seen.map((row) => -row.priority).sort((a, b) => a - b));
    });

    it('finds by reference, address, network, Message-ID, account and words, whatever signs are in them', async () => {
      const ticket = await queued({ ip: '198.51.100.9', accountId: 'A-99' });
      await waitFor('the index', async () => (await app.get(SearchIndexService).run())?.tickets === 0);
      const found = async (q: string) => (await page({ q })).rows.map((row) => row.ref);
      for (const q of [ticket.ref, ticket.ref.toLowerCase().replaceAll('-', ''), '198.51.100.9', '198.51.100.0/24', '198.51.100.77/24', '<a@shop.example>', 'A-99', ticket.accountName ?? '?']) {
        expect(await found(q)).toContain(ticket.ref);
      }
      for (const q of ['198.51.101.0/24', 'http://x/y:z', `100% "of" 'it' \\ _`, '::/129', '1.2.3.4/33', '2001:db8::1']) {
        expect(await found(q)).not.toContain(ticket.ref);
      }
    });

    it('narrows by tier, by a rule of the filter and by the queue of the routing', async () => {
      const [premium, other] = [await queued({ tier: 'Premium' }), await queued({ tier: 'Standard', kind: 'hack' })];
      // Its own traits are written by then, and not written anew over what stands here.
      await waitFor('the ticket to be remembered', async () => ((await source.query(`select 1 from outbox_message where ticket_id = $1 and job = 'remember-ticket' and state = 'done'`, [other.id])) as unknown[]).length > 0);
      await source.query(`insert into ticket_trait (trait, value, at, ticket_id) values ('rule', $1, now(), $2)`, [`it's "BULK": 7/x`, other.id]);
      const found = async (query: Record<string, string>) => (await page(query)).rows.map((row) => row.ref);
      expect([await found({ tier: 'premium' }), await found({ rule: `it's "BULK": 7/x` }), await found({ routed: 'hack' }), await found({ tier: 'premium', routed: 'hack' }), await found({ rule: 'x' })]).toEqual([[premium.ref], [other.ref], [other.ref], [], []]);
      expect((await app.get(QueueReader).again(queueQuery.parse({ tier: 'premium' }), anna.staff.id, [premium.ref, other.ref])).map((row) => row.ref)).toEqual([premium.ref]);
    });

    it('counts what stands where', async () => {
      await queued();
      const hack = await queued({ kind: 'hack' });
      await takes.take(hack.ref, anna);
      expect(await new QueueReader(source, app.get(SearchService)).counts(anna.staff.id)).toMatchObject({ mine: 1, 'all-open': 2, spam: 1, hack: 1, 'second-review': 0, overdue: 0 });
    });
  });
});
