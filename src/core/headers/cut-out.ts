import type { Block } from './find-block';
import { LIMITS, type Limit } from './limits';
import type { Line } from './lines';
import type { Message } from './message';
import { splitFields } from './split-fields';
import { fromHtml } from './undo-paste';

/** A message under way: `start` is where it begins in its text when nothing was repaired, else null. */
export type Opened = Message & { start: number | null };

export function nothing(): Message {
  return { fields: [], hops: [], body: null, raw: null, steps: [], supplied: 'none', embedded: null, limits: [] };
}

/** The message whose header is the block: its fields, and what stands behind them. Adds to `steps` what had to be put right. */
export function cutOut(text: string, all: readonly Line[], block: Block, steps: string[]): Opened {
  const first = all[block.from] as Line;
  const last = all[block.to - 1] as Line;
  const reached = new Set<Limit>();
  let head = text.slice(first.start, last.end);
  let start: number | null = steps.length === 0 && block.atTop && (block.closed || last.next >= text.length) ? first.start : null;
  if (!block.atTop) {
    steps.push('found the header below other text');
  }
  if (block.stray.length > 0) {
    const stray = new Set(block.stray);
    head = all
      .slice(block.from, block.to)
      .map((line, i) => (stray.has(i + block.from) ? '\t' : '') + text.slice(line.start, line.next))
      .join('');
    steps.push('joined lines that had lost their indent');
    start = null;
  }
  if (/&(?:lt|gt);/.test(head) && !head.includes('<')) {
    head = fromHtml(head) ?? head;
    steps.push('turned HTML entities back into characters');
    start = null;
  }
  // The last line that was looked at may be cut in the middle of a name, and then is no field.
  const goesOnUnseen = (block.to === all.length || (block.to === all.length - 1 && !block.closed)) && (all.at(-1)?.next ?? 0) < text.length;
  if (goesOnUnseen) {
    head = text.slice(first.start, first.start + LIMITS.headers + 1);
    start = null;
  }
  const fields = splitFields(head, reached);
  const behind = all[block.to];
  const from = behind === undefined ? last.next : block.closed ? behind.next : behind.start;
  const body = goesOnUnseen ? null : block.closed || behind !== undefined ? text.slice(from) : null;
  if (!block.closed && body !== null && body.trim() !== '') {
    steps.push('took the text behind the last field for the body: the blank line is missing');
  }
  const message = body !== null && body.trim() !== '';
  const idOnly = !message && fields.every((field) => field.key === 'message-id');
  return {
    ...nothing(),
    fields,
    body: message ? body : null,
    steps,
    supplied: idOnly ? 'message_id' : message ? 'message' : 'headers',
    limits: [...reached],
    start,
  };
}
