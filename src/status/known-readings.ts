import type { Analysis } from '../core/rules/analysis';

/** A reading and the mark of the row that it was read from: another version of the row has another one. */
export interface KnownReading {
  mark: string;
  analysis: Analysis;
}

const AT_MOST = 200;

/**
 * Readings that pages were given lately, by ticket. A page that is open asks for its ticket every few seconds, and a reading is twenty kilobytes that hardly
 * ever change. The question names the mark that we know, and the database says whether that is what stands there now: nothing old is ever shown.
 */
export class KnownReadings {
  private readonly known = new Map<string, KnownReading>();

  of(ticket: string): KnownReading | null {
    return this.known.get(ticket) ?? null;
  }

  /** The one that was used last stands last; the one at the front goes. */
  keep(ticket: string, reading: KnownReading): void {
    this.known.delete(ticket);
    this.known.set(ticket, reading);
    if (this.known.size > AT_MOST) {
      this.known.delete(this.known.keys().next().value as string);
    }
  }
}
