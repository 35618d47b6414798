import { afterComment } from './comments';
import { isDigit, readZone, whole } from './read-zone';

/**
 * The instant of a date as mail writes it, in milliseconds since 1970 UTC; null when no full date with a time can be read.
 * Reads RFC 5322 §3.3 and §4.3 (obsolete zones, two-digit years, missing weekday or seconds, comments), and what is seen besides: asctime,
 * ISO 8601, Go time stamps ("2020-10-26 12:34:56.7 +0000 UTC m=+1.5"), "12:14:12 AM", a zone only in a comment. `-0000`, an unknown
 * zone or none is read as UTC. Reads at most 300 characters and 24 words.
 */
export function readDate(text: string): number | null {
  const parts: Parts = { day: -1, month: -1, year: -1, time: -1, zone: null, half: 0 };
  let comment: string | null = null;
  const end = Math.min(text.length, 300);
  let at = 0;
  for (let count = 0; at < end && count < 24;) {
    const code = text.charCodeAt(at);
    if (code === OPEN) {
      const from = at + 1;
      at = afterComment(text, at, end);
      comment ??= text.slice(from, at - 1);
    } else if (code <= 32 || code === COMMA || code === 0xa0) {
      at++;
    } else {
      const from = at;
      while (at < end && text.charCodeAt(at) > 32 && text.charCodeAt(at) !== COMMA && text.charCodeAt(at) !== OPEN) {
        at++;
      }
      take(text.slice(from, at), parts);
      count++;
    }
  }
  if (parts.zone === null && comment !== null) {
    parts.zone = readZone(comment.trim());
  }
  return instant(parts);
}

interface Parts {
  day: number;
  month: number;
  year: number;
  /** milliseconds of the day */
  time: number;
  /** minutes east of UTC */
  zone: number | null;
  /** 1 for AM, 2 for PM */
  half: number;
}

const OPEN = 40;
const COMMA = 44;
const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];
function take(word: string, parts: Parts): void {
  const code = word.charCodeAt(0);
  if (code >= 48 && code <= 57) {
    takeNumber(word, parts);
  } else if (code === 43 || code === 45) {
    parts.zone ??= parts.time >= 0 ? readZone(word) : null;
  } else {
    takeName(word, parts);
  }
}

function takeName(word: string, parts: Parts): void {
  const name = word.toLowerCase();
  if (name === 'am' || name === 'pm' || name === 'a.m.' || name === 'p.m.') {
    parts.half = name.charCodeAt(0) === 97 ? 1 : 2;
    return;
  }
  if (parts.month < 0) {
    const bare = name.endsWith('.') ? name.slice(0, -1) : name;
    parts.month = month(bare);
    if (parts.month >= 0) {
      return;
    }
  }
  if (parts.time >= 0) {
    parts.zone ??= readZone(word);
  }
}

function month(name: string): number {
  return name.length < 3
    ? -1
    : name === 'sept'
      ? 8
      : MONTHS.findIndex((full) => full === name || (name.length === 3 && full.startsWith(name)));
}

function takeNumber(word: string, parts: Parts): void {
  if (word.includes(':')) {
    const split = word.search(/[Tt]/);
    if (split > 0 && word.indexOf(':') > split) {
      takeDay(word.slice(0, split), parts);
      takeTime(word.slice(split + 1), parts);
    } else {
      takeTime(word, parts);
    }
    return;
  }
  if (word.includes('-') || word.includes('/')) {
    takeDay(word, parts);
    return;
  }
  if (word.includes('.') && parts.time < 0 && parts.day >= 0) {
    takeTime(word.replaceAll('.', ':'), parts);
    return;
  }
  const value = whole(word);
  if (value < 0) {
    return;
  }
  if (parts.day < 0 && (word.length <= 2 || (word.length === 3 && word.startsWith('0')))) {
    parts.day = value;
  } else if (parts.year < 0 && word.length <= 4) {
    parts.year = fullYear(value, word.length);
  }
}

/** "2020-10-26", "26-Oct-2020", "10/26/2020" where only one reading makes sense. */
function takeDay(word: string, parts: Parts): void {
  const [a = '', b = '', c = ''] = word.split(/[-/]/, 3);
  const named = month(b.toLowerCase());
  if (a.length === 4) {
    parts.year = whole(a);
    parts.month = named >= 0 ? named : whole(b) - 1;
    parts.day = whole(c);
  } else if (named >= 0) {
    parts.day = whole(a);
    parts.month = named;
    parts.year = fullYear(whole(c), c.length);
  } else {
    const [first, second] = [whole(a), whole(b)];
    const dayFirst = first > 12 || first === second;
    if (dayFirst || second > 12) {
      parts.day = dayFirst ? first : second;
      parts.month = (dayFirst ? second : first) - 1;
      parts.year = fullYear(whole(c), c.length);
    }
  }
}

/** "12:34", "12:34:56.789", with a zone or AM/PM stuck to it. */
function takeTime(word: string, parts: Parts): void {
  if (parts.time >= 0) {
    return;
  }
  const numbers: number[] = [];
  let at = 0;
  let fraction = 0;
  while (at < word.length && numbers.length < 3) {
    let value = 0;
    const from = at;
    while (at < word.length && isDigit(word.charCodeAt(at)) && at - from < 3) {
      value = value * 10 + word.charCodeAt(at) - 48;
      at++;
    }
    if (at === from) {
      return;
    }
    numbers.push(value);
    if (word.charCodeAt(at) === 58 && numbers.length < 3) {
      at++;
    } else {
      break;
    }
  }
  if (word.charCodeAt(at) === 46 && numbers.length === 3) {
    let scale = 100;
    for (at++; at < word.length && isDigit(word.charCodeAt(at)); at++) {
      fraction += (word.charCodeAt(at) - 48) * scale;
      scale = scale > 1 ? scale / 10 : 0;
    }
  }
  const [hours = 0, minutes, seconds = 0] = numbers;
  if (minutes === undefined || hours > 24 || minutes > 59 || seconds > 60) {
    return;
  }
  parts.time = ((hours * 60 + minutes) * 60 + seconds) * 1_000 + fraction;
  if (at < word.length) {
    take(word.slice(at), parts);
  }
}

function instant({ day, month: index, year, time, zone: offset, half }: Parts): number | null {
  if (day < 1 || index < 0 || index > 11 || year < 1900 || time < 0) {
    return null;
  }
  const hours = Math.floor(time / 3_600_000);
  const shift = half === 1 && hours === 12 ? -12 : half === 2 && hours < 12 ? 12 : 0;
  const midnight = Date.UTC(year, index, day);
  return new Date(midnight).getUTCDate() === day ? midnight + time + (shift * 60 - (offset ?? 0)) * 60_000 : null;
}

/** RFC 5322 §4.3: two digits up to 49 mean 20xx, above 19xx, three digits count from 1900. */
function fullYear(value: number, digits: number): number {
  return value < 0 || digits > 4 ? -1 : digits === 2 ? (value < 50 ? 2000 : 1900) + value : digits === 3 ? 1900 + value : value;
}
