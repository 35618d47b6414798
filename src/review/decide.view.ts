import { OUTCOMES, REASONS_FOR, type Outcome } from '../core/decision/outcome';
import type { Problem } from '../core/decision/decision-problems';
import { unfilledGaps } from '../core/decision/unfilled-gaps';
import { ladderWords } from '../core/policy/repeat-ladder';
import { FIXES, fixOf } from '../core/fixes/catalogue';
import type { FixWhen } from '../core/fixes/fix';
import type { Analysis } from '../core/rules/analysis';
import { REASONS } from '../core/texts/reasons';
import { statementOfReasons } from '../core/texts/statement';
import type { Ticket } from '../tickets/ticket.entity';
import type { CannedPart } from '../core/decision/canned-part';
import { cannedParts } from './canned-parts';
import { aboutFilter, adjustmentView } from './adjustment.view';
import { daysOptions } from './later';

/** What the reviewer has chosen so far: empty at first, kept when something is missing. */
export interface DraftForm {
  version: number;
  outcome?: Outcome;
  reason: string[];
  fix: string[];
  when: Record<string, FixWhen>;
  statement: string;
  liftWhenVerified: boolean;
  wakeAt?: string;
  adjust?: string;
  adjustRule?: string;
  adjustScope?: string;
  adjustMessage?: string;
  adjustDays?: string;
  adjustNote?: string;
}

const LABELS: Record<Outcome, { label: string; key: string }> = {
  lift: { label: 'Lift', key: 'L' }, require_fixes: { label: 'Fixes', key: 'F' }, uphold: { label: 'Uphold', key: 'H' }, request_information: { label: 'Ask', key: 'I' }, hold: { label: 'Hold', key: 'W' },
};
const WHENS: { value: FixWhen; label: string }[] = [
  { value: 'before_lift', label: 'before lift' }, { value: 'after_lift', label: 'after lift' }, { value: 'advice', label: 'advice' },
];

/** A draft that nobody has touched: the fixes that the analysis asks for are ticked, nothing is decided. */
export function emptyDraft(ticket: Ticket, analysis: Analysis | null): DraftForm {
  const fix = (analysis?.requiredFixes ?? []).filter((code) => fixOf(code));
  return { version: ticket.version, reason: [], fix, when: {}, statement: '', liftWhenVerified: false };
}

export interface DecideContext {
  ticket: Ticket;
  analysis: Analysis | null;
  draft: DraftForm;
  problems: Problem[];
  /** the ticket changed meanwhile */
  changed: { message: string; changes: string[] } | null;
  /** why a second person would be due for a lift */
  second: string[];
  /** a repeat takes two people here (TWO_PEOPLE_FOR) */
  repeatTakesTwo?: boolean;
  undoSeconds: number;
  /** hours of the least wait, by re-block (REPEAT_WAIT_HOURS) */
  ladder?: readonly number[];
  explained: number;
  total: number;
  parts: readonly CannedPart[];
  now: Date;
}

