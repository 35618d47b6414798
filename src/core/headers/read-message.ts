import { LIMITS, type Limit } from './limits';
import { isBlank, lines } from './lines';
import type { Message } from './message';
import { readReceived } from './read-received';
import { splitFields } from './split-fields';

/** What is known besides the text and helps to choose between the messages inside it. */
export interface ReadHints {
  /** Message-IDs that the filter recorded: the message that carries one is the one that is meant */
  messageIds?: readonly string[];
}

export function readMessage(text: string | Uint8Array, _hints: ReadHints = {}): Message {
  const source = typeof text === 'string' ? text : Buffer.from(text).toString('utf8');
  const reached = new Set<Limit>();
  const fields = splitFields(source, reached);
  const head = lines(source, 0, Math.min(source.length, LIMITS.headers));
  const blank = head.find((line) => isBlank(source, line.start, line.end));
  const body = blank ? source.slice(blank.next) : null;
  return {
    fields,
    hops: fields.filter((field) => field.key === 'received').map(readReceived),
    body,
    raw: body !== null && typeof text !== 'string' ? text : null,
    steps: [],
    supplied: fields.length === 0 ? 'none' : body === null ? 'headers' : 'message',
    embedded: null,
    limits: [...reached],
  };
}
