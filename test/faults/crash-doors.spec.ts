import { createTransport } from 'nodemailer';
import { serveDns } from '../../src/simulator/dns';
import { Faults } from '../../src/simulator/faults';
import type { CrashPoint } from '../../src/platform/crash-points';
import type { LedgerEntry } from '../../src/simulator/types';
import type { Block } from '../../src/core/ticket/block';
import type { TicketJson } from '../../src/tickets/ticket.view';
import { dieAt, goOn, pointsOf } from '../support/crash-lives';
import { startDesk, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { waitFor } from '../support/wait-for';

jest.setTimeout(120_000);

const NORDLICHT = '20418';
const HEADERS = 'From: a@shop.example\r\nMessage-ID: <a@shop.example>\r\n';
const EVIDENCE = { headers: HEADERS, explanation: 'Order confirmations, wanted by those who got them.' };
const LIFT = { outcome: 'lift', reasons: ['transactional_burst'], statement: 'These were order confirmations that their readers had asked for.' };
const POINTS = pointsOf('doors');

// What came in is there or was never said to be there; what goes out goes out. The oracle: what the sender sends again, and what others were given.
describe('F01, F02: killed at every point where a claim or a mail comes in, is read, or is answered', () => {
  let desk: Desk;
  let the: ReturnType<typeof journey>;
  let dns: Awaited<ReturnType<typeof serveDns>>;
  let email = 'nobody@none.example';
  const blocks: Record<string, Block> = {};
  const waiting: Record<string, TicketJson> = {};
  /** Points at which the sender got no answer, and sends again. */
  const unanswered = new Set<string>();

  const claim = (at: string) => desk.call<{ ref: string }>('POST', '/api/v1/claims', { claim: 'mistake', block: blocks[at], account: { id: NORDLICHT, email }, evidence: EVIDENCE }, 'noc', { 'idempotency-key': `claim ${at}` });
  const supply = (at: string) => desk.call<TicketJson>('POST', `/api/v1/tickets/${waiting[at]?.ref}/evidence`, { headers: HEADERS }, 'noc', { 'idempotency-key': `evidence ${at}` });
  const mail = (at: string): Promise<unknown> => createTransport({ ...desk.smtp, secure: false, ignoreTLS: true, connectionTimeout: 20_000, socketTimeout: 20_000 }).sendMail({
    envelope: { from: email, to: desk.mailbox },
    raw: `From: ${email}\r\nTo: ${desk.mailbox}\r\nSubject: Block\r\nMessage-ID: <${at}@none.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\nPlease lift the block of ${blocks[at]?.ip}, it is a mistake: these were order confirmations, no spam.\r\n\r\n${HEADERS}\r\n`,
  });
  const isDoorOfMail = (at: string): boolean => at.startsWith('mailbox.');
  const isEvidence = (at: string): boolean => at.startsWith('evidence.');
  const act = (at: string): (() => Promise<unknown>) => (isDoorOfMail(at) ? () => mail(at) : isEvidence(at) ? () => supply(at) : () => claim(at));
  const ticketsOf = (at: string) => desk.database.query<{ ref: string; state: string }>('select ref, state from ticket where host(ip) = $1', [blocks[at]?.ip]);

  beforeAll(async () => {
    const zone = (): { name: string; type: 'TXT' | 'MX' | 'A'; values: string[] }[] => {
      const domain = email.split('@')[1] ?? '';
      return [{ name: domain, type: 'TXT', values: ['v=spf1 ip4:127.0.0.1 -all'] }, { name: `_dmarc.${domain}`, type: 'TXT', values: ['v=DMARC1; p=reject'] }, { name: domain, type: 'MX', values: [`10 mx.${domain}`] }, { name: `mx.${domain}`, type: 'A', values: ['198.51.100.77'] }];
    };
    dns = await serveDns('127.0.0.1', 0, zone, new Faults());
    desk = await startDesk({ settings: { UNDO_SECONDS: '0', DNS_SERVERS: `127.0.0.1:${dns.port}` } });
    the = journey(desk);
    email = (await the.noc.get<{ email: string }>(`/accounts/${NORDLICHT}`)).body.email;
    await Promise.all(POINTS.map(async (at, i) => {
      blocks[at] = await the.blocked(`192.0.2.${100 + i}`, NORDLICHT);
      if (isEvidence(at)) {
        waiting[at] = await the.handOver(blocks[at], NORDLICHT, 'mistake', { explanation: EVIDENCE.explanation });
      }
    }));
    await Promise.all(Object.values(waiting).map(({ ref }) => the.settled(ref)));
    await desk.kill();
  }, 180_000);
  afterAll(async () => {
    await desk?.stop();
    dns?.close();
  });

  it.each(POINTS)('dies at %s', async (at) => {
    const before = desk.sink.mails.length;
    if ((await dieAt(desk, at, act(at))) === null) {
      unanswered.add(at);
    }
    const lost: CrashPoint[] = ['gather.before-statement', 'mailbox.before-store', 'mailbox.stored'];
    expect([at, (await ticketsOf(at)).length]).toEqual([at, lost.includes(at) ? 0 : 1]);
    // F02: nothing of what was not committed: no mail, no work, no evidence.
    if (at === 'gather.before-statement' || at === 'mailbox.before-store') {
      expect(desk.sink.mails).toHaveLength(before);
      expect(await desk.database.query(`select 1 from outbox_message o where o.ticket_id is not null and not exists (select from ticket t where t.id = o.ticket_id)`)).toEqual([]);
    }
    if (isEvidence(at)) {
      expect(await desk.database.query(`select count(*)::int as n from evidence_item e join ticket t on t.id = e.ticket_id where t.ref = $1 and e.type = 'headers'`, [waiting[at]?.ref])).toEqual([{ n: at === 'evidence.committed' ? 1 : 0 }]);
    }
  });

  it('goes on after each: what is sent again becomes one ticket, and each of them ends in one lift', async () => {
    // These died before they could answer, or there is nothing to see in this test.
    expect([...unanswered]).toEqual(expect.arrayContaining(['gather.before-statement', 'gather.committed', 'submit.stored', 'outbox.doorbell', 'evidence.before-commit', 'evidence.committed', 'mailbox.before-store', 'mailbox.stored']));
    await goOn(desk);
    for (const at of unanswered) {
      const answer = await act(at)();
      if (!isDoorOfMail(at)) {
        expect([at, (answer as { status: number }).status]).toEqual([at, isEvidence(at) ? 200 : 201]);
      }
    }
    await Promise.all(POINTS.map(async (at) => {
      const [ticket] = await waitFor(`the ticket of ${at}`, async () => {
        const found = await ticketsOf(at);
        return found.length > 0 ? found : null;
      });
      const taken = await the.take(ticket?.ref ?? '');
      expect([at, (await the.decide(taken, LIFT)).status]).toEqual([at, 201]);
      await the.until(taken.ref, 'lifted');
      await the.settled(taken.ref);
    }));

    const ledger = (await the.noc.get<LedgerEntry[]>('/ledger')).body;
    for (const at of POINTS) {
      const tickets = await ticketsOf(at);
      expect([at, tickets]).toEqual([at, [expect.objectContaining({ state: 'lifted' })]]);
      expect([at, ledger.filter((entry) => entry.ip === blocks[at]?.ip && entry.effect).length]).toEqual([at, 1]);
      // At least once, and recognisably the same: one Message-ID and one text a subject, at most one of them twice. The analysis goes on beside the first mail,
      // which may have left and not been written down when it dies.
      const told = the.mails(tickets[0]?.ref ?? '');
      expect([at, new Set(told.map((each) => each.messageId)).size, new Set(told.map((each) => each.raw.toString('latin1'))).size]).toEqual([at, new Set(told.map((each) => each.subject)).size, new Set(told.map((each) => each.subject)).size]);
      expect([at, told.length - new Set(told.map((each) => each.messageId)).size]).toEqual([at, ['mail.sent', 'analysis.before-commit'].includes(at) ? expect.any(Number) : 0]);
      expect([at, told.some((each) => each.subject.startsWith('Lifted and confirmed'))]).toEqual([at, true]);
      if (isEvidence(at)) {
        expect([at, await desk.database.query(`select e.type from evidence_item e join ticket t on t.id = e.ticket_id where t.ref = $1 order by 1`, [tickets[0]?.ref])]).toEqual([at, [{ type: 'explanation' }, { type: 'headers' }]]);
      }
    }
    // Two were sent again of which one had been stored: the second is its duplicate. One that is read again after its block was lifted is still the ticket it made.
    expect(await desk.database.query(`select state, count(*)::int as n from inbound_mail group by state order by state`)).toEqual([{ state: 'duplicate', n: 1 }, { state: 'ticket', n: 4 }]);
    expect(await the.broken()).toEqual([]);
  });
});
