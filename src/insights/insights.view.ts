import { STATE_WORDS } from '../core/texts/state-words';
import { duration } from '../platform/http/view-helpers';
import { allLifts, blockedAgainChart, fixesChart, openChart, outcomesChart, rulesByLowEnd, rulesChart, type Chart } from './charts.view';
import { csv } from './csv';
import type { AdjustmentState } from './filter-adjustment.entity';
import { BEHIND_AT_MOST, type Adjustment, type Behind, type Insights, type Line } from './insights.query';
import { PERIODS, type BehindQuery, type BlockName, type InsightsQuery } from './insights.schema';
import { timePlot, type TimePlot } from './time-plot.view';
import { AGES, behindHref, behindTitle, CLAIM_ROWS, csvHref, LIFT_ROWS, number, pageHref, percent } from './words';

export interface Tile {
  title: string;
  figure: string;
  href: string | null;
  note: string;
  alarm: { text: string; href: string } | null;
}

/** How a state of an adjustment is said and shown: never by colour only. */
const STATES: Record<AdjustmentState, { label: string; tone: string; icon: string }> = {
  proposed: { label: 'Proposed', tone: 'warn', icon: 'hourglass' }, accepted: { label: 'Accepted', tone: 'good', icon: 'check' }, applied: { label: 'Applied', tone: 'good', icon: 'circle-check' },
  rejected: { label: 'Rejected', tone: 'bad', icon: 'circle-x' }, expired: { label: 'Expired', tone: 'unknown', icon: 'clock' },
};
const ADJUSTMENTS_SHOWN = 12;
const NOTHING = '–';

export interface InsightsModel {
  title: string;
  now: Date;
  days: number;
  periods: { value: number; label: string; chosen: boolean }[];
  queue: string;
  queues: { value: string; label: string; chosen: boolean }[];
  tiles: Tile[];
  rules: Chart;
  time: { csv: string; plot: TimePlot | null };
  charts: Chart[];
  adjustments: { csv: string; rows: (Adjustment & { look: (typeof STATES)[AdjustmentState]; open: boolean })[]; more: number };
}

/** What templates/insights/insights.hbs shows. */
export function insightsView(query: InsightsQuery, found: Insights, zone: string, now: Date): InsightsModel {
  const { lines } = found;
  return {
    title: 'Insights', now, days: query.days, queue: query.queue ?? '',
    periods: PERIODS.map((days) => ({ value: days, label: `${days} days`, chosen: days === query.days })),
    queues: [['', 'All queues'], ['spam', 'Spam'], ['hack', 'Hack']].map(([value = '', label = '']) => ({ value, label, chosen: value === (query.queue ?? '') })),
    tiles: tiles(query, found),
    rules: rulesChart(query, lines.rules),
    time: { csv: csvHref(query, 'time'), plot: timePlot(query, found, zone, now) },
    charts: [outcomesChart(query, lines.outcomes), blockedAgainChart(query, found), openChart(query, lines.open), fixesChart(query, lines.fixes)],
    adjustments: {
      csv: csvHref(query, 'filter-adjustments'), rows: found.adjustments.slice(0, ADJUSTMENTS_SHOWN).map((each) => ({ ...each, look: STATES[each.state], open: each.state === 'proposed' || each.state === 'accepted' })),
      more: Math.max(found.adjustments.length - ADJUSTMENTS_SHOWN, 0),
    },
  };
}

