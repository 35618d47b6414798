import { FIX_CODES } from '../../fixes/fix';
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
