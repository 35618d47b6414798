/** A time as pages and mails show it: text in UTC, which the customer's browser turns into its own zone. */
export interface Moment {
  /** RFC 3339, for the datetime attribute */
  iso: string;
  text: string;
  /** exact, on hover */
  utc: string;
  /** how the browser should write it again in the viewer's zone */
  as: MomentStyle;
}

export type MomentStyle = 'full' | 'day' | 'short' | 'clock' | 'seconds';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (n: number): string => String(n).padStart(2, '0');

/**
 * Writes a time for people: full "20 Nov 2026, 03:14 UTC", day "20 Nov 2026", short "20 Nov, 03:14", clock "03:14", seconds
 * "03:14:08". Null when there is no readable time.
 */
export function moment(at: Date | string | null | undefined, as: MomentStyle = 'full'): Moment | null {
  const date = at === null || at === undefined ? null : new Date(at);
  if (!date || Number.isNaN(date.getTime())) {
    return null;
  }
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()] ?? ''}`;
  const clock = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}`;
  const text = {
    full: `${day} ${date.getUTCFullYear()}, ${clock} UTC`,
    day: `${day} ${date.getUTCFullYear()}`,
    short: `${day}, ${clock}`,
    clock,
    seconds: `${clock}:${two(date.getUTCSeconds())}`,
  }[as];
  const iso = date.toISOString();
  return { iso, text, utc: `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`, as };
}

/** "1 fix", "2 fixes". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}
