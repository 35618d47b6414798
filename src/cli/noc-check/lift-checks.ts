import { setTimeout as wait } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import type { Block } from '../../core/ticket/block';
import { blocks as shape, exception, lifted } from '../../noc/noc.schema';
import type { Caller, Heard } from './ask';
import { code, told, type Report } from './report';

const DAY_MS = 86_400_000;
const LOOK_MS = 500;

/** Really lifts the block of one address: only where --lift names it. `seconds`: how long the block may take to be gone. */
export async function liftChecks(caller: Caller, report: Report, ip: string, seconds: number): Promise<void> {
  const path = `/addresses/${encodeURIComponent(ip)}/blocks`;
  const list = async (): Promise<Block[]> => shape.safeParse((await caller.ask('GET', path)).body).data ?? [];
  const block = (await list()).find(({ state }) => state === 'blocked');
  if (!block) {
    report.skip('lift', 'A lift is carried out.', `${ip} is not blocked`);
    return;
  }
  const stands = async (): Promise<boolean> => (await list()).some(({ kind, blockedAt, state }) => kind === block.kind && blockedAt === block.blockedAt && state === 'blocked');
  const order = (blockedAt: string, key: string, token?: string): Promise<Heard> => caller.ask('POST', `${path}/${block.kind}/lift`, { key, token, body: { blockedAt, ticket: 'UB-TEST-0000', reason: 'noc-check' } });

  const forged = await order(block.blockedAt, randomUUID(), 'noc-check-wrong-token');
  report.add('lift-wrong-token', 'A lift with a wrong token is refused (401), and lifts nothing.', forged.status === 401 || forged.status === 403 ? ((await stands()) ? null : 'the block is gone all the same') : told(forged));
  const older = await order(new Date(Date.parse(block.blockedAt) - DAY_MS).toISOString(), randomUUID());
  const refused = older.status === 404 || (older.status === 409 && code(older.body) === 'newer_block');
  report.add('lift-other-episode', 'A lift that names another blockedAt lifts nothing: 409 with "newer_block", or 404.', refused ? ((await stands()) ? null : 'the block is gone all the same') : told(older));
  if (older.status === 409) {
    const at = (older.body as { blockedAt?: string }).blockedAt;
    report.add('newer-block-time', '409 says when the newer block began.', at && Date.parse(at) === Date.parse(block.blockedAt) ? null : `it says ${at ?? 'nothing'}`);
  }
  if (!(await stands())) {
    report.skip('lift', 'A lift is carried out.', 'the block went before it was ordered');
    return;
  }
  await realLift(caller, report, { order, list, block, seconds });
}

async function realLift(caller: Caller, report: Report, { order, list, block, seconds }: { order: (blockedAt: string, key: string) => Promise<Heard>; list: () => Promise<Block[]>; block: Block; seconds: number }): Promise<void> {
  const key = randomUUID();
  const first = await order(block.blockedAt, key);
  if ([425, 429, 503].includes(first.status)) {
    const after = (first.body as { retryAfterSeconds?: unknown } | undefined)?.retryAfterSeconds;
    report.add('too-early', '425 has the code "too_early" and retryAfterSeconds.', first.status !== 425 || (code(first.body) === 'too_early' && typeof after === 'number' && after >= 0) ? null : told(first));
    report.skip('lift', 'A lift is carried out.', `${told(first)}: try again later`);
    return;
  }
  if (!report.add('lift', 'A lift is answered 202 "unblocking" or 200 "unblocked".', (first.status === 202 || first.status === 200) && lifted.safeParse(first.body).success ? null : told(first))) {
    return;
  }
  const second = await order(block.blockedAt, key);
  report.add('lift-key-again', 'The same Idempotency-Key gets the same answer.', (second.status === 202 || second.status === 200) && lifted.safeParse(second.body).success ? null : told(second));
  const until = performance.now() + seconds * 1000;
  let gone = false;
  while (!gone && performance.now() < until) {
    const now = (await list()).find(({ kind, blockedAt }) => kind === block.kind && blockedAt === block.blockedAt);
    gone = now?.state === 'unblocked';
    if (!gone) {
      await wait(LOOK_MS);
    }
  }
  report.add('lift-read-back', 'The list then shows the episode as "unblocked", and keeps it.', gone ? null : `it did not within ${seconds} s`);
  if (gone) {
    const other = await order(block.blockedAt, randomUUID());
    report.add('lift-of-gone', 'A lift of a block that is gone is answered 200 "unblocked", or 404.', other.status === 404 || (other.status === 200 && (other.body as { state?: string }).state === 'unblocked') ? null : told(other));
  }
}

/** Orders an exception of one minute for a sender that cannot be. */
export async function exceptionChecks(caller: Caller, report: Report, ip: string): Promise<void> {
  const key = randomUUID();
  const body = { rule: 'NOC_CHECK', sender: 'nobody@noc-check.invalid', until: new Date(Date.now() + 60_000).toISOString(), ticket: 'UB-TEST-0000' };
  const order = (): Promise<Heard> => caller.ask('POST', `/addresses/${encodeURIComponent(ip)}/exceptions`, { key, body });
  const first = await order();
  if (first.status === 404 || first.status === 501) {
    report.skip('exception', 'An exception is ordered.', 'not offered, which is allowed');
    return;
  }
  const made = exception.safeParse(first.body);
  if (report.add('exception', 'An exception is answered 201 with "id" and the state "applied" or "proposed".', first.status === 201 && made.success ? null : told(first))) {
    const second = exception.safeParse((await order()).body);
    report.add('exception-key-again', 'The same Idempotency-Key gets the same exception.', second.success && second.data.id === made.data?.id ? null : 'it got another one');
  }
}
