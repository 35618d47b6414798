import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { FALSE_POSITIVE } from '../core/decision/outcome';
import type { State } from '../core/ticket/states';
import { CONFIG, type Config } from '../platform/config/config';
import { FACTS } from './facts';
import type { AdjustmentState } from './filter-adjustment.entity';
import type { BehindQuery, CountedBlock, InsightsQuery } from './insights.schema';

/** One line of a block: how many tickets it has, and of how many each mark holds. */
export interface Line {
  row: string;
  all: number;
  marks: Record<string, number>;
}

export interface DayLine extends Line {
  /** seconds from receipt to decision: of half the tickets, and of nine in ten, at most */
  median: number;
  p90: number;
}

export interface Adjustment {
  id: string;
  ref: string;
  rule: string;
  sender: string | null;
  change: string;
  scope: string;
  expiresAt: Date | null;
  state: AdjustmentState;
  answer: string | null;
  createdAt: Date;
}

export interface Insights {
  lines: Record<Exclude<CountedBlock, 'time'>, Line[]>;
  time: { days: DayLine[]; median: number | null; p90: number | null; /** seconds, the promise made most often */ promise: number | null };
  /** share of the time until the decision that was the customer's, 0 to 1; null when nothing was decided */
  customersShare: number | null;
  /** age of the oldest ticket that waits for us, in seconds */
  oldest: number | null;
  adjustments: Adjustment[];
  watchHours: number;
}

export interface Behind {
  ref: string;
  ip: string;
  kind: string;
  claim: string;
  who: string;
  state: State;
  createdAt: Date;
}

export const BEHIND_AT_MOST = 200;
const ADJUSTMENTS_AT_MOST = 200;
const DAY_MS = 86_400_000;
const PARAMETERS = `with p as (select $1::timestamptz as since, $2::timestamptz as now, $3::text as kind, $4::text[] as false_positive, $5::float8 as watch_hours, $6::text as zone)`;

