import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { askedTogether } from '../platform/database/asked-together';
import type { Gathered } from '../platform/gathered';
import { mineOf } from './queue.query';
import { COLLEAGUES, takersOf, type Colleague } from './skills.service';
import { undoableBy, type Undoable } from './ticket.query';
import { viewsOf, type SavedView } from './views.service';

/** The small things that stand around the list of the queue for the one who reads it. */
export interface AroundList {
  /** tickets that they have, up to the cap of counts */
  mine: number;
  /** their decision that may still be undone */
  undo: Undoable | null;
  views: SavedView[];
  /** whom they may give tickets; nobody, unless asked for */
  takers: Colleague[];
}

type Row = Omit<AroundList, 'undo'> & { undo: (Omit<Undoable, 'undoUntil'> & { undoUntil: string }) | null };

const list = (rows: string): string => `coalesce((select json_agg(r) from (${rows}) r), '[]')`;
const SQL = `select q.i, ${mineOf('q.reader')} as mine, (select to_json(r) from (${undoableBy('q.reader', 'q.now')}) r) as undo, ${list(viewsOf('q.reader'))} as views,
  case when q.takers then ${list(COLLEAGUES)} else '[]' end as takers from json_to_recordset($1) q(i int, reader uuid, now timestamptz, takers boolean)`;

/** Reads them with one question for all who ask at once: each by itself costs less in the database than its way there. */
@Injectable()
export class AroundListReader {
  private readonly asked: Gathered<{ reader: string; now: Date; takers: boolean }, Row[]>;

  constructor(source: DataSource) {
    this.asked = askedTogether(source, SQL);
  }

  /** @param takers whether the reader may assign, and is shown to whom */
  async of(reader: string, now: Date, takers: boolean): Promise<AroundList> {
    const [row] = (await this.asked.ask({ reader, now, takers })) as [Row];
    return { ...row, takers: takersOf(row.takers), undo: row.undo && { ...row.undo, undoUntil: new Date(row.undo.undoUntil) } };
  }
}
