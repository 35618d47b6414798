import { normaliseMessageId } from '../core/headers/normalise-message-id';
import type { Message } from '../core/headers/message';
import { readMessage, type ReadHints } from '../core/headers/read-message';
import type { EvidenceItemRow } from '../evidence/evidence-item.entity';
import { messageOf } from './input';

export interface Chosen {
  message: Message;
  /** given where only an id was supplied */
  messageId?: string;
  /** normalised Message-IDs of everything else that was supplied */
  alsoSupplied: string[];
}

/** How much a kind of evidence tells: the whole message most, an id alone least. */
const RANK = { message: 4, sample: 3, headers: 2, message_id: 1 } as const;
type Readable = keyof typeof RANK;
const isReadable = (type: string): type is Readable => type in RANK;

/**
 * Of all that a customer sent, the message to analyse: one that the filter recorded before one that it did not, then the fullest,
 * then the newest. The ids of the others count as explained.
 */
export function chooseEvidence(items: EvidenceItemRow[], hints: ReadHints): Chosen {
  const recorded = new Set((hints.messageIds ?? []).map(normaliseMessageId));
  const read = items.filter((item) => isReadable(item.type)).slice(-60).map((item, at) => {
    const message = item.type === 'message_id' ? messageOf({}, hints) : readMessage(item.bytes ?? item.text ?? '', hints);
    const own = message.fields.find((field) => field.key === 'message-id')?.value ?? '';
    const id = normaliseMessageId(message.fields.length === 0 ? (item.text ?? '').slice(0, 2_000) : own);
    const readable = message.fields.length > 0 || item.type === 'message_id';
    const score = (readable ? 1_000 : 0) + (id !== null && recorded.has(id) ? 100 : 0) + RANK[item.type as Readable] * 10;
    return { message, id, score, at, text: item.text };
  });
  const best = read.sort((a, b) => b.score - a.score || b.at - a.at)[0];
  if (!best) {
    return { message: messageOf({ headers: '' }, {}), alsoSupplied: [] };
  }
  const message: Message = best.message.fields.length === 0 && best.id !== null ? { ...best.message, supplied: 'message_id' } : best.message;
  const others = read.flatMap(({ id }) => (id !== null && id !== best.id ? [id] : []));
  return { message, ...(message.supplied === 'message_id' && best.text ? { messageId: best.text.slice(0, 2_000) } : {}), alsoSupplied: [...new Set(others)] };
}
