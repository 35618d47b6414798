import type { EventType } from './events';
import type { State } from './states';

/** Times of the workflow, from the settings. */
export interface Times {
  remindHours: number[];
  expireDays: number;
  fixDays: number;
  leaseMinutes: number;
}

/** When a wait ends, and the event (or the reminder) that ends it. */
export interface Deadline {
  at: Date;
  event: EventType | 'remind';
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** An analysis that nobody finished goes to a person: the desk never waits for a machine. */
const ANALYSIS_MINUTES = 5;

/**
 * The next deadline of a ticket that entered `state` at `since`: the next reminder that is still ahead, else the end of the
 * wait. Null for states that end by a person or by their own work (a lift has its own clock).
 */
export function deadlineFor(state: State, since: Date, times: Times, how: { reminded: number; wakeAt: Date | null }): Deadline | null {
  const after = (milliseconds: number): Date => new Date(since.getTime() + milliseconds);
  switch (state) {
    case 'awaiting_evidence':
      return reminderOr({ at: after(times.expireDays * DAY), event: 'expired' }, since, times, how.reminded);
    case 'awaiting_fixes':
      return reminderOr({ at: after(times.fixDays * DAY), event: 'fixes_overdue' }, since, times, how.reminded);
    case 'analysing':
      return { at: after(ANALYSIS_MINUTES * MINUTE), event: 'analysis_failed' };
    case 'in_review':
      return { at: after(times.leaseMinutes * MINUTE), event: 'lease_lost' };
    case 'on_hold':
      return { at: how.wakeAt ?? after(DAY), event: 'woken' };
    case 'received':
    case 'queued':
    case 'second_review':
    case 'lifting':
    case 'lifted':
    case 'upheld':
    case 'closed':
      return null;
  }
}

function reminderOr(end: Deadline, since: Date, times: Times, reminded: number): Deadline {
  const hours = times.remindHours[reminded];
  const at = hours === undefined ? null : new Date(since.getTime() + hours * HOUR);
  return at && at < end.at ? { at, event: 'remind' } : end;
}
