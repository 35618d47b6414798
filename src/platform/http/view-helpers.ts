import { hash } from 'node:crypto';
import Handlebars, { type HelperOptions, type SafeString } from 'handlebars';
import { assetUrl } from './assets';
import { ICONS } from './icons';

type Time = Date | string | number | null | undefined;
interface Root { page?: { zone?: string; now?: Date } }

const escape = Handlebars.escapeExpression;
const safe = (html: string): SafeString => new Handlebars.SafeString(html);
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const formats = new Map<string, Intl.DateTimeFormat>();
/** No zone changes its distance from UTC but at a full quarter of an hour, since St. John's gave up its minute past midnight in 2011. */
const QUARTER = 900_000;
const DISTANCES_AT_MOST = 5_000;
const distances = new Map<string, number>();

/** Milliseconds that the clocks of a zone are ahead of UTC at a time; the calendar of the system is slow to ask, so its answers are kept. */
function aheadOfUtc(at: Date, zone: string): number {
  const quarter = Math.floor(at.getTime() / QUARTER);
  const key = `${zone} ${quarter}`;
  const known = distances.get(key);
  if (known !== undefined) {
    return known;
  }
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' });
    formats.set(zone, format);
  }
  const there = Object.fromEntries(format.formatToParts(quarter * QUARTER).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day, hour, minute, second } = there;
  const ahead = Date.UTC(year, month - 1, day, hour, minute, second) - quarter * QUARTER;
  if (distances.size >= DISTANCES_AT_MOST) {
    distances.clear();
  }
  distances.set(key, ahead);
  return ahead;
}

const two = (n: number): string => String(n).padStart(2, '0');

const [FIRST, LAST] = [0, Date.UTC(2200, 0)];

/** The clock of a zone; outside of our times that of UTC: such dates are mistakes of a mail. */
function parts(at: Date, zone: string) {
  const ours = at.getTime() >= FIRST && at.getTime() < LAST;
  const local = ours && zone !== 'UTC' ? new Date(at.getTime() + aheadOfUtc(at, zone)) : at;
  return {
    year: local.getUTCFullYear(), month: MONTHS[local.getUTCMonth()], day: two(local.getUTCDate()), hour: two(local.getUTCHours()), minute: two(local.getUTCMinutes()), second: two(local.getUTCSeconds()),
  };
}

/** How a time is written, by the name of its form; assets/times.js writes the same forms in the browser. */
export function writeTime(at: Date, form: string, zone: string, now = new Date()): string {
  const { year, month, day, hour, minute, second } = parts(at, zone);
  const date = `${day} ${month}`;
  switch (form) {
    case 'short': return now.getTime() - at.getTime() < 300 * 86_400_000 ? date : `${month} ${year}`;
    case 'date': return `${date} ${year}`;
    case 'time': return `${hour}:${minute}`;
    case 'seconds': return `${hour}:${minute}:${second}`;
    case 'day': return `${date}, ${hour}:${minute}`;
    case 'exact': return `${date}, ${hour}:${minute}:${second}`;
    default: return `${date} ${year}, ${hour}:${minute}`;
  }
}

/** "3 h 35 m", "2 d 4 h", "12 m", "40 s": a length of time in milliseconds, at most two units. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1000);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 60) { return `${seconds} s`; }
  if (minutes < 60) { return `${minutes} m`; }
  if (hours < 48) { return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${two(minutes % 60)} m`; }
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** "4 m ago", "in 2 h", "just now". */
export function relative(at: Date, now: Date): string {
  const gap = at.getTime() - now.getTime();
  return Math.abs(gap) < 45_000 ? 'just now' : gap < 0 ? `${duration(gap)} ago` : `in ${duration(gap)}`;
}

/** `<time>` with the exact UTC time on hover; nothing for no time. */
export function timeElement(value: Time, form: string, root: Root): SafeString | string {
  const at = value === null || value === undefined || value === '' ? null : new Date(value);
  if (!at || Number.isNaN(at.getTime())) {
    return '';
  }
  const iso = at.toISOString();
  const words = form === 'relative' ? relative(at, root.page?.now ?? new Date()) : writeTime(at, form, root.page?.zone ?? 'UTC', root.page?.now);
  return safe(`<time datetime="${iso}" title="${iso.slice(0, 19).replace('T', ' ')} UTC" data-form="${escape(form)}">${escape(words)}</time>`);
}

const STAMP = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z\b/g;

/** A sentence in which moments stand as the machine writes them, each shown as a time like any other. */
function timed(text: string, root: Root): SafeString {
  const between = text.split(STAMP).map((part) => escape(part));
  return safe([...text.matchAll(STAMP)].reduce((html, [stamp], i) => html + String(timeElement(stamp, 'exact', root) || escape(stamp)) + (between[i + 1] ?? ''), between[0] ?? ''));
}

