import { isRoundTheClock, minutesOf, type Calendar } from './calendar';
import { isoDay, moment, nextDay, wall, weekday, type Day } from './zoned';

const MINUTE = 60_000;
/** Nobody promises beyond: a calendar that is hardly ever open ends the search. */
const DAYS = 3 * 366;

/** A time in which the customer was asked, so that our time stood still; `to` is null while it lasts. */
export interface Pause {
  from: Date;
  to: Date | null;
}

/** The moment at which so many minutes of working time have passed since `start`. */
export function addWorking(calendar: Calendar, start: Date, minutes: number): Date {
  if (isRoundTheClock(calendar)) {
    return new Date(start.getTime() + minutes * MINUTE);
  }
  let left = minutes * MINUTE;
  let last = start;
  for (const { from, to } of openTimes(calendar, start)) {
    const begin = Math.max(from.getTime(), start.getTime());
    const length = to.getTime() - begin;
    if (length > 0 && left <= length) {
      return new Date(begin + left);
    }
    left -= Math.max(length, 0);
    last = to;
  }
  return new Date(last.getTime() + left);
}

/** Working time between two moments, in minutes; 0 when they are the other way round. */
export function workingBetween(calendar: Calendar, start: Date, end: Date): number {
  if (end.getTime() <= start.getTime()) {
    return 0;
  }
  if (isRoundTheClock(calendar)) {
    return (end.getTime() - start.getTime()) / MINUTE;
  }
  let sum = 0;
  for (const { from, to } of openTimes(calendar, start)) {
    if (from.getTime() >= end.getTime()) {
      break;
    }
    sum += Math.max(Math.min(to.getTime(), end.getTime()) - Math.max(from.getTime(), start.getTime()), 0);
  }
  return sum / MINUTE;
}

/** When a promise is due that began at `start`, its pauses left out. While one lasts: when it would be due if it ended the moment it began. */
export function dueWithPauses(calendar: Calendar, start: Date, minutes: number, pauses: readonly Pause[]): Date {
  let left = minutes;
  let at = start;
  for (const pause of [...pauses].sort((a, b) => a.from.getTime() - b.from.getTime())) {
    const worked = workingBetween(calendar, at, pause.from);
    if (worked >= left) {
      break;
    }
    left -= worked;
    const begin = Math.max(pause.from.getTime(), at.getTime());
    if (pause.to === null) {
      return addWorking(calendar, new Date(begin), left);
    }
    at = new Date(Math.max(pause.to.getTime(), begin));
  }
  return addWorking(calendar, at, left);
}

/** The open times of the calendar from the day of `start` on. */
function* openTimes(calendar: Calendar, start: Date): Generator<{ from: Date; to: Date }> {
  const holidays = new Set(calendar.holidays);
  const { year, month, day } = wall(start, calendar.zone);
  let today: Day = { year, month, day };
  for (let n = 0; n < DAYS; n++) {
    const hours = calendar.hours[weekday(today)];
    if (hours && !holidays.has(isoDay(today))) {
      yield { from: moment(today, minutesOf(hours.from), calendar.zone), to: moment(today, minutesOf(hours.to), calendar.zone) };
    }
    today = nextDay(today);
  }
}
