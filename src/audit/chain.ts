import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';

/** One line of the audit in the order and form in which it is hashed. Names are left out: erasing a person must not break the chain. */
const CANONICAL = `json_build_array(id::text, ticket_id, event, from_state, to_state, by_kind, by_id, detail, to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text`;

/** Older than any transaction can live (platform/database), so that no line can still appear below one that is sealed. */
const SETTLED = `interval '60 seconds'`;

export interface Seal {
  id: string;
  firstId: string;
  lastId: string;
  previous: string;
  hash: string;
}

/** Hash of a run of lines and of the seal before it. */
export function sealHash(previous: string, lines: string[]): string {
  const hash = createHash('sha256').update(previous);
  lines.forEach((line) => hash.update('\n').update(line));
  return hash.digest('hex');
}

/** Seals what has settled since the last seal. One process at a time. @returns how many lines were sealed */
export async function sealAudit(source: DataSource, atMost = 5000): Promise<number> {
  return source.transaction(async (tx) => {
    const [mine] = (await tx.query('select pg_try_advisory_xact_lock(7041002) as mine')) as { mine: boolean }[];
    if (!mine?.mine) {
      return 0;
    }
    const [last] = (await tx.query('select last_id as "lastId", hash from audit_seal order by id desc limit 1')) as Pick<Seal, 'lastId' | 'hash'>[];
    const rows = (await tx.query(`select id, ${CANONICAL} as line from audit_entry where id > $1 and at < now() - ${SETTLED} order by id limit $2`, [last?.lastId ?? 0, atMost])) as {
      id: string; line: string;
    }[];
    const [first, end] = [rows[0], rows.at(-1)];
    if (first && end) {
      const previous = last?.hash ?? '';
      await tx.query('insert into audit_seal (first_id, last_id, previous, hash) values ($1, $2, $3, $4)', [first.id, end.id, previous, sealHash(previous, rows.map((row) => row.line))]);
    }
    return rows.length;
  });
}

export interface Verified {
  seals: number;
  lines: number;
  /** not sealed yet */
  open: number;
  /** the first seal that does not hold, in words; null when all hold */
  broken: string | null;
}

/** Works out every seal again from the lines. Says which one is the first that does not hold. */
export async function verifyAudit(source: DataSource): Promise<Verified> {
  const seals = (await source.query('select id, first_id as "firstId", last_id as "lastId", previous, hash from audit_seal order by id')) as Seal[];
  let previous = '';
  let after = '0';
  let lines = 0;
  for (const seal of seals) {
    const rows = (await source.query(`select id, ${CANONICAL} as line from audit_entry where id > $1 and id <= $2 order by id`, [after, seal.lastId])) as { id: string; line: string }[];
    lines += rows.length;
    if (seal.previous !== previous || sealHash(previous, rows.map((row) => row.line)) !== seal.hash) {
      return { seals: seals.length, lines, open: 0, broken: `Seal ${seal.id} (lines ${seal.firstId} to ${seal.lastId}) does not hold: a line was changed, added or removed.` };
    }
    previous = seal.hash;
    after = seal.lastId;
  }
  const [rest] = (await source.query('select count(*)::int as open from audit_entry where id > $1', [after])) as { open: number }[];
  return { seals: seals.length, lines, open: rest?.open ?? 0, broken: null };
}
