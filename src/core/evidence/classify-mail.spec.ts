import { classifyMail } from './classify-mail';
import type { Mail } from './mail';

const mail = (headers: Record<string, string>, parts: Partial<Mail> = {}): Mail => ({
  headers: Object.entries(headers).map(([name, value]) => ({ name, value })),
  from: ['ops@shop.example'], to: [], subject: '', messageId: null, answers: [], text: '', attachments: [], ...parts,
});

describe('classifyMail', () => {
  it.each<[string, Mail, string | null, string | null]>([
    ['a letter', mail({ 'content-type': 'text/plain' }), 'ops@shop.example', null],
    ['Auto-Submitted: no', mail({ 'auto-submitted': 'no' }), null, null],
    ['a delivery report', mail({ 'content-type': 'multipart/report; report-type=delivery-status; boundary=x' }), '', 'bounce'],
    ['a report part', mail({}, { attachments: [{ name: '', type: 'message/delivery-status', bytes: Buffer.alloc(0) }] }), null, 'bounce'],
    ['Exim’s field', mail({ 'x-failed-recipients': 'a@b.example' }), null, 'bounce'],
    ['an old bounce', mail({}, { from: ['MAILER-DAEMON@x.example'], subject: 'Undelivered Mail Returned to Sender' }), null, 'bounce'],
    ['a bounce by Return-Path', mail({ 'return-path': '<>' }, { subject: 'failure notice' }), null, 'bounce'],
    ['a bounce that says so in its text only', mail({}, { from: ['post_master@x.example'], subject: 'Re: Mail', text: 'Error: <a@b.example>: user unknown' }), null, 'bounce'],
    ['a person who writes of a failure', mail({}, { subject: 'failure notice' }), 'ops@shop.example', null],
    ['an autoresponder', mail({ 'auto-submitted': 'auto-replied (vacation)' }), null, 'automatic'],
    ['bulk', mail({ precedence: 'bulk' }), null, 'automatic'],
    ['a list', mail({ 'list-id': '<a.example>' }), null, 'automatic'],
    ['the null sender', mail({}), '', 'automatic'],
    ['our own mail', mail({}, { from: ['unblock@desk.example'] }), null, 'automatic'],
    ['an abuse report', mail({ 'content-type': 'multipart/report; report-type=feedback-report' }), null, 'automatic'],
  ])('%s', (_, input, envelopeFrom, state) => {
    expect(classifyMail(input, envelopeFrom, ['unblock@desk.example'])?.state ?? null).toBe(state);
  });

  it('sees a loop', () => {
    const headers = Array.from({ length: 31 }, () => ({ name: 'received', value: 'from a by b' }));
    expect(classifyMail({ ...mail({}), headers }, 'a@b.example', [])).toEqual({ state: 'automatic', reason: 'too_many_hops' });
  });
});