/** Reads the figures from the tickets themselves: nothing is counted beside them. */
@Injectable()
export class InsightsReader {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly source: DataSource,
  ) {}

  /** @param zone IANA name of the zone in which a day begins */
  async read(query: InsightsQuery, zone: string, now: Date): Promise<Insights> {
    const values = this.values(query, zone, now);
    const line = (block: CountedBlock): Promise<Line[]> => this.lines(block, values);
    const [rules, mistakes, outcomes, blockedAgain, open, fixes, second] = await Promise.all([
      line('rules'), line('mistakes'), line('outcomes'), line('blocked-again'), line('open'), line('fixes'), line('second-reviews'),
    ]);
    const [time, customersShare, oldest, adjustments] = await Promise.all([this.time(values), this.customersShare(values), this.oldest(values), this.adjustments(query, now)]);
    return {
      lines: { rules, mistakes, outcomes, 'blocked-again': blockedAgain, open, fixes, 'second-reviews': second }, time, customersShare, oldest, adjustments,
      watchHours: this.config.WATCH_HOURS,
    };
  }

  /** The tickets behind one figure, the newest first. */
  async behind(query: BehindQuery, zone: string, now: Date): Promise<Behind[]> {
    return (await this.source.query(
      `${PARAMETERS}, f as (${FACTS[query.block]})
       select t.ref, host(t.ip) as ip, t.kind, t.claim, coalesce(t.account_name, t.account_id) as who, t.state, t.created_at as "createdAt" from ticket t
       where t.id in (select ticket_id from f where ($7::text is null or row = $7) and ($8::text is null or $8 = any(marks))) order by t.created_at desc, t.id limit ${BEHIND_AT_MOST}`,
      [...this.values(query, zone, now), query.row ?? null, query.mark ?? null],
    )) as Behind[];
  }

  private values(query: InsightsQuery, zone: string, now: Date): unknown[] {
    return [new Date(now.getTime() - query.days * DAY_MS), now, query.queue ?? null, FALSE_POSITIVE, this.config.WATCH_HOURS, zone];
  }

  private async lines(block: CountedBlock, values: unknown[]): Promise<Line[]> {
    const rows = (await this.source.query(
      `${PARAMETERS}, f as (${FACTS[block]}) select row, mark, count(distinct ticket_id)::int as n from f cross join lateral unnest('{all}'::text[] || marks) mark group by row, mark order by row`,
      values,
    )) as { row: string; mark: string; n: number }[];
    const lines = new Map<string, Line>();
    for (const { row, mark, n } of rows) {
      const line = lines.get(row) ?? { row, all: 0, marks: {} };
      lines.set(row, mark === 'all' ? { ...line, all: n } : { ...line, marks: { ...line.marks, [mark]: n } });
    }
    return [...lines.values()];
  }

  private async time(values: unknown[]): Promise<Insights['time']> {
    const quantile = (q: number): string => `percentile_cont(${q}) within group (order by seconds)`;
    const [days, spread, [promise]] = (await Promise.all([
      this.lines('time', values),
      this.source.query(`${PARAMETERS}, f as (${FACTS.time}) select row, ${quantile(0.5)} as median, ${quantile(0.9)} as p90 from f group by grouping sets ((row), ())`, values),
      this.source.query(
        `${PARAMETERS}, f as (${FACTS.time}) select extract(epoch from t.due_at - t.created_at)::float8 as seconds from f join ticket t on t.id = f.ticket_id
         where t.due_at is not null group by 1 order by count(*) desc, 1 limit 1`,
        values,
      ),
    ])) as [Line[], { row: string | null; median: number | null; p90: number | null }[], { seconds: number }[]];
    const of = (row: string | null): { median: number | null; p90: number | null } => spread.find((line) => line.row === row) ?? { median: null, p90: null };
    const { median, p90 } = of(null);
    return { days: days.map((day) => ({ ...day, median: of(day.row).median ?? 0, p90: of(day.row).p90 ?? 0 })), median, p90, promise: promise?.seconds ?? null };
  }

  private async customersShare(values: unknown[]): Promise<number | null> {
    const [row] = (await this.source.query(
      `${PARAMETERS}, f as (${FACTS.time}), ends as (select f.ticket_id, t.created_at + make_interval(secs => f.seconds) as at from f join ticket t on t.id = f.ticket_id),
       spans as (select a.to_state, extract(epoch from coalesce(lead(a.at) over (partition by a.ticket_id order by a.id), ends.at) - a.at) as seconds
         from ends join audit_entry a on a.ticket_id = ends.ticket_id and a.to_state is not null and a.at < ends.at)
       select (sum(seconds) filter (where to_state in ('awaiting_evidence','awaiting_fixes')) / nullif(sum(seconds), 0))::float8 as share, count(*)::int as n from spans`,
      values,
    )) as { share: number | null; n: number }[];
    return row && row.n > 0 ? (row.share ?? 0) : null;
  }

  private async oldest(values: unknown[]): Promise<number | null> {
    const [row] = (await this.source.query(`${PARAMETERS}, f as (${FACTS.open}) select max(seconds) as seconds from f`, values)) as { seconds: number | null }[];
    return row?.seconds ?? null;
  }

  private async adjustments(query: InsightsQuery, now: Date): Promise<Adjustment[]> {
    return (await this.source.query(
      `select a.id, t.ref, a.rule, a.sender, a.change, a.scope, a.expires_at as "expiresAt", case when a.state = 'proposed' and e.state = 'applied' then 'applied' else a.state end as state,
         coalesce(a.answer, case e.state when 'applied' then 'exception applied before the lift' when 'proposed' then 'exception proposed to the NOC' when 'not_offered' then 'the NOC takes no exceptions'
           when 'failed' then 'the exception could not be ordered: the NOC ' || e.last_answer end) as answer, a.created_at as "createdAt"
       from filter_adjustment a join ticket t on t.id = a.ticket_id left join filter_exception e on e.decision_id = a.decision_id where a.created_at > $1 and ($2::text is null or t.kind = $2) order by a.created_at desc, a.id desc limit ${ADJUSTMENTS_AT_MOST}`,
      [new Date(now.getTime() - query.days * DAY_MS), query.queue ?? null],
    )) as Adjustment[];
  }
}
