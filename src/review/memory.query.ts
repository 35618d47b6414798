import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { TRAITS, traitsOf, WEIGHTS, whySimilar, type Trait, type TraitOf } from '../core/memory/traits';
import { neighbourhood } from '../noc/block.service';
import type { Ticket } from '../tickets/ticket.entity';

/** Of each trait so many tickets are looked at, the newest first. */
const NEWEST = 30;
const SHOWN = 5;
const SIMILAR = 3;

/** An earlier ticket as memory tells of it. Times are as the database gives them. */
export interface Remembered {
  ref: string;
  kind: string;
  ip: string;
  state: string;
  claim: string;
  closedReason: string | null;
  createdAt: Date;
  /** the decision that stands, when there is one */
  outcome: string | null;
  reasons: string[] | null;
  liftedAt: Date | null;
  blockedAgainAt: Date | null;
  hadFixes: boolean;
}

export interface Memory {
  /** earlier blocks of the address, or of the /64 of an IPv6 address, which counts as one sender; the newest first */
  blocks: { kind: string; blockedAt: Date; state: string; endedAt: Date | null; rules: string[] }[];
  /** earlier tickets by what they share with this one */
  groups: { trait: Trait; value: string; count: number; tickets: Remembered[] }[];
  /** the decided tickets that are most alike, and why */
  similar: (Remembered & { why: string })[];
  /** other tickets with this cause that are open at the moment */
  open: { trait: Trait; value: string; count: number }[];
}

type Row = Remembered & { id: string; trait: Trait; value: string };
/** As JSON has it: times are texts. */
type Told<T, K extends keyof T> = Omit<T, K> & { [key in K]: string | (null extends T[key] ? null : never) };

const NEAR = `select x.trait, x.value, t.id, t.ref, t.kind, host(t.ip) as ip, t.state, t.claim, t.closed_reason as "closedReason", t.created_at as "createdAt", d.outcome, d.reasons,
    (select l.confirmed_at from lift l where l.ticket_id = t.id and l.state = 'confirmed' order by l.created_at desc limit 1) as "liftedAt", t.blocked_again_at as "blockedAgainAt",
    exists (select 1 from required_fix f where f.ticket_id = t.id) as "hadFixes"
  from (select m.trait, m.value, n.ticket_id from unnest($2::text[], $3::text[]) as m(trait, value)
    cross join lateral (select ticket_id from ticket_trait o where o.trait = m.trait and o.value = m.value and o.ticket_id <> $1::uuid and o.at <= $4 order by o.at desc limit ${NEWEST}) n) x
  join ticket t on t.id = x.ticket_id left join decision d on d.id = t.decision_id and d.state in ('undoable','final')
  order by t.created_at desc`;

const OPEN = `select m.trait, m.value, (select count(*)::int from (select 1 from ticket_trait o join ticket t on t.id = o.ticket_id
    where o.trait = m.trait and o.value = m.value and o.ticket_id <> $1::uuid and o.at > now() - interval '7 days' and t.state not in ('lifted','upheld','closed') limit 500) c) as count
  from unnest($2::text[], $3::text[]) as m(trait, value) where m.trait in ('rule','script','network')`;

const BLOCKS = `select kind, blocked_at as "blockedAt", state, ended_at as "endedAt",
    array(select distinct d->>'rule' from jsonb_array_elements(case jsonb_typeof(body->'detections') when 'array' then body->'detections' else '[]' end) d where d->>'rule' is not null limit 3) as rules
  from block where ip >= network($5::inet)::inet and ip <= set_masklen(broadcast($5::inet), case family($5::inet) when 4 then 32 else 128 end) and episode <> $6 order by blocked_at desc limit 8`;

const list = (rows: string): string => `coalesce((select json_agg(r) from (${rows}) r), '[]')`;
/** $1 the ticket, $2 and $3 its traits, $4 when it was opened, $5 its neighbourhood, $6 its episode. One question: each part costs less in the database than its way there. */
const SQL = `select ${list(NEAR)} as near, ${list(OPEN)} as open, ${list(BLOCKS)} as blocks`;

interface Answer {
  near: Told<Row, 'createdAt' | 'liftedAt' | 'blockedAgainAt'>[];
  open: Memory['open'];
  blocks: Told<Memory['blocks'][number], 'blockedAt' | 'endedAt'>[];
}

const at = (text: string | null): Date | null => (text === null ? null : new Date(text));

/** What is remembered of a ticket itself, as SQL. */
export const traitsKept = (ticket: string): string => `select trait, value from ticket_trait where ticket_id = ${ticket}`;

/** What the desk remembers about a ticket: one look into an index per trait, bounded. */
@Injectable()
export class MemoryReader {
  constructor(private readonly source: DataSource) {}

  /** @param known what was written of the ticket, where the caller has it already */
  async of(ticket: Ticket, known?: TraitOf[]): Promise<Memory> {
    const kept = known ?? ((await this.source.query(traitsKept('$1'), [ticket.id])) as TraitOf[]);
    const traits = kept.length > 0 ? kept : beforeReading(ticket);
    const [answer] = (await this.source.query(SQL, [
      ticket.id, traits.map(({ trait }) => trait), traits.map(({ value }) => value), ticket.createdAt, neighbourhood(ticket.ip), ticket.episode,
    ])) as [Answer];
    const rows = answer.near.map((row) => ({ ...row, createdAt: new Date(row.createdAt), liftedAt: at(row.liftedAt), blockedAgainAt: at(row.blockedAgainAt) }));
    const blocks = answer.blocks.map((block) => ({ ...block, blockedAt: new Date(block.blockedAt), endedAt: at(block.endedAt) }));
    return { blocks, groups: groupsOf(traits, rows), similar: similarOf(rows), open: answer.open.filter(({ count }) => count > 0) };
  }
}

/** What is remembered is written after the reading; before it, what the block itself tells has to do. */
const beforeReading = (ticket: Ticket): TraitOf[] => traitsOf({ ip: ticket.ip, accountId: ticket.accountId, rules: (ticket.block.detections ?? []).flatMap(({ rule }) => rule ?? []), from: null, headers: null });

const shown = ({ id: _id, trait: _trait, value: _value, ...ticket }: Row): Remembered => ticket;

function groupsOf(traits: TraitOf[], rows: Row[]): Memory['groups'] {
  return [...traits].sort((a, b) => TRAITS.indexOf(a.trait) - TRAITS.indexOf(b.trait)).map(({ trait, value }) => {
    const of = rows.filter((row) => row.trait === trait && row.value === value);
    return { trait, value, count: of.length, tickets: of.slice(0, SHOWN).map(shown) };
  });
}

/** Decided ones only: they say what was done in such a case, and whether it held. */
function similarOf(rows: Row[]): Memory['similar'] {
  const decided = rows.filter((row) => row.outcome !== null && ['lifted', 'upheld', 'awaiting_fixes', 'lifting'].includes(row.state));
  const scored = [...new Set(decided.map(({ id }) => id))].flatMap((id) => {
    const shared = decided.filter((row) => row.id === id);
    const [first] = shared;
    return first ? [{ first, shared, score: shared.reduce((sum, { trait }) => sum + WEIGHTS[trait], 0) }] : [];
  });
  return scored.filter(({ score }) => score > WEIGHTS.network).sort((a, b) => b.score - a.score || b.first.createdAt.getTime() - a.first.createdAt.getTime()).slice(0, SIMILAR)
    .map(({ first, shared: common }) => ({ ...shown(first), why: whySimilar(common) }));
}
