/** When somebody works at the desk. `hours` has seven entries, Monday first; null: nobody works that day. Times are "HH:MM", the end may be "24:00". */
export interface Calendar {
  /** an IANA name such as "Europe/Berlin" */
  zone: string;
  hours: readonly (OpenHours | null)[];
  /** days on which nobody works, "2026-12-25", in the zone */
  holidays: readonly string[];
}

export interface OpenHours {
  from: string;
  to: string;
}

const ALL_DAY: OpenHours = { from: '00:00', to: '24:00' };

/** Somebody is always there: an hour is an hour. */
export const ROUND_THE_CLOCK: Calendar = { zone: 'UTC', hours: Array.from({ length: 7 }, () => ALL_DAY), holidays: [] };

export const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** Whether time runs through: then no zone and no change of clocks matters. */
export const isRoundTheClock = ({ hours, holidays }: Calendar): boolean =>
  holidays.length === 0 && hours.length === 7 && hours.every((day) => day !== null && minutesOf(day.from) === 0 && minutesOf(day.to) === 1440);
