import { wilson } from '../core/figures/wilson';
import { fixOf } from '../core/fixes/catalogue';
import type { Insights, Line } from './insights.query';
import type { CountedBlock, InsightsQuery } from './insights.schema';
import { AGES, behindHref, CLAIM_ROWS, csvHref, LIFT_ROWS, number, percent, width } from './words';

type Tone = 'good' | 'bad' | 'warn' | 'unknown';
export interface Cell {
  text: string;
  href: string | null;
  strong?: boolean;
  ink?: boolean;
  more?: string;
}
export interface ChartRow {
  label: string;
  mono: boolean;
  hint: string | null;
  tone: Tone;
  bars: { look: string; x: string; width: string }[];
  whisker: { from: string; to: string } | null;
  cells: Cell[];
}
export interface Chart {
  id: CountedBlock;
  title: string;
  lead: string | null;
  csv: string;
  first: string;
  plot: string;
  columns: { label: string; key: { tone: Tone; soft: boolean } | null }[];
  rows: ChartRow[];
  empty: string;
  note: string | null;
}

const SHOWN = 12;
/** From these low ends on a rule is surely too often wrong, or worth a look. */
const WRONG = { bad: 0.3, warn: 0.15 };
const mark = (line: Line | undefined, name: string): number => line?.marks[name] ?? 0;
const rest = (all: number): string | null => (all > SHOWN ? `${all - SHOWN} more in the CSV.` : null);
const count = (n: number, href: string, more: Partial<Cell> = {}): Cell => ({ text: number(n), href: n > 0 ? href : null, ...more });

/** Filter rules, the surely wrong first: sorted by the low end of their interval, so that few cases prove little. */
export function rulesChart(query: InsightsQuery, lines: Line[]): Chart {
  const rows = rulesByLowEnd(lines).map(({ line, share }): ChartRow => ({
    label: line.row, mono: true, hint: null, tone: share.low >= WRONG.bad ? 'bad' : share.low >= WRONG.warn ? 'warn' : 'unknown',
    bars: [{ look: 'track', x: '0%', width: '100%' }, { look: 'fill', x: '0%', width: width(share.rate) }], whisker: { from: width(share.low), to: width(share.high) },
    cells: [
      { text: percent(share.rate), strong: true, href: mark(line, 'overturned') > 0 ? behindHref(query, 'rules', line.row, 'overturned') : null },
      { text: `${number(mark(line, 'overturned'))} of ${number(line.all)}`, href: behindHref(query, 'rules', line.row) },
    ],
  }));
  return {
    id: 'rules', title: 'Overturned, per filter rule', lead: 'the surely wrong first', csv: csvHref(query, 'rules'), first: 'Rule', plot: '0 to 100 %; the line is the 95 % range',
    columns: [{ label: 'Rate', key: null }, { label: 'Decisions', key: null }], rows: rows.slice(0, SHOWN), note: rest(rows.length),
    empty: 'No claim of a mistake was decided in this time, or its block named no filter rule. Rules appear here with the first decision.',
  };
}

export function rulesByLowEnd(lines: Line[]): { line: Line; share: { rate: number; low: number; high: number } }[] {
  return lines
    .flatMap((line) => { const share = wilson(mark(line, 'overturned'), line.all); return share ? [{ line, share }] : []; })
    .sort((a, b) => b.share.low - a.share.low || b.share.rate - a.share.rate || b.line.all - a.line.all || a.line.row.localeCompare(b.line.row));
}

const OUTCOMES = [['lift', 'good', 'Lift'], ['require_fixes', 'warn', 'Fixes'], ['uphold', 'bad', 'Uphold'], ['closed', 'unknown', 'Closed']] as const;

export function outcomesChart(query: InsightsQuery, lines: Line[]): Chart {
  const rows = Object.entries(CLAIM_ROWS).filter(([row]) => !query.queue || row.startsWith(query.queue)).map(([row, label]): ChartRow => {
    const line = lines.find((each) => each.row === row);
    let x = 0;
    const bars = OUTCOMES.flatMap(([name, tone]) => {
      const share = line ? mark(line, name) / line.all : 0;
      const bar = { look: `fill ${tone}`, x: width(x), width: width(Math.max(share - 0.006, 0)) };
      x += share;
      return share > 0 ? [bar] : [];
    });
    return { label, mono: false, hint: null, tone: 'unknown', bars: line ? bars : [{ look: 'track', x: '0%', width: '100%' }], whisker: null, cells: OUTCOMES.map(([name]) => count(mark(line, name), behindHref(query, 'outcomes', row, name))) };
  });
  return {
    id: 'outcomes', title: 'Decisions by outcome', lead: 'the last word on each ticket', csv: csvHref(query, 'outcomes'), first: 'Claim', plot: 'Share',
    columns: OUTCOMES.map(([, tone, label]) => ({ label, key: { tone, soft: false } })), rows: lines.length > 0 ? rows : [], note: null,
    empty: 'Nothing was decided or closed in this time.',
  };
}

