import type { Analysis } from '../core/rules/analysis';
import { shownFindings } from '../core/texts/customer-analysis';
import { shownParts } from '../core/texts/fold-quotes';
import { askFor } from '../core/texts/evidence';
import { statementOfReasons, type StatementPart } from '../core/texts/statement';
import { progress, type Step } from '../core/ticket/progress';
import { shownState, stateLabel } from '../core/ticket/state-label';
import { isOpen, type State } from '../core/ticket/states';
import type { MyTicketsService } from './my-tickets.service';
import { fixList } from './fixes.view';
import { notice, type Notice } from './notice.view';
import type { ShownTests } from './test-message.service';
import type { FixTexts, TicketPageData } from './ticket-page.data';

type Tone = 'good' | 'bad' | 'warn' | 'unknown';
const APPEAL_DAYS = 14;
const HOUR = 3_600_000;

export interface PageInput {
  data: TicketPageData;
  fixTexts: FixTexts;
  now: Date;
  watchHours: number;
  /** how long a ticket waits for evidence, and for fixes */
  expireDays: number;
  fixDays: number;
  /** "about 40 minutes" */
  wait: string | null;
  /** the link to pass on, when one was made */
  statusLink?: string | null;
  /** blocks that stand on the address after this one was lifted */
  stillBlocked?: Awaited<ReturnType<MyTicketsService['standing']>>;
  /** test messages, where they can help */
  test?: ShownTests | null;
}

/** How each state looks; always with its word. */
export const CHIP: Record<State, { tone: Tone; icon: string }> = {
  received: { tone: 'unknown', icon: 'inbox' }, awaiting_evidence: { tone: 'warn', icon: 'tool' }, analysing: { tone: 'unknown', icon: 'hourglass' },
  queued: { tone: 'unknown', icon: 'clock' }, in_review: { tone: 'unknown', icon: 'eye' }, second_review: { tone: 'unknown', icon: 'eye' }, on_hold: { tone: 'unknown', icon: 'eye' },
  awaiting_fixes: { tone: 'warn', icon: 'tool' }, lifting: { tone: 'good', icon: 'hourglass' }, lifted: { tone: 'good', icon: 'circle-check' },
  upheld: { tone: 'bad', icon: 'circle-x' }, closed: { tone: 'unknown', icon: 'info-circle' },
};

/**
 * The customer's page of a ticket. It decides what a customer may see: no weights, no internal findings or notes, no names
 * of reviewers, no decision that may still be undone, nothing of the filter's rules and scores.
 */
export function ticketPage(input: PageInput) {
  const { data, now } = input;
  const { ticket, parts } = data;
  const base = shownBase(input);
  const { state, decided } = base;
  const findings = parts.analysis && ticket.kind === 'spam' ? foundIn(parts.analysis) : null;
  return {
    ...base,
    readOnly: false,
    version: ticket.version,
    needs: state === 'awaiting_evidence' && !data.asked ? ticket.missing.map((item) => askFor(item, ticket)) : [],
    canSupply: isOpen(ticket.state) && ticket.state !== 'lifting',
    supplyOpen: state === 'awaiting_evidence',
    asked: state === 'awaiting_evidence' && data.asked,
    changeClaim: ticket.state === 'awaiting_evidence' && !data.asked,
    fixes: decided && parts.fixes.length > 0 ? fixList(input) : null,
    decision: decided ? decision(input) : null,
    found: findings && hasAny(findings) ? { ...findings, at: data.analysedAt } : null,
    watch: state === 'lifted' && !ticket.blockedAgainAt ? watch(base.liftedAt, now, input.watchHours) : null,
    messages: data.messages.map((message) => ({ who: whoWrote(message), parts: shownParts(message.text), at: message.at })),
    files: sent(data),
    canWithdraw: isOpen(ticket.state) && ticket.state !== 'lifting',
    canReopen: ticket.state === 'closed' && ticket.closedReason === 'expired',
    canAppeal: canAppeal(data, now) && state === 'upheld',
    canClaimAgain: state === 'upheld',
    accountEmail: ticket.accountEmail,
    says: says(base.chip.label, data, decided),
    mailStopped: parts.mailStopped ?? null,
    explained: ticket.kind === 'spam' && base.alertTotal > 0 ? { count: data.explained, total: base.alertTotal } : null,
    statusLink: input.statusLink ?? null,
    evidenceLinks: data.evidenceLinks ?? [],
    stillBlocked: input.stillBlocked ?? [],
    test: input.test ?? null,
    testFirst: state === 'awaiting_fixes' || (state === 'lifted' && !ticket.blockedAgainAt),
  };
}

