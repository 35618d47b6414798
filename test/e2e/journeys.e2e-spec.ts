import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { carriers } from '../support/redis';
import type { SunkMail } from '../support/smtp-sink';
import { waitFor } from '../support/wait-for';

jest.setTimeout(180_000);

if (!carriers.includes('bull')) {
  process.stderr.write('NO REDIS: the journeys are walked in-process only.\n');
}

const STATEMENT = 'We looked at the messages of the alert and at your answer, and this is what we found.';

const inOneLine = (mail: SunkMail | undefined): string => (mail?.text ?? '').replace(/\s+/g, ' ');

// One customer each, one end each. Everything is seen from outside; the simulator's ledger says what was really lifted.
describe.each(carriers)('from a rejected unblock to its end, carried %s', (carrier) => {
  let desk: Desk;
  let the: ReturnType<typeof journey>;

  beforeAll(async () => {
    // Time enough to read that nothing has left yet; what is due within two seconds is waited for with the rest (settled).
    desk = await startDesk({ carrier, simulator: { liftSeconds: 3 }, settings: { UNDO_SECONDS: '1.5' } });
    the = journey(desk);
  }, 180_000);
  afterAll(() => desk?.stop());

  /** Every mail as the customer's mail server got it: one each, by a machine, answerable, never twice. */
  const expectMails = async (ref: string, ip: string, to: string, subjects: RegExp[]): Promise<SunkMail[]> => {
    await the.settled(ref);
    const mails = the.mails(ref);
    expect(mails.map((mail) => mail.subject)).toEqual(subjects.map((subject) => expect.stringMatching(subject) as string));
    for (const mail of mails) {
      expect(mail.to).toEqual([to]);
      expect(mail.subject).toContain(ip);
      expect(mail.header('auto-submitted')).toMatch(/^auto-(generated|replied)$/);
      expect(mail.header('reply-to')).toMatch(new RegExp(`unblock\\+${ref.toLowerCase()}\\.[a-z2-7]+@desk\\.example`));
      expect(mail.messageId).toMatch(/^<[0-9a-f-]{36}@desk\.example>$/);
      expect(mail.text).toContain(`${desk.url}/tickets/${ref}`);
      expect(mail.text + mail.html).not.toMatch(/Anna Keller|score|likely_|assessment/i);
    }
    expect(new Set(mails.map((mail) => mail.messageId)).size).toBe(subjects.length);
    return mails;
  };

  /** What everybody can read of it afterwards: the feed and the history say the same, in order, and no invariant is broken. */
  const expectTrace = async (ref: string, states: string[]): Promise<void> => {
    expect((await the.feed(ref)).filter(({ type }) => type === 'ticket.state_changed').map((event) => event.data.to)).toEqual(states);
    const audit = await the.audit(ref);
    expect(audit.map((line) => line.to_state).filter((to, i, all) => to !== null && to !== all[i - 1])).toEqual(states);
    expect(audit.filter((line) => line.event === 'taken').every((line) => line.by_kind === 'reviewer' && line.by_name === 'Anna Keller')).toBe(true);
    expect(await the.broken()).toEqual([]);
    expect(await desk.database.query(`select job, last_error from outbox_message where state = 'parked'`)).toEqual([]);
  };

  it('lifts a block that was a mistake, once, and says so', async () => {
    const block = await the.block('203.0.113.47');
    const opened = await the.handOver(block, '20418', 'mistake', { headers: await the.headersOf(block.ip), explanation: 'Invoices that our customers wait for.', queueInspected: true }, 'NOC-1');
    expect(opened).toMatchObject({ state: 'analysing', stateLabel: 'Being analysed', missing: [], externalRef: 'NOC-1' });
    const queued = await the.until(opened.ref, 'queued');
    expect(queued).toMatchObject({ stateLabel: 'Waiting for review', analysis: { assessment: 'likely_false_positive' } });
    const ticket = await the.take(opened.ref);
    expect(await the.decide(ticket, { outcome: 'lift', reasons: ['auth_ok_content_misread'], statement: STATEMENT })).toMatchObject({ status: 201, body: { state: 'undoable' } });
    expect(await the.read(ticket.ref)).toMatchObject({ state: 'lifting', stateLabel: 'Lifting the block', lift: { state: 'scheduled' } });
    const lifted = await the.until(ticket.ref, 'lifted');
    expect(lifted).toMatchObject({ stateLabel: 'Lifted and confirmed', lift: { state: 'confirmed', attempts: 1 }, decision: { state: 'final', by: 'Anna Keller' }, takenBy: null });
    expect(await the.ledger(block.ip)).toMatchObject([{ effect: true, status: 202, idempotencyKey: lifted.lift?.id, blockedAt: block.blockedAt, kind: 'spam' }]);
    expect((await the.block(block.ip)).state).toBe('unblocked');
    const [, , last] = await expectMails(ticket.ref, block.ip, 'technik@nordlicht-druck.example', [/^Received: your claim/, /^Lifting the block on/, /^Lifted and confirmed: mail can leave/]);
    expect(inOneLine(last)).toContain(STATEMENT);
    await expectTrace(ticket.ref, ['analysing', 'queued', 'in_review', 'lifting', 'lifted']);
    const hooks = (await the.noc.get<{ type: string; body: { data: { ref: string } } }[]>('/webhooks')).body.filter((hook) => JSON.stringify(hook).includes(ticket.ref));
    expect(hooks.filter((hook) => hook.type === 'lift.confirmed')).toHaveLength(1);
  });

  it('asks for a fix, sees it in DNS, and comes back to a person', async () => {
    const block = await the.block('203.0.113.64');
    const opened = await the.handOver(block, '20533', 'mistake', { headers: await the.headersOf(block.ip), explanation: 'Bestellungen unserer Kunden.' });
    const ticket = await the.take(opened.ref);
    const decided = await the.decide(ticket, { outcome: 'require_fixes', reasons: ['dmarc_misaligned'], statement: STATEMENT, requiredFixes: [{ code: 'publish_dmarc', when: 'before_lift' }] });
    expect(decided).toMatchObject({ status: 201, body: { state: 'undoable' } });
    await desk.sink.waitFor((mail) => mail.subject.includes(ticket.ref) && mail.subject.startsWith('Fixes needed: 1 change'));
    expect(await the.read(ticket.ref, 'noc')).toMatchObject({ state: 'awaiting_fixes', stateLabel: 'Fixes needed', requiredFixes: [{ code: 'publish_dmarc', when: 'before_lift', state: 'open' }] });

    const report = () => desk.call('POST', `/api/v1/tickets/${ticket.ref}/fixes/publish_dmarc`, { state: 'reported', statement: 'Published this morning.' });
    expect((await report()).status).toBe(200);
    const fix = (state: string) => waitFor(`the fix to be ${state}`, async () => (await the.read(ticket.ref, 'noc')).requiredFixes.find((each) => each.state === state));
    expect((await fix('failed')).says).toContain('There is no DMARC record at _dmarc.baeckerei-lindner.example yet');
    expect((await the.read(ticket.ref)).state).toBe('awaiting_fixes');

    await the.noc.put('/dns', { name: '_dmarc.baeckerei-lindner.example', type: 'TXT', values: ['v=DMARC1; p=none'] });
    expect((await report()).status).toBe(200);
    expect((await fix('verified')).says).toContain('_dmarc.baeckerei-lindner.example holds a DMARC record (p=none)');
    const again = await the.take(ticket.ref);
    expect(await the.ledger(block.ip)).toEqual([]);
    expect((await the.decide(again, { outcome: 'lift', reasons: ['remediation_verified'], statement: STATEMENT })).status).toBe(201);
    await the.until(ticket.ref, 'lifted');
    expect(await the.ledger(block.ip)).toMatchObject([{ effect: true, status: 202 }]);
    await expectMails(ticket.ref, block.ip, 'info@baeckerei-lindner.example', [/^Received:/, /^Fixes needed: 1 change/, /^Lifting the block on/, /^Lifted and confirmed/]);
    await expectTrace(ticket.ref, ['analysing', 'queued', 'in_review', 'awaiting_fixes', 'queued', 'in_review', 'lifting', 'lifted']);
  });

  it('lifts by itself when the last fix is seen, where the reviewer chose that', async () => {
    const block = await the.block('198.51.100.14');
    const opened = await the.handOver(block, '20671', 'mistake', { headers: await the.headersOf(block.ip), explanation: 'Our letter, to people who asked for it.' });
    const ticket = await the.take(opened.ref);
    const decided = await the.decide(ticket, { outcome: 'require_fixes', reasons: ['spf_fail'], statement: STATEMENT, requiredFixes: [{ code: 'repair_spf', when: 'before_lift' }], liftWhenVerified: true });
    expect(decided.status).toBe(201);
    if (decided.body.state === 'awaiting_approval') {
      expect((await desk.call('POST', `/api/v1/decisions/${decided.body.id}/approval`, { approve: true }, 'reviewer2')).status).toBe(200);
    }
    await desk.sink.waitFor((mail) => mail.subject.includes(ticket.ref) && mail.subject.startsWith('Fixes needed'));
    expect(await the.ledger(block.ip)).toEqual([]);
    await the.noc.put('/dns', { name: 'atelier-mercier.example', type: 'TXT', values: ['v=spf1 ip4:198.51.100.14 -all'] });
    expect((await desk.call('POST', `/api/v1/tickets/${ticket.ref}/fixes/repair_spf`, { state: 'reported' })).status).toBe(200);
    const lifted = await the.until(ticket.ref, 'lifted');
    expect(lifted.requiredFixes).toMatchObject([{ code: 'repair_spf', state: 'verified' }]);
    expect(await the.ledger(block.ip)).toMatchObject([{ effect: true, status: 202 }]);
    await expectMails(ticket.ref, block.ip, 'contact@atelier-mercier.example', [/^Received:/, /^Fixes needed: 1 change/, /^Lifting the block on/, /^Lifted and confirmed/]);
    expect((await the.audit(ticket.ref)).find((line) => line.event === 'fixes_verified')?.by_kind).toBe('system');
  });

  it('upholds, gives the reasons, and touches nothing', async () => {
    const block = await the.block('192.0.2.33');
    const opened = await the.handOver(block, '20990', 'mistake', { headers: await the.headersOf(block.ip), explanation: 'We do not know these messages.' });
    const ticket = await the.take(opened.ref);
    expect((await the.decide(ticket, { outcome: 'uphold', reasons: ['compromised_account'], statement: STATEMENT })).status).toBe(201);
    expect(await the.until(ticket.ref, 'upheld')).toMatchObject({ stateLabel: 'Not lifted', lift: null });
    const [, last] = await expectMails(ticket.ref, block.ip, 'noc@halden-hosting.example', [/^Received:/, /^Not lifted: the block on .* stays for now/]);
    expect(last?.text).toMatch(/appeal/i);
    expect(inOneLine(last)).toContain(STATEMENT);
    expect(await the.ledger(block.ip)).toEqual([]);
    expect((await the.block(block.ip)).state).toBe('blocked');
    await expectTrace(ticket.ref, ['analysing', 'queued', 'in_review', 'upheld']);
  });

  it('says what is missing, asks once more, and goes on with the answer', async () => {
    const block = await the.block('192.0.2.34');
    const opened = await the.handOver(block, '20990', 'mistake', { explanation: 'A list of sailors.' });
    expect(opened).toMatchObject({ state: 'awaiting_evidence', stateLabel: 'We need something from you', missing: ['headers'] });
    await desk.sink.waitFor((mail) => mail.subject.includes(opened.ref) && mail.subject.startsWith('We need something from you'));
    const supply = (evidence: object) => desk.call<{ state: string; missing: string[] }>('POST', `/api/v1/tickets/${opened.ref}/evidence`, evidence);
    expect(await supply({ headers: await the.headersOf(block.ip) })).toMatchObject({ status: 200, body: { missing: [] } });
    const ticket = await the.take(opened.ref);
    expect((await the.decide(ticket, { outcome: 'request_information', reasons: ['evidence_missing'], statement: 'Which of the two lists was this message for, and who runs it?' })).status).toBe(201);
    const asked = await desk.sink.waitFor((mail) => mail.subject.startsWith('A question about') && mail.subject.includes(opened.ref));
    expect(inOneLine(asked)).toContain('Which of the two lists was this message for');
    expect((await the.read(opened.ref, 'noc')).state).toBe('awaiting_evidence');
    expect((await supply({ explanation: 'For the list of the harbour; Ole Berg runs it.' })).status).toBe(200);
    const again = await the.take(opened.ref);
    expect((await the.decide(again, { outcome: 'lift', reasons: ['mailing_list_or_forwarder'], statement: STATEMENT })).status).toBe(201);
    await the.until(opened.ref, 'lifted');
    expect((await the.ledger(block.ip)).filter((entry) => entry.effect)).toHaveLength(1);
    await expectMails(opened.ref, block.ip, 'noc@halden-hosting.example', [/^We need something from you/, /^A question about/, /^Lifting the block on/, /^Lifted and confirmed/]);
    await expectTrace(opened.ref, ['awaiting_evidence', 'analysing', 'queued', 'in_review', 'awaiting_evidence', 'analysing', 'queued', 'in_review', 'lifting', 'lifted']);
  });

  it('tells in the feed what the webhooks tell, item by item and in order', async () => {
    const feed = await the.feed();
    const types = [...new Set(feed.map(({ type }) => type))].sort();
    expect(types).toEqual(['filter_adjustment.proposed', 'lift.confirmed', 'ticket.state_changed']);
    const heard = await waitFor('the webhooks to be told', async () => {
      const { body } = await the.noc.get<{ id: string; body: { type: string } }[]>('/webhooks');
      return body.length >= feed.length ? body : null;
    });
    const byId = (items: { id: string }[]): object => Object.fromEntries(items.map(({ id, ...more }) => [id, more]));
    expect(byId(heard.map(({ id, body }) => ({ id, ...body })))).toEqual(byId(feed.map(({ cursor: _cursor, ...event }) => event)));
    expect(feed.map(({ cursor }) => Number(cursor))).toEqual(feed.map(({ cursor }) => Number(cursor)).sort((a, b) => a - b));
  });

  it('shows where it stands to whoever has the link, and nobody’s data', async () => {
    const block = await the.block('198.51.100.77');
    const opened = await the.handOver(block, '20845', 'mistake', { headers: await the.headersOf(block.ip), explanation: 'Order mail, says M. Finch.' });
    const made = await desk.call<{ url: string; expiresAt: string }>('POST', `/api/v1/tickets/${opened.ref}/status-links`, {});
    expect(made.status).toBe(201);
    expect(made.body.url).toMatch(new RegExp(`^${desk.url}/s/[\\w-]{32}$`));
    const page = await fetch(made.body.url, { headers: { accept: 'text/html' } });
    const html = await page.text();
    expect([page.status, page.headers.get('x-robots-tag'), page.headers.get('set-cookie')]).toEqual([200, 'noindex', null]);
    expect(html).toContain(opened.ref);
    expect(html).toContain(block.ip);
    expect(html).not.toMatch(/Tallow|20845|ops@|@tallow|Finch|CT_PARCEL_LURE|TF-20931|likely_/);
    expect((await fetch(made.body.url, { method: 'POST', headers: { accept: 'text/html' } })).status).toBe(405);
  });
});
