import { Injectable } from '@nestjs/common';
import { View } from '../platform/http/view';
import { KeptTexts } from '../platform/kept-texts';
import { RulebookService } from '../tickets/rulebook.service';
import { othersThere, thereWords } from './presence.service';
import type { QueueRow } from './queue.query';
import { rowView } from './queue.view';

/** How old what a row says of the time may be, in milliseconds: it counts minutes, and the page stands for longer. */
const STANDS_MS = 10_000;
/** Of each generation; a row has two kilobytes. */
const AT_MOST = 2_000;

/** What templates/review/_rows.hbs prints after each row. No text has it: `<` is escaped. */
const BETWEEN = '<!--row-->';

/** Who reads, and when. */
export interface RowReader {
  id: string;
  mayTake: boolean;
  now: Date;
  zone?: string;
}

/**
 * Rows of the queue as HTML. When something changes, every screen that shows the queue asks for the same rows at the same moment, and most of a page was on the page before: a row is
 * made once for its version, its reader's part in it and ten seconds.
 */
@Injectable()
export class RowHtml {
  private readonly kept = new KeptTexts<string>(AT_MOST);
  private rules = { text: '', read: null as unknown, version: 0 };

  constructor(
    private readonly view: View,
    private readonly rulebook: RulebookService,
  ) {}

  /**
   * The rows in their order.
   * @param keep whether the same rows are likely to be asked for again: those of the queue are, what a search found is not
   */
  of(rows: readonly QueueRow[], reader: RowReader, keep: boolean): string[] {
    if (!keep) {
      return this.made(rows, reader);
    }
    const keys = rows.map((row) => this.keyOf(row, reader));
    const known = keys.map((key) => this.kept.get(key));
    const fresh = this.made(rows.filter((_, i) => known[i] === undefined), reader);
    return known.map((html, i) => {
      if (html !== undefined) {
        return html;
      }
      const made = fresh.shift() ?? '';
      this.kept.set(keys[i] ?? '', made);
      return made;
    });
  }

  private keyOf(row: QueueRow, { id, mayTake, now, zone = 'UTC' }: RowReader): string {
    const there = row.there === null ? '' : thereWords(othersThere(row.there, id));
    return `${row.id} ${row.rowVersion} ${Math.floor(now.getTime() / STANDS_MS)} ${this.rulesVersion()} ${mayTake} ${zone} ${row.takenBy === id} ${row.takenByName ?? ''}\n${there ?? ''}`;
  }

  /** All in one go: to call a template costs more than a row prints. */
  private made(rows: readonly QueueRow[], { id, mayTake, now, zone = 'UTC' }: RowReader): string[] {
    if (rows.length === 0) {
      return [];
    }
    const { routing } = this.rulebook.recent();
    const html = this.view.html('review/_rows', { rows: rows.map((row) => rowView(row, id, now, routing)), mayTake, page: { now, zone } });
    return html.split(BETWEEN).slice(0, -1);
  }

  /** The rules are read anew all the time and change hardly ever. */
  private rulesVersion(): number {
    const { routing } = this.rulebook.recent();
    if (routing !== this.rules.read) {
      const text = JSON.stringify(routing);
      this.rules = { text, read: routing, version: this.rules.version + (text === this.rules.text ? 0 : 1) };
    }
    return this.rules.version;
  }
}
