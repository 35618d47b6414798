import type { PathHop } from './analysis';

/** A server on the way: a dot. `x` counts from the left, oldest first. */
export interface PictureDot {
  x: number;
  label: string;
  /** the claimed address stands here */
  claimed: boolean;
  /** only the sender's word */
  said: boolean;
}

/** The way between two dots. */
export interface PictureLine {
  x1: number;
  x2: number;
  middle: number;
  /** how long it took, or how many servers were left out between; null where nothing is known */
  label: string | null;
  /** drawn dashed: only the sender's word */
  said: boolean;
  /** the lower server is ahead of the one above it, or it took an hour and more */
  odd: boolean;
}

/** The way of a message as a drawing of fixed width; colours and strokes are the stylesheet's. */
export interface PathPicture {
  width: number;
  height: number;
  dots: PictureDot[];
  lines: PictureLine[];
  /** where the first server that can be believed took the message over; null when there is none */
  boundary: number | null;
  /** the same in words, for who cannot see it */
  says: string;
}

const WIDTH = 340;
const HEIGHT = 64;
const MARGIN = 32;
/** More dots than this cannot be told apart on a phone. */
const DOTS_AT_MOST = 7;

interface Place { name: string; claimed: boolean; said: boolean }
/** the hand-over to the place of the same number; `seconds` since the one before */
interface Step { seconds: number | null; said: boolean; edge: boolean; more: number }

/**
 * Lays the way out from left to right, oldest first: each Received field leads from one place to the next (RFC 5321 §4.4), and the longer it took the
 * wider apart they stand (by its logarithm). Null when there is no hop to draw.
 * @param path as an analysis gives it, newest first
 */
export function pathPicture(path: readonly PathHop[]): PathPicture | null {
  const hops = [...path].reverse();
  const [oldest] = hops;
  if (!oldest) {
    return null;
  }
  const edge = hops.findIndex((hop) => hop.trust === 'verified' || hop.trust === 'consistent');
  const isSaid = (i: number): boolean => edge < 0 || i < edge;
  const places: Place[] = [{ name: oldest.from ?? oldest.ip ?? '?', claimed: oldest.claimed, said: edge !== 0 || !oldest.claimed }];
  const steps: Step[] = [];
  hops.forEach((hop, i) => {
    const next = hops[i + 1];
    // Who hands over at the edge is seen by the server that takes over: its address is more than the sender's word.
    places.push({ name: hop.by ?? '?', claimed: next?.claimed === true, said: isSaid(i) && !(next?.claimed === true && i + 1 === edge) });
    steps.push({ seconds: hop.delaySeconds, said: isSaid(i), edge: i === edge, more: 0 });
  });
  return draw(...thinned(places, steps), says(places, steps));
}

/** Leaves places out of the middle: the ends, the claimed address and the edge always stay. */
function thinned(places: Place[], steps: Step[]): [Place[], Step[]] {
  const edge = steps.findIndex((step) => step.edge);
  const wanted = new Set([0, places.length - 1, edge, edge + 1, places.findIndex((place) => place.claimed)].filter((i) => i >= 0));
  for (let i = places.length - 2; i > 0 && wanted.size < DOTS_AT_MOST; i--) {
    wanted.add(i);
  }
  const kept = [...wanted].sort((a, b) => a - b);
  const between = kept.slice(1).map((to, i) => {
    const all = steps.slice(kept[i], to);
    const seconds = all.every((step) => step.seconds === null) ? null : all.reduce((sum, step) => sum + (step.seconds ?? 0), 0);
    return { seconds, said: all.every((step) => step.said), edge: all.some((step) => step.edge), more: all.length - 1 };
  });
  return [kept.map((i) => places[i] as Place), between];
}

function draw(places: Place[], steps: Step[], words: string): PathPicture {
  const shares = steps.map(({ seconds }) => 1 + Math.min(Math.log10(1 + Math.abs(seconds ?? 0)), 4) / 4);
  const unit = (WIDTH - 2 * MARGIN) / shares.reduce((sum, share) => sum + share, 0);
  const xs = [MARGIN];
  shares.forEach((share) => xs.push((xs.at(-1) ?? 0) + share * unit));
  const at = (i: number): number => Math.round((xs[i] ?? 0) * 10) / 10;
  const lines = steps.map(({ seconds, said, more }, i) => ({
    x1: at(i), x2: at(i + 1), middle: Math.round((at(i) + at(i + 1)) * 5) / 10, said, odd: seconds !== null && (seconds < -60 || seconds >= 3_600),
    label: [more > 0 ? `${more} more` : '', seconds === null ? '' : short(seconds)].find((label) => label !== '' && fits(label, at(i + 1) - at(i))) ?? null,
  }));
  const edge = steps.findIndex((step) => step.edge);
  return {
    width: WIDTH, height: HEIGHT, lines, boundary: lines[edge]?.middle ?? null, says: words,
    dots: places.map(({ name, claimed, said }, i) => ({ x: at(i), label: shortName(name, room(xs, i)), claimed, said })),
  };
}

/** Width of a character of the stylesheet's size, in units of the drawing. */
const CHARACTER = 5.8;
const fits = (label: string, width: number): boolean => label.length * CHARACTER <= width + CHARACTER;
/** Characters that a name may have between its neighbours, or the rim. */
const room = (xs: readonly number[], i: number): number =>
  Math.floor(Math.min((xs[i] ?? 0) - (xs[i - 1] ?? -MARGIN), (xs[i + 1] ?? WIDTH + MARGIN) - (xs[i] ?? 0)) / CHARACTER) - 1;

/** The first label of a name, an address whole where it fits. */
function shortName(name: string, longest: number): string {
  const bare = name.replace(/^\[(.*)\]$/, '$1'); // an address literal, RFC 5321 §4.1.3
  const label = /^[\d.]+$|:/.test(bare) ? bare : (bare.split('.', 1)[0] ?? bare);
  return label.length > longest ? `${label.slice(0, longest - 1)}…` : label;
}

function short(seconds: number): string {
  const size = Math.abs(seconds);
  const [value, unit] = size < 120 ? [size, 's'] : size < 7_200 ? [size / 60, 'min'] : size < 172_800 ? [size / 3_600, 'h'] : [size / 86_400, 'd'];
  return `${seconds < 0 ? '−' : '+'}${Math.round(value)} ${unit}`;
}

function says(places: Place[], steps: Step[]): string {
  const edge = steps.findIndex((step) => step.edge);
  const shown = places.slice(0, 30).map(({ name, claimed }, i) => {
    const step = steps[i - 1];
    const notes = [claimed ? 'the claimed address' : null, step?.edge ? 'the first server that can be believed' : null].filter(Boolean).join(', ');
    return `${name}${notes === '' ? '' : ` (${notes})`}${step?.seconds == null ? '' : `, ${short(step.seconds)}`}`;
  });
  const word = edge > 0 ? ` What comes before ${places[edge + 1]?.name ?? ''} took over is only the sender's word.` : edge < 0 ? ' All of it is only the sender\'s word.' : '';
  return `The way of the message, oldest first: ${shown.join('; ')}${places.length > 30 ? `; and ${places.length - 30} more` : ''}.${word}`;
}
