import { createHash, hash as digestOf } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { commitment } from './commitment';

/** One line of the audit in the order and form in which it is hashed. Names and what was said are left out: erasing a person must not break the chain. */
const CANONICAL = `json_build_array(id::text, ticket_id, event, from_state, to_state, by_kind, by_id, detail, to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US'))::text`;

/** Older than any transaction can live (platform/database), so that no line can still appear below one that is sealed. */
const SETTLED = `interval '60 seconds'`;
const DIGEST_BYTES = 8;
/** Seals that are worked out again in one read. */
const LINES_AT_ONCE = 20_000;

export interface Seal {
  id: string;
  firstId: string;
  lastId: string;
  previous: string;
  hash: string;
  digests: Buffer | null;
}

interface Line {
  id: string;
  line: string;
}

/** Hash of a run of lines and of the seal before it. */
export function sealHash(previous: string, lines: string[]): string {
  const hash = createHash('sha256').update(previous);
  lines.forEach((line) => hash.update('\n').update(line));
  return hash.digest('hex');
}

const digest = (line: string): Buffer => digestOf('sha256', line, 'buffer').subarray(0, DIGEST_BYTES);

/** Seals what has settled since the last seal. One process at a time. @returns how many lines were sealed */
export async function sealAudit(source: DataSource, atMost = 5000): Promise<number> {
  return source.transaction(async (tx) => {
    const [mine] = (await tx.query('select pg_try_advisory_xact_lock(7041002) as mine')) as { mine: boolean }[];
    if (!mine?.mine) {
      return 0;
    }
    const [last] = (await tx.query('select last_id as "lastId", hash from audit_seal order by id desc limit 1')) as Pick<Seal, 'lastId' | 'hash'>[];
    const rows = (await tx.query(`select id, ${CANONICAL} as line from audit_entry where id > $1 and at < now() - ${SETTLED} order by id limit $2`, [last?.lastId ?? 0, atMost])) as Line[];
    const [first, end] = [rows[0], rows.at(-1)];
    if (first && end) {
      const previous = last?.hash ?? '';
      await tx.query('insert into audit_seal (first_id, last_id, previous, hash, digests) values ($1, $2, $3, $4, $5)', [
        first.id, end.id, previous, sealHash(previous, rows.map((row) => row.line)), Buffer.concat(rows.map((row) => digest(row.line))),
      ]);
    }
    return rows.length;
  });
}

export interface Verified {
  seals: number;
  lines: number;
  /** not sealed yet */
  open: number;
  /** the first thing that does not hold, in words; null when all holds */
  broken: string | null;
}

/** What was told outside of the database: the newest seal of some moment. */
export interface Checkpoint {
  seal: string;
  lastId: string;
  hash: string;
}

export async function newestSeal(source: DataSource): Promise<Checkpoint | null> {
  const [row] = (await source.query('select id as seal, last_id as "lastId", hash from audit_seal order by id desc limit 1')) as Checkpoint[];
  return row ?? null;
}

/**
 * Works out every seal again from the lines, from the horizon on, and names the first line that does not hold.
 * @param known seals that were written down outside of the database: a chain whose tail was cut holds in itself, and only they tell
 */
export async function verifyAudit(source: DataSource, known: Checkpoint[] = []): Promise<Verified> {
  const [horizon] = (await source.query('select last_id as "lastId", seal_id as "sealId", hash from audit_horizon')) as { lastId: string; sealId: string; hash: string }[];
  const seals = (await source.query('select id, first_id as "firstId", last_id as "lastId", previous, hash, digests from audit_seal where id > $1 order by id', [horizon?.sealId ?? 0])) as Seal[];
  const found: Verified = { seals: seals.length, lines: 0, open: 0, broken: await brokenHorizon(source, horizon) };
  let [previous, after] = [horizon?.hash ?? '', horizon?.lastId ?? '0'];
  for (const seal of seals) {
    if (found.broken) {
      return found;
    }
    const rows = await linesOf(source, after, seal.lastId);
    found.lines += rows.length;
    if (seal.previous !== previous || sealHash(previous, rows.map((row) => row.line)) !== seal.hash) {
      found.broken = `Seal ${seal.id} (lines ${seal.firstId} to ${seal.lastId}) does not hold: ${firstBad(seal, rows)}`;
    }
    [previous, after] = [seal.hash, seal.lastId];
  }
  found.broken ??= cutTail(known, seals, horizon?.sealId ?? '0') ?? (await brokenWord(source));
  const [rest] = (await source.query('select count(*)::int as open from audit_entry where id > $1', [after])) as { open: number }[];
  return { ...found, open: rest?.open ?? 0 };
}

