import { randomUUID } from 'node:crypto';
import { SubmitService, type Submission } from '../../src/evidence/submit.service';
import { HandOver } from '../../src/mail/hand-over.service';
import { MailService } from '../../src/mail/mail.service';
import { OutboxService } from '../../src/outbox/outbox.service';
import type { OutboxMessage } from '../../src/outbox/outbox-message.entity';
import { Transactions } from '../../src/platform/database/transactions';
import { mailDesk, type MailDesk } from '../support/mail-desk';
import { startSmtpSink, type SmtpSink } from '../support/smtp-sink';
import { waitFor } from '../support/wait-for';

const noc = { kind: 'noc' as const, id: 'key', name: 'NOC' };
const claim = (email: string, more: Partial<Submission> = {}): Submission => ({
  claim: 'mistake', channel: 'noc', account: { id: 'A-1', email }, block: { ip: '192.0.2.7', kind: 'spam', blockedAt: '2026-11-20T08:41:07Z', blockId: randomUUID() }, evidence: {}, ...more,
});

interface Row { id: string; state: string; message_id: string; raw: Buffer; attempts: number; last_answer: string | null; template: string; outbox_id: string }

describe('a mail that goes out', () => {
  let sink: SmtpSink;
  let desk: MailDesk;
  let submit: SubmitService;

  beforeAll(async () => {
    sink = await startSmtpSink();
    desk = await mailDesk({ SMTP_URL: sink.url });
    desk.noc.holders.set('192.0.2.7', { ip: '192.0.2.7', accountId: 'A-1' });
    submit = desk.app.get(SubmitService);
  });
  afterAll(async () => {
    await desk?.stop();
    await sink?.close();
  });

  const deliveries = (ticketId: string) => desk.source.query('select * from mail_delivery where ticket_id = $1 order by created_at', [ticketId]) as Promise<Row[]>;
  const when = (ticketId: string, state: string) => waitFor(`a mail that is ${state}`, async () => (await deliveries(ticketId)).find((row) => row.state === state));

  it('is written once, sent, and says so: ids, references, the ticket’s own address, text and HTML', async () => {
    const { ticket } = await submit.submit(claim('one@shop.example'), noc);
    const row = await when(ticket.id, 'sent');
    const mail = await sink.waitFor((each) => each.to.includes('one@shop.example'));
    expect(mail.raw.equals(row.raw)).toBe(true);
    expect(mail.messageId).toBe(`<${row.id}@desk.example>`);
    expect(mail.header('auto-submitted')).toBe('auto-generated');
    expect(mail.header('reply-to')).toMatch(new RegExp(`^unblock\\+${ticket.ref.toLowerCase()}\\.[a-z2-7]{20}@desk\\.example$`));
    expect(mail.from).toMatch(/^bounce\+[0-9a-f]{32}\.[a-z2-7]{20}@desk\.example$/);
    expect(mail.subject).toContain(ticket.ref);
    expect(mail.text).toContain('192.0.2.7');
    expect(mail.html).toContain('192.0.2.7');
    expect(row).toMatchObject({ template: 'evidence-needed', attempts: 1, last_answer: expect.stringMatching(/^250/) as string });
  });

  it('answers what came by mail: the acknowledgement has a null sender and the conversation’s ids', async () => {
    const { ticket } = await submit.submit(claim('two@shop.example', { evidence: { messageId: 'a@b.example' } }), noc);
    const mail = await sink.waitFor((each) => each.to.includes('two@shop.example'));
    expect(mail.from).toBe('');
    expect(mail.header('auto-submitted')).toBe('auto-replied');
    // A second mail of the same ticket answers the first.
    await desk.app.get(Transactions).run((tx) => desk.app.get(OutboxService).add(tx, [{ job: 'mail-customer', ticketId: ticket.id, what: 'appeal-received' }]));
    const next = await sink.waitFor((each) => each.to.includes('two@shop.example') && each.messageId !== mail.messageId);
    expect(next.header('in-reply-to')).toBe(mail.messageId);
    expect(next.header('references')).toContain(mail.messageId);
  });

  it('tries again after 4xx with the same bytes, and stops at 5xx (F24)', async () => {
    sink.refuse(451, 'later please');
    const { ticket } = await submit.submit(claim('three@shop.example'), noc);
    const waiting = await waitFor('a refusal', async () => (await deliveries(ticket.id)).find((row) => row.last_answer?.includes('later please')));
    expect(waiting.state).toBe('pending');
    // The mail says that it was refused before its row says when it is tried again: brought forward too early, that would put it off once more.
    await waitFor('the row to wait again', async () => {
      const [rows] = (await desk.source.query(`update outbox_message set due_at = now() where id = $1 and state = 'pending' and attempts > 0 returning id`, [waiting.outbox_id])) as [unknown[], number];
      return rows.length > 0;
    });
    const sent = await when(ticket.id, 'sent');
    expect(sent).toMatchObject({ id: waiting.id, attempts: 2 });
    expect(sent.raw.equals(waiting.raw)).toBe(true);

    sink.refuse(550, 'no such user');
    const other = await submit.submit(claim('four@shop.example'), noc);
    expect(await when(other.ticket.id, 'failed')).toMatchObject({ attempts: 1, last_answer: expect.stringContaining('no such user') as string });
  });

  it('is one mail for one row, whoever works it and how often', async () => {
    const { ticket } = await submit.submit(claim('five@shop.example'), noc);
    const row = await when(ticket.id, 'sent');
    const job = { id: row.outbox_id, ticketId: ticket.id, what: 'evidence-needed', refId: null } as OutboxMessage;
    const mail = desk.app.get(MailService);
    const again = await Promise.all([mail.prepare(job), mail.prepare(job)]);
    expect(again.map((each) => (each === 'too_early' ? null : each?.id))).toEqual([row.id, row.id]);
    expect(await desk.app.get(HandOver).send(row.id)).toBe('taken');
    expect(sink.mails.filter((each) => each.to.includes('five@shop.example'))).toHaveLength(1);
  });

  it('is not sent when it is no longer true', async () => {
    const { ticket } = await submit.submit(claim('six@shop.example'), noc);
    const job = { id: randomUUID(), ticketId: ticket.id, what: 'lifted', refId: null } as OutboxMessage;
    expect(await desk.app.get(MailService).prepare(job)).toBeNull();
  });

  /** A mail that is kept, and that no worker sends. */
  const kept = async (ticketId: string, what: string): Promise<string> => {
    const id = randomUUID();
    await desk.source.query(`insert into outbox_message (id, job, ticket_id, what, due_at) values ($1, 'mail-customer', $2, $3, now() + interval '1 day')`, [id, ticketId, what]);
    const mail = await desk.app.get(MailService).prepare({ id, ticketId, what, refId: null } as OutboxMessage);
    return mail === 'too_early' || !mail ? '' : mail.id;
  };

  it('leaves after those that its ticket asked for earlier', async () => {
    const { ticket } = await submit.submit(claim('order@shop.example'), noc);
    await when(ticket.id, 'sent');
    const [first, second] = [await kept(ticket.id, 'appeal-received'), await kept(ticket.id, 'evidence-needed')];
    const handOver = desk.app.get(HandOver);
    expect(await handOver.send(second)).toBe('taken');
    // In another worker's hands, it is waited for; once it has failed it is not.
    await desk.source.query(`update mail_delivery set state = 'sending', attempts = 1, lease_until = now() + interval '1 minute' where id = $1`, [first]);
    expect(await handOver.send(second)).toBe('taken');
    await desk.source.query(`update mail_delivery set state = 'pending', lease_until = null where id = $1`, [first]);
    expect(await handOver.send(second)).toMatchObject({ result: 'sent', attempts: 1 });
    expect(await handOver.send(first)).toMatchObject({ result: 'sent', attempts: 2 });
  });

  it('is not sent when its ticket has moved on since it was written', async () => {
    const { ticket } = await submit.submit(claim('moved@shop.example'), noc);
    await when(ticket.id, 'sent');
    const late = await kept(ticket.id, 'appeal-received');
    await desk.source.query(`update ticket set state = 'closed', closed_reason = 'not_owner' where id = $1`, [ticket.id]);
    expect(await desk.app.get(HandOver).send(late)).toBe('untrue');
    expect((await deliveries(ticket.id)).map(({ state, last_answer }) => [state, last_answer]).at(-1)).toEqual(['suppressed', 'Its ticket had moved on before it was sent.']);
    expect(sink.mails.filter(({ to }) => to.includes('moved@shop.example'))).toHaveLength(1);
  });

  it.each(['x@y.example\r\nBcc: z@w.example', 'a@b.example,c@d.example', '"q"@b.example', 'no address'])('goes to one plain address or to nobody: %j (T25)', async (email) => {
    const { ticket } = await submit.submit(claim(email), noc);
    expect(await when(ticket.id, 'failed')).toMatchObject({ last_answer: 'The account has no usable e-mail address.', attempts: 0 });
  });

  it('is kept for staff where no mail server is set', async () => {
    const quiet = await mailDesk();
    try {
      const { ticket } = await quiet.app.get(SubmitService).submit(claim('seven@shop.example'), noc);
      const row = await waitFor('a kept mail', async () => ((await quiet.source.query(`select state, raw from mail_delivery where ticket_id = $1`, [ticket.id])) as Row[])[0]);
      expect(row.state).toBe('kept');
      expect(row.raw.toString('latin1')).toContain('To: seven@shop.example');
    } finally {
      await quiet.stop();
    }
  });
});
