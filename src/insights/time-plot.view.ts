import { duration } from '../platform/http/view-helpers';
import type { DayLine, Insights } from './insights.query';
import type { InsightsQuery } from './insights.schema';
import { behindHref, percent } from './words';

export interface Bar {
  href: string;
  tone: 'ok' | 'bad';
  says: string;
  x: string;
  middle: string;
  width: string;
  /** from the median up to nine in ten */
  top: string;
  height: string;
  median: string;
  over: string | null;
}

export interface TimePlot {
  label: string;
  grid: { text: string; y: string; textY: string; line: boolean }[];
  bars: Bar[];
  days: { text: string; x: string }[];
  promise: { text: string; y: string; textY: string } | null;
  late: { text: string; href: string }[];
  more: number;
  share: { customer: string; ours: string } | null;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** Lengths between two lines of the grid, in seconds. */
const STEPS = [60, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 432_000, 864_000, 1_728_000];
/** Where the plot stands in its box, in percent: percentages and no viewBox, so that text keeps its size at every width. */
const [LEFT, TOP, BOTTOM] = [11, 10, 94];
const LATE_NAMED = 5;

const at = (number: number): string => `${Math.round(number * 10) / 10}%`;
const named = (day: string): string => `${Number(day.slice(8))} ${MONTHS[Number(day.slice(5, 7)) - 1] ?? ''}`;
/** A promise that fewer than nine in ten tickets of a day saw kept was not kept that day. */
const isLate = (day: DayLine): boolean => (day.marks['kept'] ?? 0) < 0.9 * (day.marks['promised'] ?? 0);

/** The plot of the time to decision, a bar a day; null when nothing was decided. */
export function timePlot(query: InsightsQuery, { time, customersShare }: Pick<Insights, 'time' | 'customersShare'>, zone: string, now: Date): TimePlot | null {
  if (time.days.length === 0) {
    return null;
  }
  const days = daysUntil(now, query.days, zone);
  const most = Math.max(...time.days.map((day) => day.p90), (time.promise ?? 0) * 1.1);
  const step = STEPS.find((length) => length * 3 >= most) ?? Math.ceil(most / 3 / 86_400) * 86_400;
  // Clocks that disagree must not draw outside of the box.
  const y = (seconds: number): number => BOTTOM - (Math.max(seconds, 0) / (3 * step)) * (BOTTOM - TOP);
  const slot = (100 - LEFT) / days.length;
  const size = Math.min(slot * 0.6, 3);
  const middle = (i: number): number => LEFT + (i + 0.5) * slot;
  const late = time.days.filter(isLate);
  const bars = time.days.filter((day) => days.includes(day.row)).map((day): Bar => {
    const i = days.indexOf(day.row);
    const before = time.days.find((other) => other.row === days[i - 1]);
    return {
      href: behindHref(query, 'time', day.row), tone: isLate(day) ? 'bad' : 'ok', x: at(middle(i) - size / 2), middle: at(middle(i)), width: at(size), top: at(y(day.p90)),
      height: at(Math.max(y(day.median) - y(day.p90), 0.5)), median: at(y(day.median) - 0.8),
      // Two words side by side would run into each other.
      over: isLate(day) && !(before && isLate(before)) ? at(y(day.p90) - 2) : null,
      says: `${named(day.row)}: ${day.all === 1 ? '1 decision' : `${day.all} decisions`}, median ${duration(day.median * 1000)}, 9 of 10 within ${duration(day.p90 * 1000)}, `
        + `promise kept for ${day.marks['kept'] ?? 0} of ${day.marks['promised'] ?? 0}`,
    };
  });
  const each = Math.ceil(days.length / (days.length > 31 ? 5 : 10));
  return {
    label: `Time to decision, ${named(days[0] ?? '')} to ${named(days.at(-1) ?? '')}${time.promise ? `, against the promise of ${duration(time.promise * 1000)}` : ''}`,
    grid: [0, 1, 2, 3].map((i) => ({ text: i === 0 ? '0' : duration(i * step * 1000), y: at(y(i * step)), textY: at(y(i * step) + 1.5), line: i * step !== time.promise })),
    bars,
    // The month is said where it begins to be another.
    days: days.flatMap((day, i) => {
      const month = days.length > 31 || i < each || days[i - each]?.slice(0, 7) !== day.slice(0, 7);
      return (days.length - 1 - i) % each === 0 ? [{ text: month ? named(day) : String(Number(day.slice(8))), x: at(middle(i)) }] : [];
    }),
    promise: time.promise ? { text: `promise ${duration(time.promise * 1000)}`, y: at(y(time.promise)), textY: at(y(time.promise) - 2) } : null,
    late: late.slice(-LATE_NAMED).map((day) => ({ text: named(day.row), href: behindHref(query, 'time', day.row, 'late') })),
    more: Math.max(late.length - LATE_NAMED, 0),
    share: customersShare === null ? null : { customer: percent(customersShare), ours: percent(1 - customersShare) },
  };
}

/** The days of the period in the reader's zone, the first of them in part. */
function daysUntil(now: Date, count: number, zone: string): string[] {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const last = Date.parse(`${format.format(now)}T00:00:00Z`);
  return Array.from({ length: count + 1 }, (_, i) => new Date(last - (count - i) * 86_400_000).toISOString().slice(0, 10));
}
