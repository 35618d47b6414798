import { cutOut, nothing, type Opened } from './cut-out';
import { embeddedMessages, type Embedded } from './embedded-messages';
import { chooseBlock, findBlocks, type Block } from './find-block';
import { readIp } from './ip';
import { LIMITS } from './limits';
import { fieldWeight } from './known-fields';
import { headLines, isFolded, lines, nameEnd, type Line } from './lines';
import type { Message } from './message';
import { normaliseMessageId } from './normalise-message-id';
import { readReceived } from './read-received';
import { toText } from './to-text';
import { REPAIRS } from './undo-paste';

/** What is known besides the text and helps to choose between the messages inside it. */
export interface ReadHints {
  /** Message-IDs that the filter recorded: the message that carries one is the one that is meant */
  messageIds?: readonly string[];
  /** the claimed address: a message that shows it in a Received field is meant before one that does not */
  ip?: string | null;
}

/** How far into a text a header block is looked for. */
const WINDOW = LIMITS.headers;
/** How much of a text is repaired: a header that was pasted or quoted is far smaller than one that may come with a whole message. */
const REPAIRED = 128 * 1024;
/** How many of the messages inside one message are opened. */
const OPENED = 40;
/** How many of its texts are searched for a pasted header. */
const PASTED = 6;

/**
 * Finds the header block in what a customer sends: a block, a whole message, a bounce, an attached message, and what copying makes of them. Says
 * in `steps` what was done to find it. Bounded (`LIMITS`), linear, never throws; what holds no header gives `supplied: 'none'` and a step that says why.
 */
export function readMessage(supplied: string | Uint8Array, hints: ReadHints = {}): Message {
  const source = toText(supplied);
  if ('refused' in source) {
    return { ...nothing(), steps: [source.refused] };
  }
  if (source.text.trim() === '') {
    return { ...nothing(), steps: ['The text is empty.'] };
  }
  const outer = open(source.text);
  if (outer === null) {
    return messageIdOnly(source.text) ?? { ...nothing(), steps: [...source.steps, 'No header field was found in the text.'] };
  }
  outer.steps.unshift(...source.steps);
  const bytes = source.encoding === null ? null : source.encoding;
  if (bytes !== null && outer.start !== null && outer.body !== null) {
    outer.raw = typeof supplied !== 'string' && outer.start === 0 ? supplied : Buffer.from(source.text.slice(outer.start), bytes);
  }
  const { start: _start, ...message } = descend(outer, bytes, hints);
  const received = message.fields.filter((field) => field.key === 'received');
  message.hops = received.slice(0, LIMITS.hops).map(readReceived);
  if (received.length > LIMITS.hops) {
    message.limits.push('hops');
  }
  return message;
}

/** An address that a mail program has made a link of; those of List fields are meant. */
const MAILTO = /^(?:from|return-path)[ \t]*:[^\r\n]*<mailto:/im;
/** Brackets around an address that were escaped, beside others that were not, or twice: where there are no others, entities are enough to undo. */
const ESCAPED = /^(?:from|return-path|message-id)[ \t]*:[^\r\n]*&(?:amp;)?lt;[^\s@&]{1,200}@/im;
const NO_BREAK = /^[a-z][a-z-]{1,40}:\u00a0/im;

/** Whether a header that can be read still bears marks of copying. */
function hasMarks(text: string): boolean {
  const head = text.slice(0, 8_000);
  return (head.includes('<mailto:') && MAILTO.test(head)) || (head.includes('lt;') && /<|&amp;lt;/.test(head) && ESCAPED.test(head)) || (head.includes(':\u00a0') && NO_BREAK.test(head));
}

/** Finds the block on top; when there is none, or copying left marks in it, undoes what copying does for as long as that shows more of a header. */
function open(text: string): Opened | null {
  const steps: string[] = [];
  let isCut = false;
  let best = { text, ...locate(text) };
  if (!best.block?.atTop || !best.block.trace || best.block.stray.length > 0 || best.all.length < 4 || goesOn(text, best.all, best.block) || hasMarks(text)) {
    for (const repair of REPAIRS) {
      const repaired = repair.apply(best.text.slice(0, REPAIRED));
      const found = repaired === null ? null : { text: repaired, ...locate(repaired) };
      const before = best.block?.weight ?? 0;
      if (found?.block && (found.block.weight > before || (repair.always && found.block.weight === before))) {
        isCut ||= best.text.length > REPAIRED;
        best = found;
        steps.push(repair.says);
      }
    }
  }
  const opened = best.block === null ? null : cutOut(best.text, best.all, best.block, steps);
  if (opened && isCut && best.block?.to === best.all.length && !opened.limits.includes('headers')) {
    opened.limits.push('headers'); // it may have gone on where the repair ended
  }
  return opened;
}

