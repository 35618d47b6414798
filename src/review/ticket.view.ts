import { authView } from './auth.view';
import type { Problem } from '../core/decision/decision-problems';
import { decideView, emptyDraft, type DraftForm } from './decide.view';
import type { CannedPart } from '../core/decision/canned-part';
import { fixOf } from '../core/fixes/catalogue';
import { REASONS } from '../core/texts/reasons';
import type { Verdict } from '../core/policy/verdict';
import type { BesideModel } from './beside.view';
import { claimView, type Main } from './evidence.view';
import { earlierView, timelineView } from './history.view';
import type { MessageParts } from './message-parts';
import { promiseBar, waitOf } from './promise';
import { readingView } from './reading.view';
import type { Decision } from './decision.entity';
import type { TicketPage } from './ticket.query';
import { KINDS, OUTCOMES, secondPersonWords, STATES, tierWord, type Tone } from './words';

export interface Reader {
  id: string;
  /** may decide at all, and this ticket */
  mayDecide: boolean;
  /** why not */
  whyNot: string | null;
  /** whether they may be the second person; null where none is waited for */
  approval: Verdict | null;
}

export interface TicketViewInput {
  page: TicketPage;
  reader: Reader;
  /** the evidence whose headers were read */
  main: Main | null;
  body: MessageParts | null;
  draft: DraftForm | null;
  problems: Problem[];
  changed: { message: string; changes: string[] } | null;
  second: string[];
  parts: readonly CannedPart[];
  /** "due Tue 14:00: high, 4 working hours" */
  promised: string | null;
  /** memory, incidents, leads: what stands beside the judgement */
  beside: BesideModel | null;
  settings: { undoSeconds: number; watchHours: number; ladder?: readonly number[] };
  now: Date;
}

const FIX_STATES: Record<string, { tone: Tone; icon: string; word: string }> = {
  open: { tone: 'warn', icon: 'clock', word: 'open' }, reported: { tone: 'unknown', icon: 'message', word: 'reported' }, verified: { tone: 'good', icon: 'check', word: 'verified' },
  failed: { tone: 'bad', icon: 'x', word: 'not there yet' }, accepted: { tone: 'good', icon: 'check', word: 'accepted' },
};
const LIFT_STATES: Record<string, { tone: Tone; icon: string; word: string }> = {
  scheduled: { tone: 'unknown', icon: 'clock', word: 'scheduled' }, requested: { tone: 'warn', icon: 'send', word: 'ordered, no answer yet' },
  unknown: { tone: 'warn', icon: 'help-circle', word: 'ordered, the answer was lost: being read back' }, unblocking: { tone: 'warn', icon: 'refresh', word: 'the NOC is lifting it' },
  confirmed: { tone: 'good', icon: 'circle-check', word: 'confirmed by the NOC' }, failed: { tone: 'bad', icon: 'alert-triangle', word: 'failed' }, undone: { tone: 'unknown', icon: 'arrow-back-up', word: 'taken back' },
};