/** "Sat 28 Nov" for the calendar day 2026-11-28; what is no day stays as it is. */
export function calendarDay(day: string): string {
  const at = new Date(`${day}T00:00:00Z`);
  return Number.isNaN(at.getTime()) ? day : `${['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'][at.getUTCDay()]} ${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}`;
}

/** Whether the entry at this place of a line of time is the first of its day, as the reader counts days. */
function newDay(entries: { at: Time }[], place: number, root: Root): boolean {
  const [day, before] = [entries[place], entries[place - 1]].map((entry) => (entry?.at ? writeTime(new Date(entry.at), 'date', root.page?.zone ?? 'UTC') : null));
  return day !== before;
}

const icons = new Map<string, SafeString>();

/** `{{icon "check"}}`, `{{icon "check" class="ink"}}`: always beside a word, so hidden from screen readers. */
export function iconElement(name: string, options?: HelperOptions): SafeString {
  const extra = options?.hash['class'] ? ` ${escape(String(options.hash['class']))}` : '';
  const known = icons.get(name + extra);
  if (known) {
    return known;
  }
  if (!ICONS.has(name)) {
    throw new Error(`The icon ${name} is not in src/platform/http/icons.ts.`);
  }
  const made = safe(`<svg class="i${extra}" aria-hidden="true"><use href="${assetUrl('icons.svg')}#i-${name}"/></svg>`);
  icons.set(name + extra, made);
  return made;
}

/** "AK" for Anna Keller: at most two letters. */
export function initials(name: string): string {
  const words = name.split(/[\s.@_-]+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined].map((word) => word?.[0]?.toUpperCase() ?? '').join('') || '?';
}

const UNITS = ['bytes', 'kB', 'MB'];
function size(bytes: number): string {
  const step = bytes < 1000 ? 0 : bytes < 1_000_000 ? 1 : 2;
  return `${step === 0 ? bytes : (bytes / 1000 ** step).toFixed(1)} ${UNITS[step]}`;
}

/**
 * `{{#live "notice"}}…{{/live}}`: a part of a page that keeps itself up to date. Its mark changes with its content, so that a page which is open can say
 * what it has; asked by htmx, the part comes to take the place of the older one.
 */
function livePart(this: unknown, name: string, options: HelperOptions): SafeString {
  const html = options.fn(this).trim();
  const mark = hash('sha256', html, 'base64url').slice(0, 8);
  return safe(`<div id="live-${escape(name)}" data-mark="${mark}"${options.hash['class'] ? ` class="${escape(String(options.hash['class']))}"` : ''}${options.hash['fresh'] === true ? ' hx-swap-oob="outerHTML"' : ''}>${html}</div>`);
}

/**
 * Presentation only: no helper knows a rule.
 *
 * `{{time at}}` 20 Nov 2026, 03:14 · `{{time at "day"}}` 20 Nov, 03:14 · `"date"` · `"short"` 20 Nov · `"time"` · `"seconds"` · `"exact"` · `"relative"`;
 * `{{timed text}}` a sentence with moments in it; `{{calendarDay "2026-11-28"}}` Sat 28 Nov; `{{#if (newDay entries @index)}}`;
 * `{{icon "check"}}`, `{{asset "desk.js"}}`, `{{size bytes}}`, `{{plural 3 "message"}}`, `{{#if (eq a b)}}`, `or`, `and`, `not`, `join`, `lower`, `initials`, `{{#live "name"}}`.
 */
export function registerHelpers(handlebars: typeof Handlebars): void {
  handlebars.registerHelper({
    time: (value: Time, form: string | HelperOptions, options?: HelperOptions) =>
      typeof form === 'string' ? timeElement(value, form, options?.data.root as Root) : timeElement(value, 'full', form.data.root as Root),
    timed: (text: unknown, { data }: HelperOptions) => timed(String(text ?? ''), data.root as Root),
    newDay: (entries: { at: Time }[], place: number, { data }: HelperOptions) => newDay(entries, place, data.root as Root),
    calendarDay: (value: unknown) => calendarDay(String(value ?? '')),
    icon: iconElement,
    live: livePart,
    asset: (name: string) => assetUrl(name),
    size: (bytes: number) => size(bytes),
    plural: (count: number, one: string, many: unknown) => `${count} ${count === 1 ? one : typeof many === 'string' ? many : `${one}s`}`,
    eq: (a: unknown, b: unknown) => a === b,
    not: (a: unknown) => !a,
    or: (...args: unknown[]) => args.slice(0, -1).find(Boolean),
    // Like JavaScript: the last one when all hold, so that `(or (and over "clock") "check")` names an icon.
    and: (...args: unknown[]) => args.slice(0, -1).reduce((all, one) => all && one, true),
    join: (list: unknown[] | undefined, by: unknown) => (list ?? []).join(typeof by === 'string' ? by : ', '),
    initials: (name: unknown) => initials(String(name ?? '')),
    lower: (text: unknown) => String(text ?? '').toLowerCase(),
  });
}
