/** How far a place's clock is from UTC, in minutes east: the least and the most it may be. */
export interface Zone {
  offsets: (utc: number) => [number, number];
}

const fixed = (minutes: number): Zone => ({ offsets: () => [minutes, minutes] });
/** What `name` had at that time, by the time zone database. */
const place = (name: string): Zone => ({ offsets: (utc) => [offsetOf(name, utc), offsetOf(name, utc)] });
/** People write the winter name all year: where the place is not on it, both readings stand. */
const seasonal = (minutes: number, name: string): Zone => ({
  offsets: (utc) => {
    const there = offsetOf(name, utc);
    return [Math.min(minutes, there), Math.max(minutes, there)];
  },
});
const between = (least: number, most: number): Zone => ({ offsets: () => [least, most] });

/** Names of zones, lower case. Those that mean two places (CST, IST, BST) count as both. */
const NAMES: Record<string, Zone> = {
  utc: fixed(0), gmt: fixed(0), ut: fixed(0), tu: fixed(0), zulu: fixed(0), wez: fixed(0), wet: seasonal(0, 'Europe/Lisbon'), west: fixed(60), bst: between(60, 360), ist: between(60, 330),
  cet: seasonal(60, 'Europe/Paris'), mez: seasonal(60, 'Europe/Berlin'), met: seasonal(60, 'Europe/Berlin'), hnec: seasonal(60, 'Europe/Paris'), cest: fixed(120), mesz: fixed(120),
  mest: fixed(120), eet: seasonal(120, 'Europe/Athens'), oez: seasonal(120, 'Europe/Athens'), eest: fixed(180), msk: fixed(180),
  est: seasonal(-300, 'America/New_York'), edt: fixed(-240), et: place('America/New_York'), cst: between(-360, 480), cdt: fixed(-300), mst: seasonal(-420, 'America/Denver'), mdt: fixed(-360),
  pst: seasonal(-480, 'America/Los_Angeles'), pdt: fixed(-420), pt: place('America/Los_Angeles'), jst: fixed(540), kst: fixed(540), hkt: fixed(480), sgt: fixed(480), aest: seasonal(600, 'Australia/Sydney'),
  aedt: fixed(660), nzst: seasonal(720, 'Pacific/Auckland'), nzdt: fixed(780), sast: fixed(120), brt: fixed(-180), art: fixed(-180),
};
/** "heure de Paris", "hora de Madrid", "Berliner Zeit", "German time". */
const PLACES: [RegExp, string][] = [
  [/\b(?:heure (?:de |d.)?(?:paris|france|francaise)|paris time|french time)\b/, 'Europe/Paris'],
  [/\b(?:hora (?:de )?(?:madrid|espana|espanola|peninsular)|madrid time|spanish time)\b/, 'Europe/Madrid'],
  [/\b(?:berliner zeit|deutscher zeit|german time|berlin time|mitteleuropaischer zeit|zeit in deutschland)\b/, 'Europe/Berlin'],
  [/\b(?:schweizer zeit|swiss time|zurich time)\b/, 'Europe/Zurich'],
  [/\b(?:london time|uk time|british time)\b/, 'Europe/London'],
  [/\b(?:hora de mexico|mexico time)\b/, 'America/Mexico_City'],
  [/\b(?:new york time|eastern time)\b/, 'America/New_York'],
  [/\bpacific time\b/, 'America/Los_Angeles'],
];
const NAMED = new RegExp(`(?<![a-z@/])(?:${Object.keys(NAMES).filter((name) => name !== 'et').join('|')}|et(?= ?[).,]|$))(?![a-z])`);
/** Behind a time, or behind UTC or GMT: +0100, +01:00, +1, −5. */
const NUMERIC = /(?:\b(?:utc|gmt)|(?<=\d(?::\d\d){1,2}(?:[.,]\d{1,9})?) ?(?:am|pm)?) ?([+\-\u2212])(\d{1,2})(?::?(\d\d))?(?!\d)/;

/**
 * The zone that a text names, and the text without it. `text` must be plain (lower case, no accents).
 * A zone database name ("europe/berlin") counts too. Null when it names none.
 */
export function findZone(text: string): { zone: Zone; rest: string } | null {
  const without = (match: RegExpExecArray): string => `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}`;
  const numeric = NUMERIC.exec(text);
  if (numeric) {
    const minutes = Number(numeric[2]) * 60 + Number(numeric[3] ?? 0);
    if (minutes <= 14 * 60 && Number(numeric[3] ?? 0) < 60) {
      return { zone: fixed(numeric[1] === '+' ? minutes : -minutes), rest: without(numeric) };
    }
  }
  const zulu = /(?<=\d(?::\d\d){1,2}(?:[.,]\d{1,9})?) ?z(?![a-z])/.exec(text);
  if (zulu) {
    return { zone: fixed(0), rest: without(zulu) };
  }
  const iana = /\b([a-z]{3,10}\/[a-z_]{3,20})\b/.exec(text);
  if (iana && known(iana[1] ?? '')) {
    return { zone: place(iana[1] ?? ''), rest: without(iana) };
  }
  for (const [pattern, name] of PLACES) {
    const match = pattern.exec(text);
    if (match) {
      return { zone: place(name), rest: without(match) };
    }
  }
  const named = NAMED.exec(text);
  const zone = named ? NAMES[named[0]] : undefined;
  return named && zone ? { zone, rest: without(named) } : null;
}

/** A zone by its database name ("Europe/Berlin") or its minutes east of UTC. Null when there is no such zone. */
export function zoneOf(hint: string | number): Zone | null {
  return typeof hint === 'number' ? (Math.abs(hint) <= 14 * 60 ? fixed(hint) : null) : known(hint) ? place(hint) : null;
}

const formats = new Map<string, Intl.DateTimeFormat | null>();

function known(name: string): boolean {
  return format(name) !== null;
}

function format(name: string): Intl.DateTimeFormat | null {
  const made = formats.get(name);
  if (made !== undefined || formats.size > 500) {
    return made ?? null;
  }
  let zone: Intl.DateTimeFormat | null = null;
  try {
    zone = new Intl.DateTimeFormat('en', { timeZone: name, timeZoneName: 'longOffset' });
  } catch {
    // Intl tells unknown names by throwing; there is no other way to ask.
  }
  formats.set(name, zone);
  return zone;
}

function offsetOf(name: string, utc: number): number {
  const text = format(name)?.formatToParts(utc).find((part) => part.type === 'timeZoneName')?.value ?? '';
  const match = /([+-])(\d\d):(\d\d)/.exec(text);
  return match ? (match[1] === '-' ? -1 : 1) * (Number(match[2]) * 60 + Number(match[3])) : 0;
}
