import { FIX_CODES } from '../../fixes/fix';
import { pieces, wordsOf } from './guide';
import { HOW_WE_DECIDE } from './how-we-decide';
import { privacyGuide } from './privacy';
import { QUEUE_GUIDE } from './queue';
import { FIX_GUIDES, searchHelp } from './search';
import { EXAMPLE_ID, inCommand, traces } from './trace';

it.each(['a@b.example', '<20251120.4F2k7Q1z@shop.example>', 'x+y=z%1@[203.0.113.5]'.replace(/[[\]]/g, '')])('takes %s into a command', (id) => {
  expect(inCommand(id)).toBe(id.replace(/[<>]/g, ''));
});

it.each(["a'; rm -rf /; '@b.example", 'a`id`@b.example', 'a@b.example\nid', 'a b@c.example', '-rf@b.example', 'no-at-sign', '"a"@b.example', 'a\\@b.example', 'a@b.example\u202E', `${'x'.repeat(300)}@b.example`])('T25: leaves %j out of commands that are copied into a shell', (id) => {
  expect(inCommand(id)).toBeNull();
});

it('puts the Message-ID between single quotes, and nowhere else', () => {
  for (const { steps } of traces('$a&b|c@shop.example')) {
    for (const { command } of steps) {
      expect(command.replace(/'[^']*'/g, '')).not.toContain('shop');
    }
  }
  expect(JSON.stringify(traces(EXAMPLE_ID))).toContain('message-id=<MESSAGE-ID@example.org>');
});

it.each([
  ['gmail', '/help/headers#gmail'], ['dkim sign', '/help/fixes/sign_dkim'], ['spamhaus', '/addresses'], ['QUEUE delete', '/help/queue'], ['rückwärts', undefined], ['trace message-id', '/help/trace'], ['', undefined],
])('finds %j', (question, href) => expect(searchHelp(question)[0]?.href).toBe(href));

it('has a guide for every fix', () => expect(FIX_GUIDES.map(({ href }) => href.split('/').at(-1))).toEqual([...FIX_CODES]));

describe('guides', () => {
  it('mark commands, strong words and menus, and nothing else', () => {
    expect(pieces('Look at one: `exim -Mvh ID` (headers), **then** _Tools & Settings_.')).toEqual([
      { text: 'Look at one: ' }, { text: 'exim -Mvh ID', kind: 'code' }, { text: ' (headers), ' }, { text: 'then', kind: 'strong' }, { text: ' ' }, { text: 'Tools & Settings', kind: 'menu' }, { text: '.' },
    ]);
    expect(pieces('sasl_username and `a_b_c`, 2 * 3 * 4')).toEqual([{ text: 'sasl_username and ' }, { text: 'a_b_c', kind: 'code' }, { text: ', 2 * 3 * 4' }]);
  });

  it('leave no mark open', () => {
    const kept = { KEEP_FILES_DAYS: 1, KEEP_RAW_MAIL_DAYS: 2, KEEP_TICKET_MONTHS: 3, KEEP_AUDIT_MONTHS: 4 };
    for (const guide of [QUEUE_GUIDE, HOW_WE_DECIDE, privacyGuide(kept)]) {
      expect(pieces(wordsOf(guide)).filter(({ kind, text }) => !kind && /`|\*\*|\b_|_\b/.test(text))).toEqual([]);
    }
  });

  it('say how long this desk keeps things, as it is set', () => {
    const words = wordsOf(privacyGuide({ KEEP_FILES_DAYS: 1, KEEP_RAW_MAIL_DAYS: 45, KEEP_TICKET_MONTHS: 7, KEEP_AUDIT_MONTHS: 60 }));
    expect(words).toMatch(/Mails: 45 days after the ticket is closed\. Files: 1 day\..*7 months, then.*60 months\./);
  });
});
