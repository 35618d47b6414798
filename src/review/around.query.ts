import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { TraitOf } from '../core/memory/traits';
import type { DraftForm } from './decide.view';
import { begunOn } from './drafts.service';
import { incidentsOf } from './incident.query';
import { traitsKept } from './memory.query';
import { thereOn, type There } from './presence.service';
import { notBy } from './take.service';
import { undoableBy, type Undoable } from './ticket.query';

/** The small things that stand around a ticket for the one who opens it. */
export interface Around {
  /** what this person has begun to decide */
  draft: DraftForm | null;
  /** who else is there */
  there: There[];
  /** who must not judge the ticket */
  notBy: string[];
  /** the open incidents that it belongs to */
  incidents: { id: string; title: string; tickets: number }[];
  /** the decision of this person that may still be undone, on whatever ticket */
  undo: Undoable | null;
  traits: TraitOf[];
  /** the name of who has it */
  holder: string | null;
  analysedAt: Date | null;
}

const list = (rows: string): string => `coalesce((select json_agg(r) from (${rows}) r), '[]')`;
const one = (row: string): string => `(select to_json(r) from (${row}) r)`;
/** $1 the ticket, $2 the reader, $3 now. */
const SQL = `select ${one(begunOn('$1::uuid', '$2::uuid'))} as draft, ${list(thereOn('array[$1::uuid]', '$2::uuid'))} as there, array(${notBy('$1::uuid')}) as "notBy",
  ${list(incidentsOf('$1::uuid'))} as incidents, ${one(undoableBy('$2::uuid', '$3::timestamptz'))} as undo, ${list(traitsKept('$1::uuid'))} as traits,
  (select s.name from ticket t join staff_member s on s.id = t.taken_by where t.id = $1::uuid) as holder,
  (select a.created_at from ticket t join analysis a on a.id = t.analysis_id where t.id = $1::uuid) as "analysedAt"`;

type Row = Omit<Around, 'draft' | 'undo'> & { draft: { body: DraftForm; version: number } | null; undo: (Omit<Undoable, 'undoUntil'> & { undoUntil: string }) | null };

/** Reads them as one: each by itself costs less in the database than its way there. */
@Injectable()
export class AroundReader {
  constructor(private readonly source: DataSource) {}

  async of(ticketId: string, readerId: string, now: Date): Promise<Around> {
    const [row] = (await this.source.query(SQL, [ticketId, readerId, now])) as [Row];
    return { ...row, draft: row.draft && { ...row.draft.body, version: row.draft.version }, undo: row.undo && { ...row.undo, undoUntil: new Date(row.undo.undoUntil) } };
  }
}