/** Of the same reading for page after page (known-readings.ts). */
const found = new WeakMap<Analysis, ReturnType<typeof shownFindings>>();
function foundIn(analysis: Analysis): ReturnType<typeof shownFindings> {
  const made = found.get(analysis) ?? shownFindings(analysis);
  found.set(analysis, made);
  return made;
}

/** What is told aloud when it changes while the page is open: the state, and what else came. */
function says(label: string, { parts, messages }: TicketPageData, decided: boolean): string {
  const due = decided ? parts.fixes.filter((fix) => fix.when === 'before_lift') : [];
  const done = due.filter((fix) => fix.state === 'verified' || fix.state === 'accepted').length;
  const ours = messages.filter((message) => message.byKind !== 'customer').length;
  return [label, due.length > 0 && `${done} of ${due.length} fixes done`, ours > 0 && `${ours} ${ours === 1 ? 'message' : 'messages'} from us`].filter(Boolean).join(', ');
}

/** The page behind a status link: where the ticket stands, and nothing that belongs to a person. */
export function statusPage(input: PageInput) {
  const base = shownBase(input);
  const { notice: full, ...rest } = base;
  return {
    ...rest,
    // Actions need a sign-in; a reviewer's question may hold personal data.
    notice: { ...full, action: undefined, paragraphs: input.data.asked && base.state === 'awaiting_evidence' ? ['A reviewer waits for an answer from the account.'] : full.paragraphs },
    readOnly: true,
    fixes: base.decided ? { ...fixList(input), items: fixList(input).items.map(({ title, state, chip, when }) => ({ title, state, chip, when })) } : null,
    decision: base.decided ? { ...decision(input), parts: decision(input).parts.filter((part) => part.title === 'The rule' || part.title === 'Was a machine involved?') } : null,
  };
}

function shownBase({ data, fixTexts, now, wait, expireDays, fixDays }: PageInput) {
  const { ticket, parts, reached } = data;
  const state = shownState(ticket.state, parts.decision?.state ?? null);
  const decided = parts.decision !== null && parts.decision.state === 'final' && ['lift', 'require_fixes', 'uphold'].includes(parts.decision.outcome);
  const toDo = parts.fixes.filter((fix) => fix.when === 'before_lift' && (fix.state === 'open' || fix.state === 'failed'));
  const looking = parts.fixes.some((fix) => fix.when === 'before_lift' && fix.state === 'reported' && fixTexts(fix).checkable);
  const blockedAgain = ticket.blockedAgainAt !== null;
  const label = stateLabel(state, { blockedAgain });
  const steps: Step[] = progress(state, { reached: decided ? reached : { ...reached, decided: null, lifting: null }, fixesOpen: toDo.length, asked: data.asked, wait, blockedAgain, closedReason: ticket.closedReason });
  const look = blockedAgain && state === 'lifted' ? { tone: 'bad' as const, icon: 'alert-triangle' } : CHIP[state];
  const detections = ticket.block.detections ?? [];
  // The ticket's own deadline may be the next reminder; what the customer must know is when the wait ends.
  const days = state === 'awaiting_fixes' ? fixDays : state === 'awaiting_evidence' ? expireDays : null;
  const waitEnds = days === null ? null : new Date(ticket.stateSince.getTime() + days * 24 * HOUR);
  return {
    title: `${label}, ${ticket.ref}`,
    ref: ticket.ref, ip: ticket.ip, kind: ticket.kind, spam: ticket.kind === 'spam', claim: ticket.claim,
    claimWords: ticket.claim === 'mistake' ? 'It was a mistake' : 'I fixed it',
    heading: `${ticket.kind === 'spam' ? 'Spam' : 'Hack'} block on ${ticket.ip}`,
    blockedAt: ticket.blockedAt, createdAt: ticket.createdAt, state, decided, blockedAgain,
    chip: { ...look, label },
    notice: notice({ data, state, wait, fixTitles: toDo.map((fix) => fixTexts(fix).title), looking, canAppeal: canAppeal(data, now), until: waitEnds }) satisfies Notice,
    steps: steps.map((step, i) => ({ ...step, number: i + 1 })),
    liftedAt: parts.lift?.confirmedAt ? new Date(parts.lift.confirmedAt) : (reached.lifted ?? null),
    alertTotal: Math.max(ticket.block.detectionsTotal ?? 0, detections.length),
    earliest: ticket.block.releaseAllowedAt && Date.parse(ticket.block.releaseAllowedAt) > now.getTime() && isOpen(ticket.state) ? ticket.block.releaseAllowedAt : null,
  };
}

