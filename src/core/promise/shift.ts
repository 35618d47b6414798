import { minutesOf } from './calendar';
import type { Promises } from './promises';
import { isoDay, moment, nextDay, wall, type Day } from './zoned';

export interface Shift {
  name: string;
  /** the day on which it began, in the zone of the calendar */
  day: string;
  beganAt: Date;
}

/** The shift that is on at a moment: the last one that began. A night shift belongs to the day on which it began. */
export function shiftAt({ shifts, calendar }: Pick<Promises, 'shifts' | 'calendar'>, now: Date): Shift {
  const { year, month, day } = wall(now, calendar.zone);
  const today: Day = { year, month, day };
  const noon = new Date(Date.UTC(year, month - 1, day, 12) - 2 * 86_400_000);
  const yesterday = nextDay({ year: noon.getUTCFullYear(), month: noon.getUTCMonth() + 1, day: noon.getUTCDate() });
  const began = [yesterday, today].flatMap((at) => shifts.map(({ name, from }) => ({ name, day: isoDay(at), beganAt: moment(at, minutesOf(from), calendar.zone) })));
  const past = began.filter(({ beganAt }) => beganAt.getTime() <= now.getTime()).sort((a, b) => b.beganAt.getTime() - a.beganAt.getTime());
  return past[0] ?? { name: 'Day', day: isoDay(today), beganAt: moment(today, 0, calendar.zone) };
}