/** The lifts of a period as one line. */
export function allLifts(lines: Line[]): Line {
  const sum = (name: string): number => lines.reduce((total, line) => total + mark(line, name), 0);
  return { row: 'all', all: lines.reduce((total, line) => total + line.all, 0), marks: { day: sum('day'), watch: sum('watch'), watched: sum('watched') } };
}

export function blockedAgainChart(query: InsightsQuery, { lines, watchHours }: Insights): Chart {
  const lifts = lines['blocked-again'];
  const every = [...Object.keys(LIFT_ROWS).map((row) => lifts.find((line) => line.row === row) ?? { row, all: 0, marks: {} }), allLifts(lifts)];
  const top = Math.max(0.2, ...every.map((line) => (line.all > 0 ? mark(line, 'watch') / line.all : 0)));
  const rows = every.map((line): ChartRow => {
    const href = (name?: string): string => behindHref(query, 'blocked-again', line.row === 'all' ? undefined : line.row, name);
    const rate = line.all > 0 ? mark(line, 'watch') / line.all : 0;
    return {
      label: LIFT_ROWS[line.row] ?? 'All lifts', mono: false, hint: null, tone: rate >= 0.1 && mark(line, 'watch') > 1 ? 'bad' : 'unknown', whisker: null,
      bars: [
        { look: 'track', x: '0%', width: '100%' }, { look: 'fill soft', x: '0%', width: width(rate / top) },
        { look: 'fill', x: '0%', width: width((line.all > 0 ? mark(line, 'day') / line.all : 0) / top) },
      ].filter((bar) => bar.width !== '0%'),
      cells: [
        count(mark(line, 'day'), href('day')), count(mark(line, 'watch'), href('watch')),
        { text: line.all > 0 ? percent(rate, 1) : 'none', strong: line.all > 0, href: line.all > 0 ? href(mark(line, 'watch') > 0 ? 'watch' : undefined) : null, more: `of ${number(line.all)}` },
      ],
    };
  });
  const watched = mark(allLifts(lifts), 'watched');
  return {
    id: 'blocked-again', title: 'Blocked again after a lift', lead: 'a lift that did not hold', csv: csvHref(query, 'blocked-again'), first: 'Outcome', plot: `0 to ${percent(top)}`,
    columns: [{ label: '24 h', key: { tone: 'unknown', soft: false } }, { label: `${watchHours} h`, key: { tone: 'unknown', soft: true } }, { label: `Rate, ${watchHours} h`, key: null }],
    rows: lifts.length > 0 ? rows : [], note: watched > 0 ? `${watched === 1 ? '1 lift is' : `${number(watched)} lifts are`} still watched, so the rates may yet rise.` : null,
    empty: `No lift was confirmed in this time. Every address is watched for ${watchHours} h after its lift.`,
  };
}

export function openChart(query: InsightsQuery, lines: Line[]): Chart {
  const most = Math.max(1, ...lines.map((line) => line.all));
  const rows = Object.entries(AGES).map(([row, label]): ChartRow => {
    const line = lines.find((each) => each.row === row);
    return {
      label, mono: false, hint: null, tone: 'bad', whisker: null,
      bars: [{ look: 'fill slate', x: '0%', width: width((line?.all ?? 0) / most) }, { look: 'fill', x: '0%', width: width(mark(line, 'overdue') / most) }].filter((bar) => bar.width !== '0%'),
      cells: [count(line?.all ?? 0, behindHref(query, 'open', row)), count(mark(line, 'overdue'), behindHref(query, 'open', row, 'overdue'), { ink: mark(line, 'overdue') > 0 })],
    };
  });
  return {
    id: 'open', title: 'Open now, by age', lead: 'waiting for us', csv: csvHref(query, 'open'), first: 'Age', plot: 'Tickets',
    columns: [{ label: 'Open', key: null }, { label: 'Overdue', key: { tone: 'bad', soft: false } }], rows: lines.length > 0 ? rows : [], note: null, empty: 'Nobody waits for a decision.',
  };
}

export function fixesChart(query: InsightsQuery, lines: Line[]): Chart {
  const sorted = [...lines].sort((a, b) => b.all - a.all || a.row.localeCompare(b.row));
  const most = Math.max(1, ...lines.map((line) => line.all));
  const rows = sorted.slice(0, SHOWN).map((line): ChartRow => ({
    label: line.row, mono: true, hint: fixOf(line.row)?.title ?? null, tone: 'good', whisker: null,
    bars: [{ look: 'fill soft', x: '0%', width: width(line.all / most) }, { look: 'fill', x: '0%', width: width(mark(line, 'done') / most) }].filter((bar) => bar.width !== '0%'),
    cells: [count(mark(line, 'done'), behindHref(query, 'fixes', line.row, 'done')), count(line.all, behindHref(query, 'fixes', line.row))],
  }));
  return {
    id: 'fixes', title: 'Fixes asked and done', lead: 'done: checked by us, or accepted', csv: csvHref(query, 'fixes'), first: 'Fix', plot: 'Done of asked',
    columns: [{ label: 'Done', key: { tone: 'good', soft: false } }, { label: 'Asked', key: { tone: 'good', soft: true } }], rows, note: rest(lines.length),
    empty: 'No decision of this time asked for a fix.',
  };
}
