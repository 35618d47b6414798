const formats = new Map<string, Intl.DateTimeFormat>();

/** A day of the calendar, and its weekday: 0 is Monday. */
export interface Day {
  year: number;
  month: number;
  day: number;
}

function format(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) {
    return known;
  }
  const made = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' });
  formats.set(zone, made);
  return made;
}

/** Whether this is a zone that we know. */
export function isZone(zone: string): boolean {
  try {
    return format(zone) !== undefined;
  } catch {
    return false;
  }
}

/** What a clock on the wall shows in a zone. */
export function wall(at: Date, zone: string): Day & { minutes: number; milliseconds: number } {
  const part = Object.fromEntries(format(zone).formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return { year, month, day, minutes: hour * 60 + minute, milliseconds: Date.UTC(year, month - 1, day, hour, minute, second) };
}

/**
 * The moment at which a clock on the wall shows this time; minutes may go beyond the day. In the hour that is skipped in
 * spring the first moment after it, in the hour that comes twice in autumn the first of the two.
 */
export function moment({ year, month, day }: Day, minutes: number, zone: string): Date {
  const shown = Date.UTC(year, month - 1, day, 0, minutes);
  const offset = (at: number): number => wall(new Date(at), zone).milliseconds - Math.floor(at / 1000) * 1000;
  // A change of clocks is at most a day away: one of the two offsets around it fits, or neither in the hour that is skipped.
  const [before, after] = [offset(shown - 86_400_000), offset(shown + 86_400_000)];
  const fits = [shown - before, shown - after].filter((at) => wall(new Date(at), zone).milliseconds === shown);
  return new Date(fits.length > 0 ? Math.min(...fits) : shown - before);
}

export const nextDay = ({ year, month, day }: Day): Day => dayOf(new Date(Date.UTC(year, month - 1, day + 1)));
/** 0 is Monday. */
export const weekday = ({ year, month, day }: Day): number => (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
export const isoDay = ({ year, month, day }: Day): string => new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
const dayOf = (at: Date): Day => ({ year: at.getUTCFullYear(), month: at.getUTCMonth() + 1, day: at.getUTCDate() });
