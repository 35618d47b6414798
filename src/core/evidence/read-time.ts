import { readClock } from './read-clock';
import { readDay } from './read-day';
import { HEDGES, NUMBERS, UNITS } from './time-words';
import { findZone, zoneOf, type Zone } from './time-zones';

/** A time as somebody wrote it: it lies between `from` and `to`, both included. */
export interface ReadTime {
  from: Date;
  to: Date;
  /** the zone is certain and the text names the minute without an "about" */
  exact: boolean;
}

/** What of a text is read: longer times are no times. */
const READ = 300;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Without a zone a time may be meant anywhere on earth (product, rule 16). */
const ANYWHERE_HOURS = 14;

/**
 * Reads a time as people write it in English, German, French or Spanish ("yesterday around 3pm CET", "gestern gegen 15 Uhr",
 * "2 hours ago"), RFC 3339 and RFC 5322 included. What is left out is taken from the past before `now`: "Monday" is the last one.
 * Null when no day, time of day or span can be made out. A time in the future is for the caller to refuse.
 * @param zoneHint the writer's zone where it is known besides: a name ("Europe/Berlin") or minutes east of UTC. A zone in the text wins.
 */
export function readTime(text: string, now: Date, zoneHint?: string | number): ReadTime | null {
  const plain = plainWords(withoutVerbs(text.slice(0, READ)));
  return readAgo(plain, now) ?? readEpoch(plain) ?? readWritten(plain, now, zoneHint);
}

/**
 * Zones whose names are words: "est bloquée", "ist gesperrt", "met", "art", "west". Written small they are the word, unless "am" or "pm" stands before
 * them: taken for a zone they would make a narrow time of a wide one, and a wrong one.
 */
const VERBS = /(?=[aeimw])(?<![\p{L}\p{N}.])(?<!\d ?[ap]\.?m\.? ?\(?)(?:est|ist|met|art|west)(?![\p{L}\p{N}])/gu;
const withoutVerbs = (text: string): string => text.replace(VERBS, ' ');

/** Lower case, accents and doubled blanks removed, so that one table of words serves. */
export function plainWords(text: string): string {
  const plain = /^[\0-\x7f]*$/.test(text) ? text : text.normalize('NFKD').replace(/\p{M}/gu, '');
  return withSingleBlanks(plain.toLowerCase().replace(/[’´`]/g, '.').replace(/ß/g, 'ss')).trim();
}

/** Each run of white space as one blank; those that are one already are passed over, which is most of them. */
export const withSingleBlanks = (text: string): string => text.replace(/[^\S ]\s*| \s+/g, ' ');

function readWritten(plain: string, now: Date, zoneHint: string | number | undefined): ReadTime | null {
  const named = findZone(plain);
  const zone = named?.zone ?? (zoneHint === undefined ? null : zoneOf(zoneHint));
  const words = named?.rest ?? plain;
  const here = now.getTime() + (zone ? zone.offsets(now.getTime())[0] * MINUTE : 0);
  const day = readDay(words, here);
  const clock = readClock(day?.rest ?? words);
  if (!day && !clock) {
    return null;
  }
  // "15:30" alone is today's, or yesterday's where that is still to come.
  const midnight = day?.midnight ?? (midnightOf(here) + (clock?.from ?? 0) > here ? midnightOf(here) - DAY : midnightOf(here));
  const span = clock ?? { from: 0, to: DAY - 1, minute: false };
  const wide = HEDGES.test(plain) && clock !== null ? HOUR : 0;
  const [from, to] = inZone(midnight + span.from - wide, midnight + span.to + wide, zone);
  const sure = zone !== null && to - from < 2 * MINUTE;
  return { from: new Date(from), to: new Date(to), exact: sure && span.minute && wide === 0 && day?.certain !== false };
}

/** From a place's clock to UTC. Without a zone: 14 hours either way. */
function inZone(from: number, to: number, zone: Zone | null): [number, number] {
  if (!zone) {
    return [from - ANYWHERE_HOURS * HOUR, to + ANYWHERE_HOURS * HOUR];
  }
  const [least, most] = zone.offsets(from);
  return [from - most * MINUTE, to - least * MINUTE];
}

/** "2 hours ago", "vor zwei Stunden", "il y a 2 heures", "hace 2 horas": the same everywhere, so it needs no zone. */
function readAgo(plain: string, now: Date): ReadTime | null {
  const match =
    /\b([a-z]{1,8}|\d{1,4})(?: of)? ([a-z]{1,8}) ago\b/.exec(plain) ??
    /\b(?:vor|seit|il y a|depuis|hace|desde hace|for)(?: (?:etwa|ca\.?|rund|ungefahr|environ|unos|unas|about|the last))? ([a-z]{1,8}|\d{1,4}) ([a-z]{1,8})\b/.exec(plain);
  const count = match ? (NUMBERS.get(match[1] ?? '') ?? Number(match[1])) : NaN;
  const unit = match ? UNITS.find(([words]) => words.test(match[2] ?? ''))?.[1] : undefined;
  if (unit === undefined || Number.isNaN(count)) {
    return null;
  }
  // Nobody who says "two hours" means it to the minute.
  const at = now.getTime() - count * unit;
  const about = unit === MINUTE ? 10 * MINUTE : unit;
  return { from: new Date(at - about), to: new Date(Math.min(at + about, now.getTime())), exact: false };
}

/** Seconds since 1970, as some logs and the OVH API write it. */
function readEpoch(plain: string): ReadTime | null {
  const seconds = /^1[5-9]\d{8}$/.test(plain) ? Number(plain) : NaN;
  return Number.isNaN(seconds) ? null : { from: new Date(seconds * 1000), to: new Date(seconds * 1000 + 999), exact: true };
}

const midnightOf = (time: number): number => Math.floor(time / DAY) * DAY;
