import { CRASH_POINTS, type CrashPoint } from '../../src/platform/crash-points';
import type { Desk } from './desk';
import { waitFor } from './wait-for';

/** Which loop kills at which point. A new point without a line here does not compile: no point stays untried. */
const LOOP: Record<CrashPoint, 'doors' | 'lift' | 'answers'> = {
  'gather.before-statement': 'doors', 'gather.committed': 'doors', 'submit.stored': 'doors', 'evidence.before-commit': 'doors', 'evidence.committed': 'doors',
  'outbox.doorbell': 'doors', 'outbox.claimed': 'lift', 'outbox.before-settle': 'lift', 'outbox.settled': 'lift',
  'analysis.before-commit': 'doors', 'decision.before-commit': 'lift', 'decision.committed': 'lift', 'answer.made': 'lift', 'bulk.one-done': 'answers',
  'lift.before-send': 'lift', 'lift.sent': 'lift', 'lift.replied': 'lift', 'lift.accept-before-commit': 'lift', 'lift.accepted': 'lift', 'lift.read': 'lift',
  'lift.confirm-before-commit': 'lift', 'lift.confirmed': 'lift',
  'mail.kept': 'doors', 'mail.before-send': 'doors', 'mail.sent': 'doors', 'mail.committed': 'doors',
  'mailbox.before-store': 'doors', 'mailbox.stored': 'doors', 'mailbox.before-settle': 'doors', 'mailbox.settled': 'doors',
  'webhook.before-send': 'lift', 'webhook.sent': 'lift',
};
export const pointsOf = (loop: 'doors' | 'lift' | 'answers'): CrashPoint[] => CRASH_POINTS.filter((point) => LOOP[point] === loop);

/** How long a process may take to reach the point where it dies. Only met when a point is never reached. */
const HIT_MS = 45_000;

/**
 * One life of the desk that ends at `at` (a crash point, perhaps narrowed to one job) while `act` goes on. What was under way stays as the
 * power cut left it until `goOn`.
 * @returns what `act` gave, or null when the process died under it
 */
export async function dieAt<T>(desk: Desk, at: string, act: () => Promise<T>): Promise<T | null> {
  await desk.start({ CRASH_AT: at });
  let how: number | NodeJS.Signals | null = null;
  void desk.ended().then((end) => (how = end));
  const acted = act().catch(() => null);
  try {
    await waitFor(`the process to reach ${at}`, () => how, HIT_MS);
    expect([at, how, desk.output().includes(`crash point ${at.split('@', 1)[0]}\n`)]).toEqual([at, 'SIGKILL', true]);
  } finally {
    await desk.kill(); // one that was not reached must not fail those after it
  }
  await hold(desk);
  return acted;
}

/** Keeps what a death left for the end of the loop: the next life is there for its own point. */
async function hold(desk: Desk): Promise<void> {
  await desk.database.query(`update outbox_message set due_at = due_at + interval '1 day' where state = 'pending' and due_at < now() + interval '1 hour'`);
  await desk.database.query(`update outbox_message set lease_until = lease_until + interval '1 day' where state = 'running' and lease_until < now() + interval '1 hour'`);
}

/** Starts the desk, unarmed, as it would have started at once after each death; what was reserved by the dead is free as if that time had gone by. */
export async function goOn(desk: Desk): Promise<void> {
  await desk.database.query(`update outbox_message set due_at = now() where state = 'pending' and due_at > now() + interval '1 hour'`);
  await desk.database.query(`update outbox_message set lease_until = now() where state = 'running'`);
  await desk.database.query(`update lift set lease_until = now() where lease_until is not null`);
  await desk.database.query(`update mail_delivery set lease_until = now() where state = 'sending'`);
  await desk.database.query(`update idempotency_key set created_at = now() - interval '2 minutes' where status = 0`);
  await desk.start();
}
