import { address } from '../../core/ticket/address';
import { accounts, blocks, heldAddress, nocAccount } from '../../noc/noc.schema';
import type { z } from 'zod';
import type { Caller, Heard } from './ask';
import { code, told, type Report } from './report';

/** No provider holds these: a reserved network of IPv4, a mailbox in a domain that cannot be. */
export const NOBODYS_IP = '240.0.0.1';
const NOBODYS_EMAIL = 'nobody@noc-check.invalid';
const NOBODYS_ACCOUNT = 'noc-check-no-such-account';

/** What a schema says is wrong with an answer that should be 200; null when nothing is. */
function misshapen(answer: Heard, shape: z.ZodType): string | null {
  if (answer.status !== 200) {
    return told(answer);
  }
  const issue = shape.safeParse(answer.body).error?.issues[0];
  return issue ? `${issue.path.join('.') || 'the body'}: ${issue.message}` : null;
}

/** The calls that change nothing. @returns false where nothing more can be tried */
export async function readChecks(caller: Caller, report: Report, ip: string): Promise<boolean> {
  const path = `/addresses/${encodeURIComponent(ip)}`;
  const held = await caller.ask('GET', path);
  if (!report.add('address', `GET ${path} says who holds it.`, misshapen(held, heldAddress))) {
    return held.status !== 0;
  }
  const holder = heldAddress.parse(held.body);
  const raw = (held.body as { ip: string }).ip;
  report.add('address-form', 'An address is answered in RFC 5952 form, and is the one that was asked for.', raw === address(ip) ? null : `asked for ${ip}, answered ${raw}`);
  for (const [check, token] of [['no-token', null], ['wrong-token', 'noc-check-wrong-token']] as const) {
    const answer = await caller.ask('GET', path, { token });
    report.add(check, `A call with ${token ? 'a wrong' : 'no'} token is refused (401).`, answer.status === 401 || answer.status === 403 ? null : told(answer));
  }
  const spelling = ip.includes(':') ? ip.toUpperCase() : `::ffff:${ip}`;
  const other = await caller.ask('GET', `/addresses/${encodeURIComponent(spelling)}`);
  report.add('any-spelling', 'An address is taken in any spelling.', misshapen(other, heldAddress) && `${spelling}: ${told(other)}`, ip.includes(':') ? 'fail' : 'warn');
  const nobodys = await caller.ask('GET', `/addresses/${NOBODYS_IP}`);
  report.add('not-ours', 'An address that is not yours is answered 404.', nobodys.status === 404 ? null : told(nobodys));

  const account = await caller.ask('GET', `/accounts/${encodeURIComponent(holder.accountId)}`);
  const emails = (account.body as { emails?: unknown } | undefined)?.emails;
  if (report.add('account', 'The account of the address is told, with its "emails".', misshapen(account, nocAccount) ?? (Array.isArray(emails) ? null : 'there is no list "emails"'))) {
    const { email, id } = nocAccount.parse(account.body);
    report.add('account-id', 'It has the id that was asked for.', id === holder.accountId ? null : `asked for ${holder.accountId}, answered ${id}`);
    const found = await caller.ask('GET', `/accounts?email=${encodeURIComponent(email.toUpperCase())}`);
    const list = accounts.safeParse(found.body);
    report.add('account-by-email', 'Its e-mail address finds it, in any case of letters.', misshapen(found, accounts) ?? (list.success && list.data.some((one) => one.id === id) ? null : 'it is not in the list'));
  }
  const stranger = await caller.ask('GET', `/accounts/${NOBODYS_ACCOUNT}`);
  report.add('no-account', 'An account that is not there is answered 404.', stranger.status === 404 ? null : told(stranger));
  const nobody = await caller.ask('GET', `/accounts?email=${encodeURIComponent(NOBODYS_EMAIL)}`);
  report.add('no-email', 'An e-mail address of nobody is answered 200 with an empty list.', nobody.status === 200 && Array.isArray(nobody.body) && nobody.body.length === 0 ? null : told(nobody));
  await blockChecks(caller, report, path);
  return true;
}

async function blockChecks(caller: Caller, report: Report, path: string): Promise<void> {
  const listed = await caller.ask('GET', `${path}/blocks`);
  if (report.add('blocks', 'The blocks of an address are a list.', misshapen(listed, blocks))) {
    const raw = listed.body as { blockedAt: string; state?: string; kind: string }[];
    const times = raw.map(({ blockedAt }) => Date.parse(blockedAt));
    report.add('blocks-newest-first', 'They come newest first.', times.every((at, i) => i === 0 || at <= (times[i - 1] ?? Infinity)) ? null : 'they do not');
    report.add('blocks-state', 'Each has its state: blocked, unblocking or unblocked.', raw.every(({ state }) => ['blocked', 'unblocking', 'unblocked'].includes(state ?? '')) ? null : 'one has none');
    if (raw.length === 0) {
      report.skip('blocks-content', 'A list with blocks in it.', 'this address has none: name a blocked one with --ip');
    }
  }
  const nobodys = await caller.ask('GET', `/addresses/${NOBODYS_IP}/blocks`);
  report.add('blocks-not-ours', 'The blocks of an address that is not yours are answered 404, never with an empty list.', nobodys.status === 404 ? null : told(nobodys));
  // Safe: there is no such address, so there is nothing that could be lifted.
  const lift = await caller.ask('POST', `/addresses/${NOBODYS_IP}/blocks/spam/lift`, { key: `noc-check-${Date.now()}`, body: { blockedAt: '2020-01-01T00:00:00Z', ticket: 'UB-TEST-0000', reason: 'noc-check' } });
  report.add('lift-not-ours', 'A lift for an address that is not yours is answered 404, or 403 with "not_owner".', lift.status === 404 || (lift.status === 403 && code(lift.body) === 'not_owner') ? null : told(lift));
}