/** The panel of the decision: everything that was typed is kept, everything that is missing is named. */
export function decideView({ ticket, analysis, draft, problems, changed, second, undoSeconds, explained, total, parts, ladder = [], repeatTakesTwo = true, now }: DecideContext) {
  const asked = new Set(analysis?.requiredFixes ?? []);
  const fixes = FIXES.map((fix) => ({
    code: fix.code, title: fix.title, asked: asked.has(fix.code), checked: draft.fix.includes(fix.code),
    usual: fix.when, ...whenOf(draft, fix.code, fix.when),
  }));
  const gaps = unfilledGaps(draft.statement);
  return {
    action: `/desk/tickets/${ticket.ref}/decision`, version: draft.version, blockedAt: ticket.blockedAt,
    outcomes: OUTCOMES.map((value) => ({ value, ...LABELS[value], checked: draft.outcome === value })),
    reasons: (['lift', 'require_fixes', 'request_information'] as const).map((group) => ({
      // The lists of "uphold" and "fixes" are one; "hold" takes any.
      classes: group === 'require_fixes' ? 'for-require_fixes for-uphold for-hold' : `for-${group} for-hold`,
      reasons: REASONS_FOR[group].map((code) => ({ code, label: REASONS[code]?.label ?? code, checked: draft.reason.includes(code) })),
    })),
    shownFixes: fixes.filter((fix) => fix.asked || fix.checked), moreFixes: fixes.filter((fix) => !fix.asked && !fix.checked),
    second: second.join(', '), oneIsPlain: ticket.repeats === 0 && ticket.assessment !== 'likely_abuse', ladder: ladderWords(ticket.repeats, ticket.blockedAt, ladder, repeatTakesTwo), canLiftByItself: ticket.kind === 'spam' && ticket.repeats === 0, liftWhenVerified: draft.liftWhenVerified,
    statement: draft.statement, gaps: gaps.length === 0 ? null : { count: gaps.length, list: gaps.join(', ') },
    parts: cannedParts({
      ref: ticket.ref, ip: ticket.ip, kind: ticket.kind, claim: ticket.claim, blockedAt: ticket.blockedAt, explained, total,
      fixes: fixes.filter((fix) => fix.checked).map((fix) => fix.title.toLowerCase()),
    }, parts),
    adjustment: adjustmentView(ticket.kind, aboutFilter(ticket.block, analysis?.message ?? null), draft, now),
    wakeDays: daysOptions([1, 2, 3, 7, 14, 30], draft.wakeAt, now),
    problems: problems.map((problem) => ({ ...problem, message: ON_PAGE[`${problem.field}.${problem.code}`] ?? problem.message, href: `#${ANCHORS[problem.field] ?? 'decide'}` })), changed,
    letter: letterView(ticket, analysis, draft), undoSeconds,
  };
}

/** When a fix has to be done, as the page shows it: a lift has none before it, and what somebody chose otherwise stays (assets/desk.js does the same). */
export function whenOf({ outcome, when }: Pick<DraftForm, 'outcome' | 'when'>, code: string, usual: FixWhen) {
  const now = when[code] ?? usual;
  const shown = outcome === 'lift' && now === 'before_lift' ? 'after_lift' : now;
  return { touched: now !== usual && shown !== (outcome === 'lift' && usual === 'before_lift' ? 'after_lift' : usual), whens: WHENS.map((one) => ({ ...one, selected: one.value === shown })) };
}

const ANCHORS: Record<string, string> = {
  outcome: 'outcome', reasons: 'reasons', statement: 'statement', requiredFixes: 'fixes', liftWhenVerified: 'fixes', wakeAt: 'wake-at', filterAdjustment: 'adjust',
};

/** Where the page shows the choice itself, the codes of the API would only be in the way. */
export const ON_PAGE: Partial<Record<string, string>> = { 'outcome.missing': 'Choose an outcome.', 'reasons.missing': 'Choose at least one reason.' };

const SUBJECTS: Record<Outcome, (ip: string) => string> = {
  lift: (ip) => `We are lifting the block of ${ip}`, require_fixes: (ip) => `What has to change before ${ip} is lifted`, uphold: (ip) => `The block of ${ip} stays`,
  request_information: (ip) => `We need something from you about ${ip}`, hold: () => 'No mail is sent while it is on hold',
};

/** What the customer will read, part by part; null until an outcome is chosen. */
export function letterView(ticket: Ticket, analysis: Analysis | null, draft: DraftForm) {
  const { outcome } = draft;
  if (!outcome) {
    return null;
  }
  return {
    to: ticket.accountEmail, subject: `[${ticket.ref}] ${SUBJECTS[outcome](ticket.ip)}`, none: outcome === 'hold',
    parts: statementOfReasons({
      ip: ticket.ip, kind: ticket.kind, claim: ticket.claim, blockedAt: ticket.blockedAt, detections: ticket.block.detections ?? [], detectionsTotal: ticket.block.detectionsTotal ?? null,
      outcome, reasons: draft.reason.filter((code) => REASONS_FOR[outcome].includes(code)), statement: draft.statement || '…', liftWhenVerified: draft.liftWhenVerified,
      analysed: analysis !== null, canAppeal: ticket.appealedAt === null, fixesBefore: draft.fix.filter((code) => (draft.when[code] ?? fixOf(code)?.when) === 'before_lift').length,
    }),
  };
}