/** What templates/review/ticket.hbs shows: claim and evidence, what the machine read, history and decision. */
export function ticketView({ page, reader, main, body, draft, problems, changed, second, parts, promised, beside, settings, now }: TicketViewInput) {
  const { ticket, analysis, place } = page;
  const message = main?.message ?? null;
  const findings = analysis?.findings ?? [];
  const supplied = page.items.flatMap((item) => (item.type === 'message_id' && item.text ? [item.text] : []));
  const reading = readingView(analysis, ticket.block, ticket.ip, supplied, page.analysedAt);
  const yours = ticket.state === 'in_review' && ticket.takenBy === reader.id;
  const auth = authView(message, analysis);
  const current = page.decisions.find((decision) => decision.id === ticket.decisionId) ?? null;
  return {
    title: ticket.ref, ref: ticket.ref, href: `/desk/tickets/${ticket.ref}`,
    address: ticket.block.prefix ?? ticket.ip, kind: KINDS[ticket.kind], blockedAt: ticket.blockedAt,
    repeats: ticket.repeats > 0 ? `block no. ${ticket.repeats + 1} in 30 days` : 'first time in 30 days',
    who: ticket.accountName ?? ticket.accountId, tier: tierWord(ticket.tier), account: ticket.accountId,
    place: place && { nth: place.capped ? `${place.before}+` : ordinal(place.before + 1), previous: place.previous, next: place.next },
    state: STATES[ticket.state], waiting: place !== null, promise: place ? promiseBar(ticket.createdAt, ticket.dueAt, now) : null,
    ...waitOf(ticket), promised, beside, liftFailed: ticket.liftFailed, mailStopped: page.parts.mailStopped ?? null, blockedAgainAt: ticket.blockedAgainAt,
    holds: ticket.state === 'second_review' ? 'Waits for a second person' : 'Nobody has it',
    holder: page.holder ? { name: page.holder, you: yours } : null, leaseUntil: ticket.leaseUntil,
    canTake: ticket.state === 'queued' && reader.mayDecide, canRelease: yours, whyNot: reader.whyNot,
    claim: claimView(ticket, page.items, main, body, findings),
    reading, auth, hasAuth: message !== null, authTells: auth.some((row) => row.saidBy !== '–'),
    rules: page.rules.map((rule) => ({ ...rule, percent: rule.decided > 0 ? Math.round((rule.overturned / rule.decided) * 100) : null })),
    earlier: earlierView(page.earlier, settings.watchHours, now),
    timeline: timelineView(ticket.blockedAt, Math.max(ticket.block.detectionsTotal ?? 0, ticket.block.detections?.length ?? 0), page.audit, page.messages, reader.id),
    decide: yours && reader.mayDecide ? decideView({
      ticket, analysis, draft: draft ?? emptyDraft(ticket, analysis), problems, changed, second: second.length > 0 ? [secondPersonWords(second)] : [],
      ladder: settings.ladder, repeatTakesTwo: second.includes('repeats'), undoSeconds: settings.undoSeconds, explained: reading.record.explained, total: reading.record.total, parts, now,
    }) : null,
    approve: ticket.state === 'second_review' && current ? approveView(current, reader, ticket.version) : null,
    decided: page.decisions.filter((decision) => decision.state !== 'awaiting_approval').reverse().map((decision) => decidedView(decision, now)),
    asked: page.parts.fixes.map((fix) => ({ ...fix, ...FIX_STATES[fix.state], title: fixOf(fix.code)?.title ?? fix.code, when: fix.when.replace('_', ' ') })),
    lift: page.parts.lift && { ...page.parts.lift, ...LIFT_STATES[page.parts.lift.state] }, changedAfterwards: changed && !yours ? changed : null,
  };
}

function approveView(decision: Decision, reader: Reader, version: number) {
  const own = decision.byId === reader.id;
  return {
    ...decidedView(decision, decision.decidedAt), version, action: `/desk/decisions/${decision.id}/approval`, undo: own ? `/desk/decisions/${decision.id}/undo` : null,
    why: secondPersonWords(decision.secondPerson), may: reader.approval?.allowed === true,
    whyNotYou: own ? 'It is your own decision: somebody else has to agree.' : reader.approval?.allowed === false ? reader.approval.why : null,
  };
}

function decidedView(decision: Decision, now: Date) {
  const state = decision.state === 'undoable' ? (decision.undoUntil.getTime() > now.getTime() ? 'can be undone' : null) : decision.state === 'undone' ? 'undone' : decision.state === 'refused' ? 'not agreed' : null;
  return {
    id: decision.id, outcome: OUTCOMES[decision.outcome], by: decision.byName, at: decision.decidedAt, statement: decision.statement, state,
    reasons: decision.reasons.map((code) => REASONS[code]?.label ?? code), fixes: decision.fixes.map((fix) => ({ ...fix, when: fix.when.replace('_', ' ') })), liftWhenVerified: decision.liftWhenVerified, adjustment: decision.filterAdjustment,
    second: decision.secondName ? { name: decision.secondName, agreed: decision.agreed, statement: decision.secondStatement } : null,
  };
}

function ordinal(n: number): string {
  const end = n % 100 >= 11 && n % 100 <= 13 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${end}`;
}
