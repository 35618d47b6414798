import type { DataSource } from 'typeorm';
import { analyse } from '../core/rules/analyse';
import type { Analysis, Assessment } from '../core/rules/analysis';
import type { EvidenceItemRow } from '../evidence/evidence-item.entity';
import { chooseEvidence } from './choose-evidence';
import { hintsOf } from './input';

/** One stored reading, run again with the rules of today over its own facts. */
export interface Replayed {
  ref: string;
  analysis: string;
  /** what a person decided on the ticket since; null when nobody did yet */
  decided: string | null;
  was: { catalogue: string; assessment: Assessment; sum: number };
  now: { catalogue: string; assessment: Assessment; sum: number };
  /** codes that are found now and were not, and the other way round */
  gained: string[];
  lost: string[];
}

/** `at` is the database's own time as text: a Date would lose its microseconds, and the row would come after itself. */
interface Row { id: string; ref: string; ticketId: string; at: string; body: Analysis; decided: string | null }

/** So many readings are held at a time. */
const BATCH = 100;

/**
 * Runs the newest reading of every ticket again, oldest first. Nothing is looked up and nothing is stored: facts and evidence are those of
 * then, so that only a change of the rules can change the result.
 */
export async function* replay(source: DataSource, since: Date, batch = BATCH): AsyncGenerator<Replayed> {
  let after: { at: Date | string; id: string } = { at: since, id: '00000000-0000-0000-0000-000000000000' };
  for (;;) {
    const rows = (await source.query(
      `select a.id, t.ref, a.ticket_id as "ticketId", a.created_at::text as at, a.body,
              (select d.outcome from decision d where d.ticket_id = t.id and d.state = 'final' order by d.decided_at desc limit 1) as decided
       from analysis a join ticket t on t.analysis_id = a.id
       where (a.created_at, a.id) > ($1, $2) order by a.created_at, a.id limit ${batch}`,
      [after.at, after.id],
    )) as Row[];
    for (const row of rows) {
      yield again(row, await evidenceOf(source, row));
    }
    const last = rows.at(-1);
    if (!last || rows.length < batch) {
      return;
    }
    after = { at: last.at, id: last.id };
  }
}

function evidenceOf(source: DataSource, row: Row): Promise<EvidenceItemRow[]> {
  return source.query(
    'select id, type, text, bytes, received_at as "receivedAt" from evidence_item where ticket_id = $1 and received_at <= $2 order by received_at, id',
    [row.ticketId, row.at],
  );
}

function again(row: Row, items: EvidenceItemRow[]): Replayed {
  const { facts, catalogue, assessment, sum, findings } = row.body;
  const { message } = chooseEvidence(items, hintsOf(facts.block?.detections, facts.claim.ip));
  const now = analyse(message, facts);
  const [before, after] = [findings, now.findings].map((all) => [...new Set(all.flatMap((finding) => finding.code ?? []))]);
  return {
    ref: row.ref, analysis: row.id, decided: row.decided, was: { catalogue, assessment, sum }, now: { catalogue: now.catalogue, assessment: now.assessment, sum: now.sum },
    gained: (after ?? []).filter((code) => !before?.includes(code)), lost: (before ?? []).filter((code) => !after?.includes(code)),
  };
}
