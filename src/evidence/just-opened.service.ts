import { Injectable } from '@nestjs/common';
import type { Ticket } from '../tickets/ticket.entity';
import type { EvidenceItemRow } from './evidence-item.entity';
import type { EvidenceRow } from './evidence-rows';

/** A ticket as it was written a moment ago, with all of its evidence. */
export interface Opened {
  ticket: Ticket;
  items: EvidenceItemRow[];
}

/** So many tickets at a time, each with no more evidence than this, in bytes. The reading of a larger one asks the database, which costs it little. */
const [MOST, LARGEST] = [64, 64 * 1024];

/**
 * Tickets that this process has just opened, for their reading, which often begins in the same process a moment later: what was just written need
 * not be asked for. A ticket that changed meanwhile has another version, and whoever moves it on by what stood here is told so.
 */
@Injectable()
export class JustOpened {
  private readonly kept = new Map<string, Opened>();

  put(ticket: Ticket, rows: readonly EvidenceRow[]): void {
    if (rows.reduce((sum, { size }) => sum + size, 0) > LARGEST) {
      return;
    }
    this.kept.set(ticket.id, { ticket, items: rows.map(itemOf).sort((a, b) => (a.id < b.id ? -1 : 1)) });
    if (this.kept.size > MOST) {
      this.kept.delete(this.kept.keys().next().value as string); // the oldest: somebody else reads it
    }
  }

  /** Given once: whoever comes again comes because something has changed. */
  take(ticketId: string): Opened | null {
    const opened = this.kept.get(ticketId) ?? null;
    this.kept.delete(ticketId);
    return opened;
  }
}

const itemOf = (row: EvidenceRow): EvidenceItemRow => ({
  id: row.id, ticketId: row.ticket_id, type: row.type, text: row.text, bytes: row.bytes === null ? null : Buffer.from(row.bytes.slice(2), 'hex'), name: row.name, mediaType: row.media_type,
  size: row.size, byKind: row.by_kind, byId: row.by_id, channel: row.channel, receivedAt: new Date(row.received_at),
});
