import type { Mail } from './mail';
import { readBounce } from './read-bounce';

const mail = (parts: Partial<Mail>): Mail => ({ headers: [], from: ['mailer-daemon@mx.example'], to: [], subject: '', messageId: null, answers: [], text: '', attachments: [], ...parts });
const report = (text: string, more: Partial<Mail> = {}): Mail => mail({ attachments: [{ name: '', type: 'message/delivery-status', bytes: Buffer.from(text) }], ...more });

describe('readBounce', () => {
  it.each<[string, Mail, string, string | null]>([
    ['a failure for good', report('Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 no such user'), 'hard', '5.1.1'],
    ['a folded diagnostic', report('Action: failed\nDiagnostic-Code: smtp;\n 550 5.1.10 gone'), 'hard', '5.1.10'],
    ['a delay', report('Action: delayed\nStatus: 4.4.1'), 'soft', '4.4.1'],
    ['given up after a long try', report('Action: failed\nStatus: 4.4.7'), 'soft', '4.4.7'],
    ['a delivery', report('Action: delivered\nStatus: 2.0.0'), 'soft', '2.0.0'],
    ['a code in words only', mail({ subject: 'failure notice', text: '<a@b.example>: 550 5.1.1 unknown user' }), 'hard', '5.1.1'],
    ['words only', mail({ text: 'Your message could not be delivered: no such user here' }), 'hard', null],
    ['a warning', mail({ subject: 'Warning: could not send message for past 4 hours', text: '550 later' }), 'soft', null],
    ['a full mailbox', mail({ text: 'The mailbox is full, try later' }), 'soft', null],
    ['nothing of the kind', mail({ subject: 'I am away', text: 'back on Monday' }), 'unclear', null],
  ])('%s', (_, input, verdict, status) => {
    expect(readBounce(input)).toMatchObject({ verdict, status });
  });

  it('does not take a code in the copy of our own mail for the report’s', () => {
    expect(readBounce(mail({ text: 'Temporarily not delivered.\n\nReceived: from us\nSubject: 550 5.1.1 was the answer' })).verdict).toBe('soft');
  });

  it.each(['a@'.repeat(200_000), '5.'.repeat(300_000), `account ${'x '.repeat(200_000)}`])('survives garbage', (text) => {
    expect(() => readBounce(mail({ text }))).not.toThrow();
  });
});
