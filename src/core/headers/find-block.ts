import { fieldWeight } from './known-fields';
import { isBlank, isFolded, nameEnd, type Line } from './lines';

/** A run of lines that reads as a header block. Line numbers count from 0; `to` is the first line behind it. */
export interface Block {
  from: number;
  to: number;
  /** sum of the weights of its field names */
  weight: number;
  received: number;
  /** it holds a name that only transport or a mail program writes */
  trace: boolean;
  /** nothing but blank lines and a "From " line stands above it */
  atTop: boolean;
  /** a blank line ends it; false: the text goes on at once, or ends */
  closed: boolean;
  /** lines inside it that are neither field nor folded: continuations that lost their indent */
  stray: number[];
}

const LOOK_AHEAD = 6;

/** The header blocks of a text, in order. Runs without any known field name are left out. One pass; at most `LOOK_AHEAD` lines are looked at twice. */
export function findBlocks(text: string, all: readonly Line[], firstOnly = false): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  let seenText = false;
  for (let i = 0; i < all.length; i++) {
    const line = all[i] as Line;
    const blank = isBlank(text, line.start, line.end);
    const colon = blank || isFolded(text, line.start) ? -1 : nameEnd(text, line.start, line.end);
    if (colon >= 0) {
      open ??= { from: i, to: i, weight: 0, received: 0, trace: false, atTop: !seenText, closed: false, stray: [] };
      count(
        open,
        text
          .slice(line.start, Math.min(colon, line.start + 60))
          .trimEnd()
          .toLowerCase(),
      );
      open.to = i + 1;
      seenText = true;
    } else if (open && !blank && (isFolded(text, line.start) || knownFollows(text, all, i))) {
      if (!isFolded(text, line.start)) {
        open.stray.push(i);
      }
      open.to = i + 1;
    } else {
      if (open) {
        open.closed = blank;
        blocks.push(open);
        open = null;
        if (firstOnly) {
          break;
        }
      }
      seenText ||= !blank && !isFromLine(text, line);
    }
  }
  if (open) {
    blocks.push(open);
  }
  return blocks.filter((block) => block.weight > 0);
}

/** The block that is meant: the one on top when it is a mail's own, else the first that is about as full as the fullest. */
export function chooseBlock(blocks: readonly Block[]): Block | null {
  const most = blocks.reduce((best, block) => Math.max(best, block.weight), 0);
  const [first] = blocks;
  if (first?.atTop && (first.trace || !blocks.some((block) => block.received > 0 && block.weight > first.weight))) {
    return first;
  }
  return blocks.find((block) => block.weight * 2 >= most && block.weight > 1) ?? null;
}

/** The separator line of mailbox files, "From sender date": no field, but often copied along. */
export function isFromLine(text: string, line: Line): boolean {
  return text.startsWith('From ', line.start) || text.startsWith('>From ', line.start);
}

function count(block: Block, key: string): void {
  const weight = fieldWeight(key);
  block.weight += weight;
  block.trace ||= weight > 1;
  block.received += key === 'received' ? 1 : 0;
}

/** Whether a field with a known name comes within a few lines, without a blank line between. */
function knownFollows(text: string, all: readonly Line[], from: number): boolean {
  for (let i = from + 1; i <= from + LOOK_AHEAD && i < all.length; i++) {
    const line = all[i] as Line;
    if (isBlank(text, line.start, line.end)) {
      return false;
    }
    const colon = isFolded(text, line.start) ? -1 : nameEnd(text, line.start, line.end);
    if (colon >= 0 && fieldWeight(text.slice(line.start, colon).trimEnd().toLowerCase()) > 0) {
      return true;
    }
  }
  return false;
}
