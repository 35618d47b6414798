import type { State } from '../ticket/states';
import { ROUND_THE_CLOCK, type Calendar } from './calendar';
import { dueWithPauses, type Pause } from './working-time';

/** What is promised from a priority on, in minutes of working time from receipt. */
export interface PromiseClass {
  name: string;
  /** the least points of urgency; the class with the highest that a ticket reaches holds */
  fromPriority: number;
  firstAnswerMinutes: number;
  decisionMinutes: number;
}

/** All that is promised to customers, as one setting with versions. */
export interface Promises {
  classes: readonly PromiseClass[];
  calendar: Calendar;
  /** the desk is warned so long before a promise is missed */
  warnMinutes: number;
  /** the customer is told so long before; 0: never */
  noteMinutes: number;
  /** the shifts of the desk, by the time at which each begins in the zone of the calendar */
  shifts: readonly { name: string; from: string }[];
}

export const PROMISES: Promises = {
  classes: [
    { name: 'urgent', fromPriority: 30, firstAnswerMinutes: 60, decisionMinutes: 120 },
    { name: 'high', fromPriority: 10, firstAnswerMinutes: 120, decisionMinutes: 240 },
    { name: 'normal', fromPriority: -10_000, firstAnswerMinutes: 240, decisionMinutes: 480 },
  ],
  calendar: ROUND_THE_CLOCK, warnMinutes: 30, noteMinutes: 15,
  shifts: [{ name: 'Early', from: '06:00' }, { name: 'Late', from: '14:00' }, { name: 'Night', from: '22:00' }],
};

/** What is promised to a ticket of this priority. */
export function classFor(promises: Promises, priority: number): PromiseClass {
  const sorted = [...promises.classes].sort((a, b) => b.fromPriority - a.fromPriority);
  const found = sorted.find((one) => priority >= one.fromPriority) ?? sorted.at(-1);
  return found ?? { name: 'normal', fromPriority: 0, firstAnswerMinutes: 240, decisionMinutes: 480 };
}

/** States in which we wait for the customer, or for nobody: our time stands still. */
const PAUSED: readonly State[] = ['awaiting_evidence', 'awaiting_fixes', 'closed'];
export const isPaused = (state: State): boolean => PAUSED.includes(state);

/** The pauses of a ticket from where it went, oldest first; what began before `since` is cut. */
export function pausesOf(moves: readonly { to: string | null; at: Date }[], since: Date, until: Date | null): Pause[] {
  const pauses: Pause[] = [];
  let from: Date | null = null;
  for (const { to, at } of moves) {
    const paused = to !== null && isPaused(to as State);
    if (paused && from === null) {
      from = at;
    } else if (!paused && from !== null) {
      pauses.push({ from, to: at });
      from = null;
    }
  }
  if (from !== null) {
    pauses.push({ from, to: until });
  }
  const cut = (pause: Pause): Pause => (pause.from < since ? { ...pause, from: since } : pause);
  return pauses.map(cut).filter((pause) => pause.to === null || pause.to > pause.from);
}

/** When the first answer and the decision are due. */
export function due(promises: Promises, priority: number, start: Date, pauses: readonly Pause[]): { name: string; firstAnswer: Date; decision: Date } {
  const { name, firstAnswerMinutes, decisionMinutes } = classFor(promises, priority);
  return { name, firstAnswer: dueWithPauses(promises.calendar, start, firstAnswerMinutes, pauses), decision: dueWithPauses(promises.calendar, start, decisionMinutes, pauses) };
}
