import { leaving } from './blocklists';

it.each([['zen.spamhaus.org', 'Spamhaus'], ['ABC.zen.dq.spamhaus.net', 'Spamhaus'], ['bl.spamcop.net', 'SpamCop'], ['notspamcop.net', 'notspamcop.net'], ['bl.example.org', 'bl.example.org']])('knows how to leave %s', (zone, name) => {
  expect(leaving(zone)).toMatchObject({ name, how: expect.stringMatching(/\w{3}/) as string });
});
