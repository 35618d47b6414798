import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

/**
 * Places where a process may die with the worst consequences, by name. CRASH_AT names one of them, and the process ends itself there by
 * SIGKILL, as a power cut would. A test goes through all of them; nothing but that setting arms one, and production refuses it.
 */
export const CRASH_POINTS = [
  // A claim becomes a ticket.
  'gather.before-statement', 'gather.committed', 'submit.stored', 'evidence.before-commit', 'evidence.committed',
  // Work is carried; each can be narrowed to one job: `outbox.claimed@order-lift`.
  'outbox.doorbell', 'outbox.claimed', 'outbox.before-settle', 'outbox.settled',
  // A reading is stored, a decision made.
  'analysis.before-commit', 'decision.before-commit', 'decision.committed',
  // What was asked with an Idempotency-Key is done, and its caller has not heard it; one of many is done.
  'answer.made', 'bulk.one-done',
  // The NOC is asked to lift.
  'lift.before-send', 'lift.sent', 'lift.replied', 'lift.accept-before-commit', 'lift.accepted', 'lift.read', 'lift.confirm-before-commit', 'lift.confirmed',
  // Mail goes out, mail comes in, the NOC is told.
  'mail.kept', 'mail.before-send', 'mail.sent', 'mail.committed',
  'mailbox.before-store', 'mailbox.stored', 'mailbox.before-settle', 'mailbox.settled',
  'webhook.before-send', 'webhook.sent',
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Points between the last byte of a request and the first of its answer: the end of the path says which request. */
const IN_FLIGHT: Partial<Record<CrashPoint, RegExp>> = { 'lift.sent': /\/lift$/, 'webhook.sent': /\/webhooks?\b/ };

let armed: { point: CrashPoint; only: string | null } | null = null;

/** A point as CRASH_AT names it, or null: `lift.sent`, `outbox.claimed@order-lift`. */
export function readCrashPoint(text: string): { point: CrashPoint; only: string | null } | null {
  const [name, only = null] = text.split('@');
  const point = CRASH_POINTS.find((known) => known === name);
  return point ? { point, only } : null;
}

/** Arms one point for the life of this process. Called once, at the start, with the setting. */
export function armCrashPoint(text: string): void {
  armed = readCrashPoint(text);
  const path = armed && IN_FLIGHT[armed.point];
  if (path) {
    subscribe('http.client.request.start', (message) => {
      const { request } = message as { request: ClientRequest };
      if (path.test(request.path)) {
        request.once('finish', die);
      }
    });
  }
}

/** Ends the process here when this point is armed; else costs one comparison. @param about narrows the point, a job's name for example */
export function crashPoint(point: CrashPoint, about?: string): void {
  if (armed !== null && armed.point === point && (armed.only === null || armed.only === about)) {
    die();
  }
}

let standing = 0;

/**
 * The same where several requests are to die together, each after its own commit: `answer.made@3` ends the process when the third comes there,
 * and those before it stand there until then.
 */
export function crashTogether(point: CrashPoint): Promise<void> | undefined {
  if (armed === null || armed.point !== point) {
    return undefined;
  }
  return ++standing < Number(armed.only ?? 1) ? new Promise(() => undefined) : die();
}

function die(): never {
  process.stderr.write(`crash point ${armed?.point ?? ''}\n`);
  process.kill(process.pid, 'SIGKILL');
  for (;;) {
    // nothing of this process happens after the signal, however late it comes
  }
}
