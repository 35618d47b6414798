// RFC 5322 §4.3 names the first ten; the others mean one thing only in mail.
const ZONES: Record<string, number> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  wet: 0,
  west: 60,
  cet: 60,
  cest: 120,
  met: 60,
  mest: 120,
  eet: 120,
  eest: 180,
  msk: 180,
  msd: 240,
  jst: 540,
  kst: 540,
  hkt: 480,
  sgt: 480,
  aest: 600,
  aedt: 660,
  nzst: 720,
  nzdt: 780,
  akst: -540,
  akdt: -480,
  hst: -600,
  sast: 120,
};

/** Minutes east of UTC of "+0200", "+02:00", "+2", "GMT", "GMT+0200", "PST"; null when it is no zone; impossible offsets count as UTC. */
export function readZone(text: string): number | null {
  const sign = text.search(/[+-]/);
  if (sign < 0) {
    const name = text.toLowerCase();
    // Military letters were defined with the wrong sign, so RFC 5322 §4.3 reads them as -0000.
    return ZONES[name] ?? (name.length === 1 && name >= 'a' && name <= 'y' ? 0 : null);
  }
  if (sign > 0 && !['gmt', 'utc', 'ut'].includes(text.slice(0, sign).toLowerCase())) {
    return null;
  }
  const digits = text.slice(sign + 1).replace(':', '');
  const value = whole(digits.slice(0, 4));
  if (value < 0 || digits.length > 4) {
    return value < 0 ? null : 0;
  }
  const hours = digits.length > 2 ? Math.floor(value / 100) : value;
  const minutes = digits.length > 2 ? value % 100 : 0;
  return hours > 15 || minutes > 59 ? 0 : (text.charCodeAt(sign) === 45 ? -1 : 1) * (hours * 60 + minutes);
}

/** The number that a text of up to nine digits writes; -1 for anything else. */
export function whole(text: string): number {
  let value = 0;
  for (let at = 0; at < text.length; at++) {
    if (!isDigit(text.charCodeAt(at))) {
      return -1;
    }
    value = value * 10 + text.charCodeAt(at) - 48;
  }
  return text.length === 0 || text.length > 9 ? -1 : value;
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
