import { Injectable } from '@nestjs/common';
import ipaddr from 'ipaddr.js';
import { randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import type { Block } from '../core/ticket/block';
import { episode } from '../core/ticket/episode';
import { idsOf } from '../platform/database/ids-of';
import { Gathered, orEachAlone, type Asked } from '../platform/gathered';
import { BlockEpisode } from './block.entity';

const REPEAT_DAYS = 30;
/**
 * $1: networks, $2: the ends of the times that are looked at, $3: days. One row each, in their order. First and last address of a network are spelled
 * out: PostgreSQL makes a range of the index of `<<=` only for a network that it knows when it plans.
 */
const REPEATS = `select (select count(*)::int from block where ip >= q.first and ip <= q.last and ip <<= q.net and blocked_at < date_trunc('second', q.before) and blocked_at > q.before - make_interval(days => $3)) as n
  from (select net, before, i, network(net)::inet as first, set_masklen(broadcast(net), case family(net) when 4 then 32 else 128 end) as last
    from unnest(${idsOf('$1', 'inet')}, ${idsOf('$2', 'timestamptz')}) with ordinality a(net, before, i)) q order by i`;
/** For so long a block that has not changed counts as seen just now. */
const SEEN_SECONDS = 10;

/** $1: rows of the table, each of another block. Returns the ids of those that are new. */
const KEEP = `with told as materialized (select * from json_populate_recordset(null::block, $1)),
  known as materialized (select r.id as told_id, k.id from told r cross join lateral (
    select b.id from block b where b.episode = r.episode union
      select b.id from block b where b.ip = r.ip and b.kind = r.kind and date_trunc('second', b.blocked_at) = date_trunc('second', r.blocked_at) and (b.block_id is null or r.block_id is null)) k),
  seen as (
    update block b set state = case when b.state = 'unblocked' then b.state else r.state end, body = b.body || r.body, block_id = coalesce(b.block_id, r.block_id), prefix = coalesce(r.prefix, b.prefix),
      last_seen_at = now(), ended_at = case when r.state = 'unblocked' then coalesce(b.ended_at, r.ended_at, now()) else b.ended_at end
    from known k join told r on r.id = k.told_id
    where b.id = any(array(select id from known)) and b.id = k.id and (b.last_seen_at < now() - interval '${SEEN_SECONDS} seconds' or b.body <> b.body || r.body
      or (r.state <> b.state and b.state <> 'unblocked') or (r.state = 'unblocked' and b.ended_at is null) or (b.block_id is null and r.block_id is not null) or b.prefix is distinct from coalesce(r.prefix, b.prefix)))
  insert into block (episode, ip, kind, blocked_at, state, body, block_id, prefix, ended_at, id)
  select episode, ip, kind, blocked_at, state, body, block_id, prefix, case when state = 'unblocked' then coalesce(ended_at, now()) end, id from told r where not exists (select from known k where k.told_id = r.id)
  on conflict (episode) do nothing returning id`;

/** What was told of a block, as a row of the table; its id is used where the episode is new. */
function told(block: Block, endedAt?: Date) {
  const state = block.state ?? 'blocked';
  return {
    id: randomUUID(), episode: episode(block), ip: block.ip, kind: block.kind, blocked_at: new Date(block.blockedAt), state, body: { ...block, state },
    block_id: block.blockId ?? null, prefix: networkOf(block.prefix), ended_at: endedAt ?? null,
  };
}
type Told = ReturnType<typeof told>;

/** The mirror of the NOC's blocks: what we were told or have read. The only writer of the table `block`. */
@Injectable()
export class BlockService {
  private readonly counts = new Gathered<{ ip: string; before: Date }, number>(async (round) => {
    const found = await this.countRepeats(round.map(({ what }) => what), this.source.manager);
    round.forEach(({ done }, i) => done(found[i] ?? 0));
  });

  private readonly seen = new Gathered<Told, boolean>((round) => this.seeAll(round));

  constructor(private readonly source: DataSource) {}

  /**
   * Writes down what the NOC said of a block. The same episode is known by blockId or by address, kind and second, whichever
   * the NOC gave this time. An episode that ended never comes back: blocked again is a new one. `endedAt`: when, where that is told.
   * What was seen as it is a moment ago is not written again: every page of the form asks.
   * @returns whether the episode is new
   */
  async keep(tx: EntityManager, block: Block, endedAt?: Date): Promise<boolean> {
    const row = told(block, endedAt);
    return (await this.write(tx, [row])).has(row.id);
  }

  /** The same in a transaction of its own, which it shares with what else is seen at this moment. */
  see(block: Block): Promise<boolean> {
    return this.seen.ask(told(block));
  }

  /** Of what was seen twice at once one is written after the other: a statement sees nothing of what it writes itself. */
  private async seeAll(round: Asked<Told, boolean>[]): Promise<void> {
    const first = new Map(round.map((one) => [`${one.what.ip} ${one.what.kind} ${Math.floor(one.what.blocked_at.getTime() / 1000)}`, one]));
    const again = round.filter((one) => ![...first.values()].includes(one));
    await orEachAlone([...first.values()], async (some) => {
      const made = await this.write(this.source.manager, some.map(({ what }) => what));
      some.forEach(({ what, done }) => done(made.has(what.id)));
    });
    for (const one of again) {
      await this.write(this.source.manager, [one.what]).then((made) => one.done(made.has(one.what.id)), one.failed);
    }
  }

  private async write(tx: EntityManager, rows: Told[]): Promise<Set<string>> {
    const made = (await tx.query({ name: 'keep-blocks', text: KEEP } as unknown as string, [JSON.stringify(rows)])) as { id: string }[];
    return new Set(made.map(({ id }) => id));
  }

  /** The episodes that touch an address, by itself or by a network around it, newest first. */
  of(ip: string, tx: EntityManager = this.source.manager): Promise<BlockEpisode[]> {
    return tx.createQueryBuilder(BlockEpisode, 'b').where('b.ip = :ip::inet or b.prefix >>= :ip::inet', { ip }).orderBy('b.blocked_at', 'DESC').limit(200).getMany();
  }

  /** How often the address (IPv6: its /64) was blocked in the 30 days before `before`, that block not included. */
  async repeats(ip: string, before: Date, tx: EntityManager = this.source.manager): Promise<number> {
    return tx === this.source.manager ? this.counts.ask({ ip, before }) : ((await this.countRepeats([{ ip, before }], tx))[0] ?? 0);
  }

  /**
   * How many detections of this episode are newer than the block: mail that the filter saw when nothing should have come any more. What it saw within the
   * second of the block is what it blocked for: many a NOC gives the block to the second, and detections more exactly.
   */
  async detectionsSince({ ip, kind, episode: known, blockedAt }: { ip: string; kind: string; episode: string; blockedAt: Date }, tx: EntityManager): Promise<number> {
    const seen = (await tx.query(
      `select d->>'at' as at from block b, jsonb_array_elements(case jsonb_typeof(b.body->'detections') when 'array' then b.body->'detections' else '[]' end) d
       where b.episode = $1 or (b.ip = $2::inet and b.kind = $3 and date_trunc('second', b.blocked_at) = date_trunc('second', $4::timestamptz))`,
      [known, ip, kind, blockedAt],
    )) as { at: string | null }[];
    const over = Math.floor(blockedAt.getTime() / 1000) * 1000 + 1000;
    // Times come in any zone: they are compared as times.
    return seen.filter(({ at }) => Date.parse(at ?? '') >= over).length;
  }

  private async countRepeats(asked: { ip: string; before: Date }[], tx: EntityManager): Promise<number[]> {
    const values = [asked.map(({ ip }) => neighbourhood(ip)), asked.map(({ before }) => before.toISOString()), REPEAT_DAYS];
    return ((await tx.query({ name: 'block-repeats', text: REPEATS } as unknown as string, values)) as { n: number }[]).map(({ n }) => n);
  }
}

/** The network that counts as one sender: an IPv4 address, the /64 of an IPv6 address. */
export function neighbourhood(ip: string): string {
  return ip.includes(':') ? `${ipaddr.IPv6.networkAddressFromCIDR(`${ip}/64`).toString()}/64` : ip;
}

/** A prefix as PostgreSQL takes it (no bits outside of the mask), or null when it is none. */
export function networkOf(prefix: string | undefined): string | null {
  if (!prefix || !ipaddr.isValidCIDR(prefix)) {
    return null;
  }
  const [base, bits] = ipaddr.parseCIDR(prefix);
  return `${(base.kind() === 'ipv4' ? ipaddr.IPv4 : ipaddr.IPv6).networkAddressFromCIDR(prefix).toString()}/${bits}`;
}