function tiles(query: InsightsQuery, { lines, time, oldest, watchHours }: Insights): Tile[] {
  const open = total(lines.open, 'all');
  const overdue = total(lines.open, 'overdue');
  const promised = total(time.days, 'promised');
  const lifts = allLifts(lines['blocked-again']);
  const rate = (hits: number, of: number, digits = 0): string => (of > 0 ? percent(hits / of, digits) : NOTHING);
  const mistakes = total(lines.mistakes, 'all');
  const second = total(lines['second-reviews'], 'all');
  return [
    {
      title: 'Open', figure: number(open), href: `/desk?queue=${query.queue ?? 'all-open'}`, note: open === 0 ? 'nobody waits for a decision' : `${overdue > 0 ? '' : 'none overdue, '}oldest ${duration((oldest ?? 0) * 1000)}`,
      alarm: overdue > 0 ? { text: `${number(overdue)} overdue`, href: query.queue ? behindHref(query, 'open', undefined, 'overdue') : '/desk?queue=overdue' } : null,
    },
    {
      title: 'Time to decision', figure: time.median === null ? NOTHING : duration(time.median * 1000), href: time.median === null ? null : behindHref(query, 'time'), alarm: null,
      note: time.p90 === null ? 'nothing was decided' : `median; 9 of 10 within ${duration(time.p90 * 1000)}`,
    },
    {
      title: 'Promise kept', figure: rate(total(time.days, 'kept'), promised), href: promised > 0 ? behindHref(query, 'time', undefined, total(time.days, 'late') > 0 ? 'late' : 'kept') : null, alarm: null,
      note: promised > 0 ? `${number(total(time.days, 'kept'))} of ${promised === 1 ? '1 ticket' : `${number(promised)} tickets`}` : 'no promise fell due',
    },
    {
      title: 'Overturned', figure: rate(total(lines.mistakes, 'overturned'), mistakes), href: mistakes > 0 ? behindHref(query, 'mistakes', undefined, 'overturned') : null, alarm: null,
      note: mistakes > 0 ? `${number(total(lines.mistakes, 'overturned'))} of ${mistakes === 1 ? '1 claim' : `${number(mistakes)} claims`} of mistake` : 'no claim of mistake decided',
    },
    {
      title: 'Blocked again', figure: rate(lifts.marks['watch'] ?? 0, lifts.all, 1), href: lifts.all > 0 ? behindHref(query, 'blocked-again', undefined, (lifts.marks['watch'] ?? 0) > 0 ? 'watch' : undefined) : null, alarm: null,
      note: lifts.all > 0 ? `${number(lifts.marks['watch'] ?? 0)} of ${lifts.all === 1 ? '1 lift' : `${number(lifts.all)} lifts`}, within ${watchHours} h` : 'no lift confirmed',
    },
    {
      title: 'Two people agree', figure: rate(total(lines['second-reviews'], 'agreed'), second), href: second > 0 ? behindHref(query, 'second-reviews') : null, alarm: null,
      note: second > 0 ? `${number(total(lines['second-reviews'], 'agreed'))} of ${second === 1 ? '1 second review' : `${number(second)} second reviews`}` : 'no second review',
    },
  ];
}

const total = (lines: Line[], name: string): number => lines.reduce((sum, line) => sum + (name === 'all' ? line.all : (line.marks[name] ?? 0)), 0);

/** The tickets behind a figure. */
export function behindView(query: BehindQuery, rows: Behind[]): object {
  return {
    title: behindTitle(query), rows: rows.map((row) => ({ ...row, state: STATE_WORDS[row.state], href: `/desk/tickets/${row.ref}` })), back: pageHref(query), capped: rows.length >= BEHIND_AT_MOST ? BEHIND_AT_MOST : null,
    lead: `${query.block === 'open' ? 'now' : `in the last ${query.days} days`}${query.queue ? `, ${query.queue} only` : ''}`,
  };
}

/** One block as CSV. Shares are numbers from 0 to 1, lengths of time are seconds. */
export function blockCsv(block: BlockName, found: Insights): string {
  const { lines, time, adjustments } = found;
  const marks = (head: string, of: Line[], names: string[], label: (row: string) => string = (row) => row): string =>
    csv([head, 'tickets', ...names], of.map((line) => [label(line.row), line.all, ...names.map((name) => line.marks[name] ?? 0)]));
  switch (block) {
    case 'rules':
      return csv(['rule', 'tickets', 'overturned', 'rate', 'low', 'high'], rulesByLowEnd(lines.rules).map(({ line, share }) => [
        line.row, line.all, line.marks['overturned'] ?? 0, ...[share.rate, share.low, share.high].map((each) => each.toFixed(4)).map(Number),
      ]));
    case 'time':
      return csv(['day', 'tickets', 'median_seconds', 'p90_seconds', 'promised', 'kept'], time.days.map((day) => [day.row, day.all, Math.round(day.median), Math.round(day.p90), day.marks['promised'] ?? 0, day.marks['kept'] ?? 0]));
    case 'outcomes':
      return marks('claim', lines.outcomes, ['lift', 'require_fixes', 'uphold', 'closed'], (row) => CLAIM_ROWS[row] ?? row);
    case 'blocked-again':
      return marks('outcome', lines['blocked-again'], ['day', 'watch', 'watched'], (row) => LIFT_ROWS[row] ?? row);
    case 'open':
      return marks('age', lines.open, ['overdue'], (row) => AGES[row] ?? row);
    case 'fixes':
      return marks('fix', lines.fixes, ['done']);
    case 'mistakes':
      return marks('claims_of_mistake', lines.mistakes, ['overturned']);
    case 'second-reviews':
      return marks('second_reviews', lines['second-reviews'], ['agreed']);
    case 'filter-adjustments':
      return csv(['ticket', 'rule', 'sender', 'change', 'scope', 'expires', 'state', 'answer', 'created'], adjustments.map((each) => [
        each.ref, each.rule, each.sender, each.change, each.scope, each.expiresAt?.toISOString() ?? null, each.state, each.answer, each.createdAt.toISOString(),
      ]));
  }
}
