import { duration } from '../platform/http/view-helpers';
import type { Tone } from './words';

/** How long a ticket waits, against what was promised. Figures of the bar are percentages of its width. */
export interface PromiseBar {
  tone: Tone;
  waited: string;
  promised: string;
  left: string;
  over: boolean;
  /** how loudly the time that is left is printed */
  ink: 'ink' | 'muted';
  fill: number;
}

/** The tick that marks the promise stands at three quarters; what is overdue runs past it. */
const TICK = 75;

/** The waiting time of a ticket; null when nothing was promised. */
export function promiseBar(createdAt: Date, dueAt: Date | null, now: Date): PromiseBar | null {
  if (!dueAt) {
    return null;
  }
  const promised = Math.max(dueAt.getTime() - createdAt.getTime(), 60_000);
  const waited = Math.max(now.getTime() - createdAt.getTime(), 0);
  const left = promised - waited;
  const over = left < 0;
  const soon = !over && left < promised * 0.2;
  // Past the promise it runs on, to the end of the bar at a third above it.
  const share = Math.min((waited / promised) * TICK, 100);
  return {
    tone: over ? 'bad' : soon ? 'warn' : 'unknown', waited: duration(waited), promised: duration(promised), left: `${duration(left)} ${over ? 'over' : 'left'}`, over, ink: over || soon ? 'ink' : 'muted',
    fill: Math.max(Math.round(share), 2),
  };
}

/** When a wait ends, or when the customer is reminded before that: a reminder ends nothing. */
export const waitOf = ({ deadlineAt, deadlineEvent }: { deadlineAt: Date | null; deadlineEvent: string | null }): { until: Date | null; reminder: Date | null } =>
  deadlineEvent === 'remind' ? { until: null, reminder: deadlineAt } : { until: deadlineAt, reminder: null };
