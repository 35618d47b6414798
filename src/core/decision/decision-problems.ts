import { isOnlyCanned } from './canned-part';
import { fixOf } from '../fixes/catalogue';
import { ladderDemands } from '../policy/repeat-ladder';
import type { BlockKind } from '../ticket/block';
import { COMPROMISE, REASONS_FOR, type Outcome } from './outcome';
import { unfilledGaps } from './unfilled-gaps';

export interface Draft {
  outcome: Outcome;
  reasons: string[];
  statement: string;
  requiredFixes: { code: string; when: 'before_lift' | 'after_lift' | 'advice' }[];
  liftWhenVerified: boolean;
  wakeAt: Date | null;
}

export interface DraftContext {
  now: Date;
  kind: BlockKind;
  /** earlier blocks of the address within 30 days */
  repeats: number;
  /** finding codes of the latest analysis whose own statement is true */
  findings: string[];
  /** detections of the filter that are newer than the block */
  detectionsSince: number;
  /** canned texts without a gap, as they read for this ticket: they alone are no statement */
  canned?: readonly string[];
  /** the customer has appealed: a second look ends in one of two ways */
  appealed?: boolean;
}

export interface Problem {
  field: 'outcome' | 'reasons' | 'statement' | 'requiredFixes' | 'liftWhenVerified' | 'wakeAt';
  code: string;
  message: string;
}

/** A statement is a sentence at least (rule 9). In characters. */
export const STATEMENT_MIN = 20;
const HOLD_DAYS = 30;
const COMPROMISE_FINDINGS = ['script-compromised-suspect', 'mailbox-compromise-suspect', 'open-relay-suspect'];

/** What keeps a decision from being sent, each with what would be right. Empty: it can go. */
export function decisionProblems(draft: Draft, context: DraftContext): Problem[] {
  return [...appeal(draft, context), ...reasons(draft), ...ladder(draft, context), ...statement(draft, context), ...fixes(draft), ...(draft.liftWhenVerified ? byItself(draft, context) : []), ...wake(draft, context.now)];
}

/** An appeal ends in "uphold" or "lift"; on the way there it may wait and ask (product, reason codes). */
function appeal({ outcome }: Draft, { appealed }: DraftContext): Problem[] {
  return appealed && outcome === 'require_fixes'
    ? [{ field: 'outcome', code: 'appeal', message: 'An appeal ends in "uphold" or "lift". What has to change stands in the statement of an "uphold", or as a fix after the lift.' }] : [];
}

/** Rule 13: each re-block raises what is asked of a lift. */
function ladder(draft: Draft, { repeats }: DraftContext): Problem[] {
  const demands = draft.outcome === 'lift' && draft.reasons.length > 0 ? ladderDemands({ repeats, reasons: draft.reasons }) : [];
  return [
    ...(demands.includes('a_fix') && !draft.requiredFixes.some(({ when }) => when !== 'advice')
      ? [{ field: 'requiredFixes' as const, code: 'ladder', message: `This is block no. ${repeats + 1} within 30 days: say with the lift what has to change, so that it does not happen again.` }] : []),
    ...(demands.includes('verified') && !draft.reasons.includes('remediation_verified')
      ? [{ field: 'reasons' as const, code: 'ladder', message: `This is block no. ${repeats + 1} within 30 days: it takes remediation_verified, that is, somebody has seen that the cause is gone.` }] : []),
  ];
}

function reasons({ outcome, reasons }: Draft): Problem[] {
  const fitting = REASONS_FOR[outcome];
  if (reasons.length === 0) {
    return [{ field: 'reasons', code: 'missing', message: `Choose at least one reason. For this outcome: ${fitting.slice(0, 6).join(', ')}${fitting.length > 6 ? ' …' : ''}.` }];
  }
  return reasons.filter((reason) => !fitting.includes(reason)).map((reason) => ({
    field: 'reasons', code: 'does_not_fit', message: `The reason ${reason} does not fit this outcome. One of: ${fitting.join(', ')}.`,
  }));
}

