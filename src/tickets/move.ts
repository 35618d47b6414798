import { isPaused } from '../core/promise/promises';
import { deadlineFor, type Times } from '../core/ticket/deadlines';
import type { EventType } from '../core/ticket/events';
import type { State } from '../core/ticket/states';
import type { Config } from '../platform/config/config';
import type { Ticket, TicketChanges } from './ticket.entity';

/** The times of the workflow, as the settings have them. */
export const timesOf = ({ REMIND_HOURS, EXPIRE_DAYS, FIX_DAYS, LEASE_MINUTES }: Config): Times => ({ remindHours: REMIND_HOURS, expireDays: EXPIRE_DAYS, fixDays: FIX_DAYS, leaseMinutes: LEASE_MINUTES });

/** With these somebody has answered the customer; a hold is no answer, and neither is what waits for a second person. */
export const ANSWERS: readonly EventType[] = ['lift_decided', 'lift_approved', 'fixes_required', 'upheld', 'information_requested'];

/** What an event makes of the row, as the workflow has decided it: state, version, who has it, and what ends the wait that begins. */
export function move(ticket: Ticket, to: State, event: EventType, changes: TicketChanges, now: Date, times: Times): void {
  Object.assign(ticket, changes, { updatedAt: now, version: ticket.version + 1 });
  if (to !== ticket.state) {
    Object.assign(ticket, { state: to, stateSince: now, reminded: 0 });
    if (to !== 'in_review') {
      Object.assign(ticket, { takenBy: null, takenAt: null, leaseUntil: null });
    }
  }
  if (event === 'taken') {
    ticket.leaseNo += 1;
  }
  if (ANSWERS.includes(event)) {
    ticket.firstDueAt = null;
  }
  const wait = deadlineFor(ticket.state, ticket.stateSince, times, { reminded: ticket.reminded, wakeAt: ticket.wakeAt });
  // A lease that was renewed ends when it says, not so long after the ticket was taken.
  const at = ticket.state === 'in_review' && ticket.leaseUntil ? ticket.leaseUntil : wait?.at;
  Object.assign(ticket, { deadlineAt: at ?? null, deadlineEvent: wait?.event ?? null });
}

/** The columns that are not as they were. */
export const changed = (before: Ticket, now: Ticket): Partial<Ticket> => Object.fromEntries(Object.entries(now).filter(([column, value]) => value !== undefined && value !== before[column as keyof Ticket]));

/** The promise moves when our clock runs again, when an appeal begins one, and when the reading made the ticket more or less urgent. */
export function isPromisedAnew(from: State, to: State, event: EventType, otherPriority: boolean): boolean {
  return (isPaused(from) && !isPaused(to)) || event === 'appealed' || (otherPriority && (event === 'analysed' || event === 'analysis_failed'));
}