/** Whether the line behind the blank one that ends a block looks as if the header went on: perhaps every line is followed by a blank one. */
function goesOn(text: string, all: readonly Line[], block: Block): boolean {
  const next = all[block.to + 1];
  if (!block.closed || !next) {
    return false;
  }
  const colon = nameEnd(text, next.start, next.end);
  return isFolded(text, next.start) || (colon >= 0 && fieldWeight(text.slice(next.start, colon).trimEnd().toLowerCase()) > 0);
}

function locate(text: string): { all: Line[]; block: Block | null } {
  const head = headLines(text, Math.min(text.length, LIMITS.headers));
  const [first] = findBlocks(text, head, true);
  if (first?.atTop && first.trace) {
    return { all: head, block: first };
  }
  const all = lines(text, 0, Math.min(text.length, WINDOW));
  return { all, block: chooseBlock(findBlocks(text, all)) };
}

/**
 * Goes into bounces and attached messages. A message whose id the filter recorded is the one, then one that shows the claimed address while the message
 * around it does not; without either, a bounce and a forward are opened once each.
 */
function descend(outer: Opened, encoding: BufferEncoding | null, hints: ReadHints): Opened {
  const wanted = new Set((hints.messageIds ?? []).flatMap((id) => normaliseMessageId(id) ?? []));
  const isWanted = (message: Opened): boolean =>
    message.fields.some((field) => field.key === 'message-id' && wanted.has(normaliseMessageId(field.value) ?? ''));
  const ip = hints.ip ? readIp(hints.ip) : null;
  const showsIp = (message: Opened): boolean => ip !== null && 'ip' in ip && message.fields.filter((field) => field.key === 'received').slice(0, 60).some((field, i) => readReceived(field, i).ip === ip.ip);
  const opened = new Set<Embedded['kind']>();
  let current = outer;
  for (let depth = 0; depth < 4 && current.body !== null && !isWanted(current); depth++) {
    const inside = embeddedMessages(current.fields, current.body, wanted.size > 0 || ip !== null ? PASTED : 0).slice(0, OPENED).flatMap((embedded) => {
      const message = openEmbedded(embedded, current, encoding);
      return message ? [{ message, usual: !embedded.pasted && !opened.has(embedded.kind) }] : [];
    });
    const shows = showsIp(current);
    const next = (inside.find(({ message }) => isWanted(message)) ?? (shows ? undefined : inside.find(({ message }) => showsIp(message))) ?? inside.find(({ usual }) => usual))?.message;
    if (!next) {
      break;
    }
    opened.add(next.embedded as Embedded['kind']);
    current = next;
  }
  return current;
}

function openEmbedded(embedded: Embedded, outer: Opened, encoding: BufferEncoding | null): Opened | null {
  const message = open(embedded.text);
  if (message === null || !message.fields.some((field) => field.key === 'received' || field.key === 'message-id' || field.key === 'from')) {
    return null;
  }
  message.steps = [...outer.steps, embedded.how, ...message.steps];
  message.embedded = embedded.kind;
  message.limits = [...new Set([...outer.limits, ...message.limits])];
  // servers shorten what they give back, so only a forwarded message can answer for its body
  const whole =
    embedded.kind === 'forwarded' &&
    embedded.untouched &&
    outer.raw !== null &&
    message.body !== null &&
    message.start !== null &&
    encoding !== null;
  message.raw = whole ? Buffer.from(embedded.text.slice(message.start as number), encoding) : null;
  return message;
}

/** A Message-ID and nothing else: bare, or behind its name, as in "the Message-ID is <id@host>". */
function messageIdOnly(text: string): Message | null {
  const plain = text.trim();
  if (plain.length >= 1_000) {
    return null;
  }
  const named = /\bmessage[- ]?id\b/i.test(plain) ? (plain.match(/[^\s<>"'(),;]+@[^\s<>"'(),;]+/g) ?? []) : [];
  const alone = named.length === 1 ? named[0]?.replace(/[.:]+$/, '').replace(/^message-?id:/i, '') : /\s/.test(plain) ? undefined : plain;
  const id = alone === undefined ? null : normaliseMessageId(alone);
  if (id === null) {
    return null;
  }
  const value = `<${id}>`;
  const field = { name: 'Message-ID', key: 'message-id', value, raw: `Message-ID: ${value}`, line: 1, lines: 1 };
  return { ...nothing(), fields: [field], supplied: 'message_id', steps: ['took the text for a Message-ID'] };
}