function decision({ data, now }: PageInput): { title: string; at: string; parts: StatementPart[] } {
  const { ticket, parts } = data;
  const made = parts.decision;
  if (!made) {
    throw new Error('A decision is shown only when there is one.');
  }
  const outcome = made.outcome as 'lift' | 'require_fixes' | 'uphold' | 'request_information' | 'hold';
  const lookedAt = ticket.appealedAt !== null;
  const TITLES = { lift: lookedAt ? 'overturned, lifted' : 'lift', require_fixes: 'fixes needed', uphold: 'not lifted', request_information: 'a question', hold: 'waiting' };
  return {
    title: `Decision: ${TITLES[outcome]}`, at: made.decidedAt,
    parts: statementOfReasons({
      ip: ticket.ip, kind: ticket.kind, claim: ticket.claim, blockedAt: ticket.blockedAt, detections: ticket.block.detections ?? [],
      detectionsTotal: ticket.block.detectionsTotal ?? null, outcome, reasons: made.reasons, statement: made.statement, liftWhenVerified: made.liftWhenVerified,
      analysed: parts.analysis !== null, canAppeal: canAppeal(data, now), fixesBefore: parts.fixes.filter((fix) => fix.when === 'before_lift').length,
    }),
  };
}

/** One appeal, within 14 days of a final decision not to lift. */
export function canAppeal({ ticket, parts }: TicketPageData, now: Date): boolean {
  const made = parts.decision;
  return ticket.state === 'upheld' && ticket.appealedAt === null && made?.outcome === 'uphold' && made.state === 'final'
    && now.getTime() - Date.parse(made.decidedAt) < APPEAL_DAYS * 24 * HOUR;
}

function watch(liftedAt: Date | null, now: Date, hours: number) {
  if (!liftedAt) {
    return null;
  }
  const passed = Math.max(0, Math.min(hours, Math.floor((now.getTime() - liftedAt.getTime()) / HOUR)));
  return { until: new Date(liftedAt.getTime() + hours * HOUR), passed, hours, percent: `${Math.max(1, Math.round((passed / hours) * 100))}%`, over: passed >= hours };
}

function whoWrote({ byKind, channel }: { byKind: string; channel: string }): string {
  const who = byKind === 'customer' ? 'You' : byKind === 'reviewer' ? 'Reviewer' : byKind === 'noc' ? 'Control panel' : 'Automatic';
  return channel === 'mail' ? `${who}, by mail` : who;
}

/** What was sent: files by their names, all else once for each kind, with how many; and what came by the link for an administrator. */
function sent({ files }: TicketPageData): { label: string }[] {
  const named = files.filter((file) => file.name !== null);
  const unnamed = files.filter((file) => file.name === null);
  const kind = ({ type, byLink }: TicketPageData['files'][number]): string => (byLink ? `${type}, from your administrator` : type);
  return [...new Set(unnamed.map(kind))].map((each) => {
    const n = unnamed.filter((file) => kind(file) === each).length;
    return { label: n === 1 ? each : `${each} (${n})` };
  }).concat(named.map((file) => ({ label: `${file.name ?? ''}${file.byLink ? ', from your administrator' : ''}` })));
}

const hasAny = (found: ReturnType<typeof shownFindings>): boolean => found.speaksForYou.length + found.raisesDoubt.length + found.wantsMore.length + found.cannotTell.length > 0;
