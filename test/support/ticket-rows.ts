import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { networkOf } from '../../src/core/memory/traits';

let made = 0;
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';

export interface TicketRow {
  id: string;
  ref: string;
  ip: string;
}

const code = (k: number): string => Array.from({ length: 4 }, (_, i) => ALPHABET[Math.floor(k / 30 ** i) % 30]).join('');

/** The columns of one more ticket; each has an address and an account of its own. */
function columnsOf(more: Record<string, unknown>): Record<string, unknown> & TicketRow {
  const n = ++made;
  const [id, ip] = [randomUUID(), String(more['ip'] ?? `198.${51 + Math.floor(n / 62_500)}.${Math.floor(n / 250) % 250}.${n % 250}`)];
  return {
    id, ref: `UB-${code(n)}-${code(n * 7 + 1)}`, state: 'queued', claim: 'mistake', channel: 'api', ip, kind: 'spam', blocked_at: new Date('2026-11-20T08:00:00Z'), episode: id,
    block: { ip, kind: 'spam', blockedAt: '2026-11-20T08:00:00Z', detections: [{ at: '2026-11-20T08:00:00Z', rule: 'BULK_7' }] },
    account_id: `A-${n}`, account_email: `ops@shop${n}.example`, queue: 'spam', priority: 0, due_at: new Date(Date.now() + 8 * 3_600_000), ...more,
  };
}

/** Many tickets at once, without what they have in common with others. */
export async function ticketRows(source: DataSource, count: number, more: Record<string, unknown> = {}): Promise<(TicketRow & { accountId: string })[]> {
  const all = Array.from({ length: count }, () => columnsOf(more));
  const names = Object.keys(all[0] ?? {}).join(', ');
  await source.query(`insert into ticket (${names}) select ${names} from json_populate_recordset(null::ticket, $1)`, [JSON.stringify(all)]);
  return all.map(({ id, ref, ip, account_id }) => ({ id, ref, ip, accountId: String(account_id) }));
}

/** A ticket as if it had come in and been read, with what it has in common with others. Columns by their names. */
export async function ticketRow(source: DataSource, more: Record<string, unknown> = {}, traits: { trait: string; value: string }[] = []): Promise<TicketRow> {
  const columns = columnsOf(more);
  const { id, ip } = columns;
  const names = Object.keys(columns);
  await source.query(`insert into ticket (${names.join(', ')}) values (${names.map((_, i) => `$${i + 1}`).join(', ')})`, Object.values(columns));
  const all = [{ trait: 'address', value: ip }, { trait: 'account', value: String(columns['account_id']) }, { trait: 'network', value: networkOf(ip) ?? '' }, { trait: 'rule', value: 'BULK_7' }, ...traits];
  await source.query('insert into ticket_trait (trait, value, at, ticket_id) select trait, value, (select created_at from ticket where id = $1), $1 from json_to_recordset($2) as t(trait text, value text) on conflict do nothing', [id, JSON.stringify(all)]);
  return { id, ref: String(columns['ref']), ip };
}

/** A decision that stands, with its ticket in the state that follows from it. */
export async function decided(source: DataSource, ticket: TicketRow, outcome: 'lift' | 'uphold', by: string, more: { reasons?: string[]; held?: boolean } = {}): Promise<void> {
  const id = randomUUID();
  await source.query(
    `insert into decision (id, ticket_id, outcome, reasons, statement, state, by_id, by_name, undo_until, ticket_version) values ($1, $2, $3, $4, 'because', 'final', $5, 'Somebody', now(), 1)`,
    [id, ticket.id, outcome, more.reasons ?? ['transactional_burst'], by],
  );
  if (outcome === 'lift') {
    await source.query(
      `insert into lift (id, ticket_id, decision_id, account_id, ip, kind, blocked_at, episode, state, due_at, confirmed_at) select $3, id, $2, account_id, ip, kind, blocked_at, episode, 'confirmed', now(), now() - interval '4 hours' from ticket where id = $1`,
      [ticket.id, id, randomUUID()],
    );
  }
  await source.query(`update ticket set state = $2, decision_id = $3, blocked_again_at = $4 where id = $1`, [ticket.id, outcome === 'lift' ? 'lifted' : 'upheld', id, more.held === false ? new Date() : null]);
}

/** Where a ticket stands. */
export const stateOf = async (source: DataSource, id: string): Promise<Record<string, unknown> | undefined> =>
  ((await source.query('select state, queue, priority, taken_by as "takenBy", closed_reason as "closedReason", version, decision_id as "decisionId" from ticket where id = $1', [id])) as Record<string, unknown>[])[0];
