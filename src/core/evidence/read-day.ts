import { COMPOUND, DAYS_BACK, MONTHS, WEEKDAYS } from './time-words';

/** A day, as its midnight on the writer's clock in milliseconds, and the words without it. */
export interface Day {
  midnight: number;
  /** false where two readings are possible: 03/04 */
  certain: boolean;
  rest: string;
}

const DAY = 86_400_000;
/** A day without a year lies in the past; a clock that is ahead, or a zone, makes up to two days of difference. */
const AHEAD = 2 * DAY;

const ISO = /(?=\d)(?<!\d)((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)t?/;
const NUMERIC = /(?=\d)(?<![\d.:])(\d{1,2})([./-])(\d{1,2})\2((?:19|20)?\d\d)(?![\d/-]|\.\d)/;
const WITHOUT_YEAR = /(?=\d)(?<![\d.:/-])(\d{1,2})(?:\.(\d{1,2})\.(?!\d)|\/(\d{1,2})(?![\d/]))/;
const DAY_MONTH = /(?=\d)(?<![\d:.])(\d{1,2})(?:st|nd|rd|th|er|\.)?(?: of\b| de\b)?[ /-]{0,2}([a-z]{3,10})\b\.?(?:[ /,-]{1,2}(?:de |del )?((?:19|20)\d\d)(?!\d))?/g;
const MONTH_DAY = /\b([a-z]{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?(?![\d:]| ?(?:am|pm|uhr|h)\b)(?:,? ((?:19|20)\d\d)(?!\d))?/g;
const YEAR = /(?=\d)(?<![\d:.+-])((?:19|20)\d\d)(?![\d:])/;

/**
 * The day that plain words name, seen from `here` (now, on the writer's clock). Without a year, or by the name of a weekday, it is the
 * last such day that is not to come. Null when none is named.
 */
export function readDay(words: string, here: number): Day | null {
  const text = words.replace(COMPOUND, '$1 $2');
  return readIso(text) ?? readNumeric(text, here) ?? readNamed(text, here) ?? readWithoutYear(text, here) ?? readBack(text, here) ?? readWeekday(text, here);
}

function readIso(text: string): Day | null {
  const match = ISO.exec(text);
  return match ? made(text, match, utc(Number(match[1]), Number(match[2]) - 1, Number(match[3]))) : null;
}

/** 20.11.2026 is day first; 11/20/2026 can only be one; of 03/04/2026 the reading nearest before now is taken, and said to be uncertain. */
function readNumeric(text: string, here: number): Day | null {
  const match = NUMERIC.exec(text);
  if (!match) {
    return null;
  }
  const [first, second] = [Number(match[1]), Number(match[3])];
  const year = Number(match[4]) + (match[4]?.length === 2 ? 2000 : 0);
  return either(text, match, utc(year, second - 1, first), match[2] === '.' ? null : utc(year, first - 1, second), here);
}

function readWithoutYear(text: string, here: number): Day | null {
  const match = WITHOUT_YEAR.exec(text);
  if (!match) {
    return null;
  }
  const first = Number(match[1]);
  const second = Number(match[2] ?? match[3]);
  return either(text, match, lastOne(second - 1, first, here), match[2] === undefined ? lastOne(first - 1, second, here) : null, here);
}

function either(text: string, match: RegExpExecArray, dayFirst: number | null, monthFirst: number | null, here: number): Day | null {
  const readings = [...new Set([dayFirst, monthFirst].filter((day) => day !== null))];
  const past = readings.filter((day) => day <= here + AHEAD).sort((a, b) => b - a);
  const day = made(text, match, past[0] ?? readings[0] ?? null);
  return day && { ...day, certain: readings.length === 1 };
}

function readNamed(text: string, here: number): Day | null {
  for (const [pattern, dayAt, monthAt] of [[DAY_MONTH, 1, 2], [MONTH_DAY, 2, 1]] as const) {
    for (const match of text.matchAll(pattern)) {
      const month = MONTHS.get(match[monthAt] ?? '');
      if (month !== undefined) {
        const year = match[3] ?? YEAR.exec(text)?.[1];
        const day = Number(match[dayAt]);
        return made(text, match, year === undefined ? lastOne(month, day, here) : utc(Number(year), month, day));
      }
    }
  }
  return null;
}

function readBack(text: string, here: number): Day | null {
  const back = DAYS_BACK.map(([pattern, days]) => ({ match: pattern.exec(text), days })).find((item) => item.match);
  // The words stay: "last night" and "this morning" name the part of the day too.
  return back?.match ? { midnight: midnight(here) - back.days * DAY, certain: true, rest: text } : null;
}

function readWeekday(text: string, here: number): Day | null {
  for (const match of text.matchAll(/\b[a-z]{3,10}\b/g)) {
    const weekday = WEEKDAYS.get(match[0]);
    // "mar" and "sun" are other words too: a short name counts only with its dot, its comma or a time behind it.
    if (weekday !== undefined && (match[0].length > 3 || /^[.,]? ?(?:at|around|\d)/.test(text.slice(match.index + match[0].length)))) {
      const today = new Date(midnight(here)).getUTCDay();
      return made(text, match, midnight(here) - ((today - weekday + 7) % 7) * DAY);
    }
  }
  return null;
}

function made(text: string, match: RegExpExecArray, day: number | null): Day | null {
  return day === null ? null : { midnight: day, certain: true, rest: `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}` };
}

/** The last such day that is not to come. */
function lastOne(month: number, day: number, here: number): number | null {
  const year = new Date(here).getUTCFullYear();
  const [next, this_, before] = [utc(year + 1, month, day), utc(year, month, day), utc(year - 1, month, day)];
  return [next, this_, before].find((time) => time !== null && time <= here + AHEAD) ?? null;
}

/** Midnight of a day that exists, or null: there is no 31 November. */
function utc(year: number, month: number, day: number): number | null {
  const time = Date.UTC(year, month, day);
  return month >= 0 && month < 12 && day >= 1 && new Date(time).getUTCDate() === day && new Date(time).getUTCMonth() === month ? time : null;
}

const midnight = (time: number): number => Math.floor(time / DAY) * DAY;
