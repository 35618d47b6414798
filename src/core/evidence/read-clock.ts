import { AFTER_NOON, BEFORE_HOUR, COMPOUND, DAY_PARTS, NAMED_HOURS } from './time-words';

/** A time of day in milliseconds after midnight; past 24 h it is the next day. */
export interface Clock {
  from: number;
  to: number;
  /** the minute is named */
  minute: boolean;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Who names an hour only means about that hour. */
const HOUR_ONLY = 30 * MINUTE;

const HALF = '(am|pm|a\\.m\\.?|p\\.m\\.?)';
/** 15:04, 15:04:05.678, 3:04 pm, 15.04 Uhr, 15h04; with "/" or "t" or a colon before it in logs. */
const FULL = new RegExp(`(?=\\d)(?<![\\d.,-])([01]?\\d|2[0-4]) ?(?::|h|\\.(?=[0-5]\\d ?(?:uhr|h\\b|am\\b|pm\\b)|[0-5]\\d$)| uhr (?=\\d\\d\\b)| heures? (?=\\d\\d\\b))([0-5]\\d)(?::([0-5]\\d|60)(?:[.,]\\d{1,9})?)?(?![\\d:]) ?${HALF}?`, 'g');
/** 3pm, 15 Uhr, 15h, 15 heures, 15 hrs */
const HOUR_WITH_WORD = new RegExp(`(?=\\d)(?<![\\d.,:-])([01]?\\d|2[0-4]) ?(?:${HALF}|uhr\\b|h\\b|heures?\\b|hrs?\\b|hours\\b|horas\\b|o.clock\\b)`, 'g');
/** at 3, um 9, a las 10 */
const HOUR_AFTER_WORD = new RegExp(`\\b${BEFORE_HOUR} ([01]?\\d|2[0-4])\\b(?! ?(?:[./:-] ?\\d|st\\b|nd\\b|rd\\b|th\\b|%|[a-z]{3,}))`, 'g');
const UNTIL = /^ ?(?:-|–|—|to|and|bis|und|et|a|y|till|until|hasta(?: las)?)(?: um| a| las)? ?$/;

/** The time of day that plain words name, or the part of the day, or null. "between 14:00 and 16:00" is one span. */
export function readClock(words: string): Clock | null {
  const text = words.replace(COMPOUND, '$1 $2');
  const afterNoon = AFTER_NOON.test(text);
  const found = matches(text, afterNoon);
  const [first, second] = found;
  if (first) {
    const span = second && UNTIL.test(text.slice(first.end, second.start)) && second.to > first.from ? { ...first, to: second.to, minute: false } : first;
    return { from: span.from, to: span.to, minute: span.minute };
  }
  const named = NAMED_HOURS.find(([pattern]) => pattern.test(text));
  if (named) {
    return { from: named[1] * HOUR - HOUR_ONLY, to: named[1] * HOUR + HOUR_ONLY, minute: false };
  }
  const part = DAY_PARTS.find(([pattern]) => pattern.test(text));
  return part ? { from: part[1] * HOUR, to: part[2] * HOUR, minute: false } : null;
}

type Found = Clock & { start: number; end: number };

function matches(text: string, afterNoon: boolean): Found[] {
  const full = [...text.matchAll(FULL)].map((match) => withMinute(match, afterNoon));
  const hours = [...text.matchAll(HOUR_WITH_WORD), ...text.matchAll(HOUR_AFTER_WORD)].map((match) => hourOnly(match, afterNoon));
  const all = [...full, ...hours.filter((hour) => !full.some((time) => hour.start < time.end && time.start < hour.end))].sort((a, b) => a.start - b.start);
  return all.filter((item, i) => i === 0 || item.start >= (all[i - 1]?.end ?? 0));
}

function withMinute(match: RegExpExecArray, afterNoon: boolean): Found {
  const [whole, hour, minute, second, half] = match;
  const at = hourOf(Number(hour), half, afterNoon) * HOUR + Number(minute) * MINUTE;
  const from = second === undefined ? at : at + Number(second) * 1000;
  return { from, to: second === undefined ? at + MINUTE - 1 : from + 999, minute: true, start: match.index, end: match.index + whole.length };
}

function hourOnly(match: RegExpExecArray, afterNoon: boolean): Found {
  const [whole, hour, half] = match;
  const at = hourOf(Number(hour), half, afterNoon) * HOUR;
  return { from: at - HOUR_ONLY, to: at + HOUR_ONLY, minute: false, start: match.index, end: match.index + whole.length };
}

function hourOf(hour: number, half: string | undefined, afterNoon: boolean): number {
  if (half === undefined) {
    return afterNoon && hour > 0 && hour < 12 ? hour + 12 : hour;
  }
  return half.startsWith('p') ? (hour < 12 ? hour + 12 : hour) : hour === 12 ? 0 : hour;
}