function statement({ statement }: Draft, { canned = [] }: DraftContext): Problem[] {
  const text = statement.trim();
  const gaps = unfilledGaps(text);
  if (text.length < STATEMENT_MIN) {
    return [{ field: 'statement', code: text ? 'too_short' : 'missing', message: `Write what the customer should know, in at least ${STATEMENT_MIN} characters.` }];
  }
  if (gaps.length === 0) {
    return isOnlyCanned(text, canned) ? [{ field: 'statement', code: 'canned', message: 'This is a canned text alone. Add in your own words what it is about in this case.' }] : [];
  }
  return [{ field: 'statement', code: 'unfilled', message: `${gaps.length === 1 ? '1 blank is' : `${gaps.length} blanks are`} left: ${gaps.join(', ')}. Fill or remove ${gaps.length === 1 ? 'it' : 'them'}.` }];
}

function fixes({ outcome, requiredFixes }: Draft): Problem[] {
  const twice = requiredFixes.find((fix, i) => requiredFixes.findIndex((other) => other.code === fix.code) !== i);
  return [
    ...requiredFixes.filter((fix) => !fixOf(fix.code)).map((fix): Problem => ({ field: 'requiredFixes', code: 'unknown_fix', message: `There is no fix ${fix.code}.` })),
    ...(twice ? [{ field: 'requiredFixes', code: 'twice', message: `The fix ${twice.code} stands there twice.` } satisfies Problem] : []),
    ...(outcome === 'require_fixes' && !requiredFixes.some((fix) => fix.when === 'before_lift')
      ? [{ field: 'requiredFixes', code: 'missing', message: 'Tick at least one fix that must be done before the lift.' } satisfies Problem] : []),
    ...(outcome === 'lift' && requiredFixes.some((fix) => fix.when === 'before_lift')
      ? [{ field: 'requiredFixes', code: 'too_late', message: 'A lift cannot wait for a fix before it. Choose "after lift" or "advice", or the outcome "fixes".' } satisfies Problem] : []),
  ];
}

/** Rule 7: the last verification may lift only where every fix can be looked up and nobody else controls the server. */
function byItself(draft: Draft, context: DraftContext): Problem[] {
  const problem = (code: string, message: string): Problem => ({ field: 'liftWhenVerified', code, message: `Lift when verified is not possible: ${message}` });
  const before = draft.requiredFixes.filter((fix) => fix.when === 'before_lift');
  const unsure = before.filter((fix) => !fixOf(fix.code)?.verification.every((by) => by === 'dns'));
  return [
    ...(draft.outcome === 'require_fixes' ? [] : [problem('outcome', 'it belongs to the outcome "fixes".')]),
    ...(context.kind === 'hack' ? [problem('hack', 'a hack block needs a person to look.')] : []),
    ...(context.repeats > 0 ? [problem('repeats', 'the address was blocked before within 30 days.')] : []),
    ...(draft.reasons.some((reason) => COMPROMISE.includes(reason)) || context.findings.some((code) => COMPROMISE_FINDINGS.includes(code))
      ? [problem('compromise', 'a reason or a finding speaks of a compromise or a relay, and DNS does not end that.')] : []),
    ...(unsure.length > 0 ? [problem('not_verifiable', `we cannot look up ${unsure.map((fix) => fix.code).join(', ')} ourselves.`)] : []),
    ...(context.detectionsSince > 0 ? [problem('detections', 'the filter saw more since the block.')] : []),
  ];
}

function wake({ outcome, wakeAt }: Draft, now: Date): Problem[] {
  if (outcome !== 'hold') {
    return wakeAt ? [{ field: 'wakeAt', code: 'not_wanted', message: 'A wake-up date belongs to the outcome "hold".' }] : [];
  }
  const days = wakeAt ? (wakeAt.getTime() - now.getTime()) / 86_400_000 : NaN;
  return days > 0 && days <= HOLD_DAYS ? [] : [{ field: 'wakeAt', code: wakeAt ? 'out_of_range' : 'missing', message: `Say when the ticket comes back: a time within the next ${HOLD_DAYS} days.` }];
}
