import { fixOf } from '../core/fixes/catalogue';
import type { BehindQuery, CountedBlock, InsightsQuery } from './insights.schema';

export const CLAIM_ROWS: Record<string, string> = { 'spam mistake': 'Spam, mistake', 'spam fixed': 'Spam, fixed', 'hack mistake': 'Hack, mistake', 'hack fixed': 'Hack, fixed' };
export const LIFT_ROWS: Record<string, string> = { mistake: 'Lifted, mistake', verified: 'Lifted, fixes verified', believed: 'Lifted, fixes believed' };
export const AGES: Record<string, string> = { under_1: 'under 1 h', '1_to_2': '1 to 2 h', '2_to_4': '2 to 4 h', '4_to_8': '4 to 8 h', over_8: 'over 8 h' };

const TITLES: Record<CountedBlock, string> = {
  rules: 'Claims of mistake decided, by filter rule', mistakes: 'Claims of mistake decided', time: 'First decisions', outcomes: 'Decisions by outcome', 'blocked-again': 'Lifts',
  open: 'Open now', fixes: 'Fixes asked', 'second-reviews': 'Second reviews',
};
const ROWS: Partial<Record<CountedBlock, Record<string, string>>> = { outcomes: CLAIM_ROWS, 'blocked-again': LIFT_ROWS, open: AGES };

const MARKS: Record<string, string> = {
  overturned: 'overturned', promised: 'with a promise', kept: 'within the promise', late: 'after the promise', lift: 'lifted', require_fixes: 'fixes asked', uphold: 'not lifted',
  closed: 'closed without a decision', day: 'blocked again within 24 h', watch: 'blocked again while watched', watched: 'still watched', overdue: 'overdue', done: 'done', agreed: 'the second person agreed',
};

/** What a list of tickets behind a figure is called. */
export function behindTitle({ block, row, mark }: BehindQuery): string {
  const named = row === undefined || row === 'all' ? null : (ROWS[block]?.[row] ?? (block === 'fixes' ? fixOf(row)?.title : undefined) ?? row);
  return [TITLES[block], named, mark ? (MARKS[mark] ?? mark) : null].filter(Boolean).join(': ');
}

/** The address of the tickets behind a figure. */
export function behindHref({ days, queue }: InsightsQuery, block: CountedBlock, row?: string, mark?: string): string {
  return `/desk/insights/tickets?${params({ block, row, mark, days: String(days), queue })}`;
}

/** The address of a block as CSV. */
export const csvHref = ({ days, queue }: InsightsQuery, block: string): string => `/desk/insights/${block}.csv?${params({ days: String(days), queue })}`;
export const pageHref = ({ days, queue }: InsightsQuery): string => `/desk/insights?${params({ days: String(days), queue })}`;

function params(given: Record<string, string | undefined>): string {
  return new URLSearchParams(Object.entries(given).filter((pair): pair is [string, string] => pair[1] !== undefined)).toString();
}

/** "1,334": how many, as people read it. */
export const number = (count: number): string => count.toLocaleString('en');

/** "53 %", and "5.4 %" where a tenth is asked for. */
export const percent = (share: number, digits = 0): string => `${(share * 100).toFixed(digits)}\u00a0%`;
/** A percentage of the width of a bar, for SVG. */
export const width = (share: number): string => `${Math.round(Math.min(Math.max(share, 0), 1) * 1000) / 10}%`;