async function linesOf(source: DataSource, after: string, last: string): Promise<Line[]> {
  const rows: Line[] = [];
  for (let from = after; ;) {
    const more = (await source.query(`select id, ${CANONICAL} as line from audit_entry where id > $1 and id <= $2 order by id limit ${LINES_AT_ONCE}`, [from, last])) as Line[];
    rows.push(...more);
    const end = more.at(-1);
    if (!end || more.length < LINES_AT_ONCE) {
      return rows;
    }
    from = end.id;
  }
}

/** The first line whose digest is not the one that was sealed in its place. */
function firstBad({ digests }: Seal, rows: Line[]): string {
  if (!digests) {
    return 'a line was changed, added or removed.';
  }
  const sealed = digests.length / DIGEST_BYTES;
  const at = rows.findIndex((row, i) => !digest(row.line).equals(digests.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES)));
  if (at === -1) {
    return rows.length < sealed ? `${sealed - rows.length} lines are missing after line ${rows.at(-1)?.id ?? '0'}.` : 'the seal itself was changed.';
  }
  const what = rows.length < sealed ? 'a line before it was removed' : rows.length > sealed ? 'it was added' : 'it was changed';
  return `line ${rows[at]?.id ?? ''} is the first that is not as it was sealed: ${what}.`;
}

/** Lines before the horizon are gone by age. The chain itself tells so: a horizon that nobody recorded hides what was cut off. */
async function brokenHorizon(source: DataSource, horizon: { lastId: string; sealId: string; hash: string } | undefined): Promise<string | null> {
  if (!horizon || horizon.sealId === '0') {
    const [before] = (await source.query('select id from audit_entry where id <= 0 limit 1')) as { id: string }[];
    return before ? `Line ${before.id} stands before the first line that was sealed: it was added.` : null;
  }
  const told = (await source.query(`select 1 from audit_entry where event = 'audit_forgotten' and detail->>'seal' = $1 and detail->>'hash' = $2`, [horizon.sealId, horizon.hash])) as unknown[];
  return told.length > 0 ? null : `The audit before line ${horizon.lastId} is gone, and no line tells that it was let go.`;
}

function cutTail(known: Checkpoint[], seals: Seal[], horizon: string): string | null {
  const lost = known.find(({ seal, hash }) => BigInt(seal) > BigInt(horizon) && !seals.some((one) => one.id === seal && one.hash === hash));
  return lost ? `Seal ${lost.seal} (up to line ${lost.lastId}) was written down outside of the database and is not there any more: the end of the audit was cut off or made anew.` : null;
}

/** What was said stands outside of the chain; as long as it is kept, it has to be what the line commits to. */
async function brokenWord(source: DataSource): Promise<string | null> {
  for (let after = '0'; ;) {
    const rows = (await source.query(`select id, said, detail->>'commits' as commits from audit_entry where said is not null and id > $1 order by id limit ${LINES_AT_ONCE}`, [after])) as { id: string; said: Record<string, unknown>; commits: string | null }[];
    const bad = rows.find((row) => commitment(row.said) !== row.commits);
    const end = rows.at(-1);
    if (bad || !end) {
      return bad ? `What line ${bad.id} says was changed.` : null;
    }
    after = end.id;
  }
}
