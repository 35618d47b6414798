import type { Actor } from '../audit/actor';
import type { Evidence, EvidenceItem } from '../core/evidence/evidence';
import { newId } from '../platform/uuid';
import type { EvidenceItemRow, EvidenceType } from './evidence-item.entity';

/** What one submission brings, as rows: in column names, bytes in PostgreSQL's hex form, ready for the gathered insert. */
export interface EvidenceRow {
  id: string;
  ticket_id: string;
  type: EvidenceType;
  text: string | null;
  bytes: string | null;
  name: string | null;
  media_type: string | null;
  size: number;
  by_kind: string;
  by_id: string | null;
  channel: string;
  received_at: string;
}

export function evidenceRows(ticketId: string, evidence: Evidence, by: Actor, channel: string, now: Date): EvidenceRow[] {
  const rows: EvidenceRow[] = [];
  const base = { ticket_id: ticketId, by_kind: by.kind, by_id: by.id, channel, received_at: now.toISOString() };
  const text = (type: EvidenceType, value: string | undefined): void => {
    if (value !== undefined && value.trim() !== '') {
      rows.push({ id: newId(), type, text: value, bytes: null, name: null, media_type: null, size: Buffer.byteLength(value), ...base });
    }
  };
  const raw = (type: EvidenceType, value: string | undefined, name: string | undefined): void => {
    if (value) {
      const bytes = Buffer.from(value, 'base64');
      rows.push({ id: newId(), type, text: null, bytes: `\\x${bytes.toString('hex')}`, name: name ?? null, media_type: 'message/rfc822', size: bytes.length, ...base });
    }
  };
  text('block_time', evidence.blockTime);
  text('headers', evidence.headers);
  [...(evidence.messageId ? [evidence.messageId] : []), ...(evidence.messageIds ?? [])].forEach((id) => text('message_id', id));
  raw('message', evidence.message, evidence.names?.[0]);
  (evidence.samples ?? []).forEach((sample, i) => raw('sample', sample, evidence.names?.[i + (evidence.message ? 1 : 0)]));
  text('remediation', evidence.remediation);
  text('explanation', evidence.explanation);
  text('logs', evidence.logs);
  text('queue_inspected', evidence.queueInspected === undefined ? undefined : String(evidence.queueInspected));
  (evidence.cannotSupply ?? []).forEach((item) => text('cannot_supply', `${item.item}: ${item.because}`));
  return rows;
}

/** All that was supplied so far, newest first where only one can hold. */
export function evidenceOf(items: Pick<EvidenceItemRow, 'type' | 'text' | 'bytes'>[]): Evidence {
  const last = (type: EvidenceType): string | undefined => items.findLast((item) => item.type === type)?.text ?? undefined;
  const all = (type: EvidenceType) => items.filter((item) => item.type === type);
  const queue = last('queue_inspected');
  return {
    blockTime: last('block_time'), headers: last('headers'), remediation: last('remediation'), explanation: last('explanation'), logs: last('logs'),
    messageIds: all('message_id').flatMap((item) => item.text ?? []),
    message: all('message').at(-1)?.bytes?.toString('base64'),
    samples: all('sample').flatMap((item) => item.bytes?.toString('base64') ?? []),
    queueInspected: queue === undefined ? undefined : queue === 'true',
    cannotSupply: all('cannot_supply').flatMap((item) => {
      const [name = '', ...because] = (item.text ?? '').split(': ');
      return [{ item: name as EvidenceItem, because: because.join(': ') }];
    }),
  };
}
