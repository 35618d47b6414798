import type { EvidenceItem } from '../core/evidence/evidence';
import { askFor } from '../core/texts/evidence';
import { count, moment } from '../core/texts/moment';
import { statementOfReasons, whatHappened, type StatementInput, type StatementPart } from '../core/texts/statement';
import { understoodInWords, type UnderstoodClaim } from '../core/texts/understood';
import type { Block, BlockKind, Claim } from '../core/ticket/block';
import { stateLabel } from '../core/ticket/state-label';
import type { ClosedReason, State } from '../core/ticket/states';
import { LOOK, type PlainMail, type TicketMail, type Tone } from './mail-templates';

/** A fix as a mail shows it. */
export interface MailFix {
  when: 'before_lift' | 'after_lift' | 'advice';
  done: boolean;
  title: string;
  why: string;
  how: string[];
  /** records to publish, values to enter */
  values: { name: string; value: string }[];
  /** what the reviewer added */
  note: string | null;
}

/** What the mail room has to gather; everything that the templates say is made of it. */
export interface MailFacts {
  publicUrl: string;
  ref: string;
  state: State;
  ip: string;
  kind: BlockKind;
  claim: Claim;
  blockedAt: Date;
  block: Pick<Block, 'detections' | 'detectionsTotal' | 'releaseAllowedAt'>;
  accountId: string;
  missing: EvidenceItem[];
  /** when the wait for the customer ends */
  until: Date | null;
  /** when a decision was promised */
  promisedBy: Date | null;
  /** "about 40 minutes", or null when nobody can say */
  wait: string | null;
  queueInspected: boolean;
  analysed: boolean;
  decision: { outcome: StatementInput['outcome']; reasons: string[]; statement: string; decidedAt: Date; liftWhenVerified: boolean } | null;
  fixes: MailFix[];
  liftedAt: Date | null;
  watchUntil: Date | null;
  /** the NOC's "not before", when it refused a lift as too early */
  retryAt: Date | null;
  appealed: boolean;
  closedReason: ClosedReason | null;
  /** the block that came after the lift */
  blockedAgain: { at: Date; detections: Block['detections']; detectionsTotal: number | null } | null;
  /** true for the last reminder before the ticket is closed */
  lastReminder: boolean;
  /** what a reviewer wrote, for `message` */
  text: string | null;
  /** what the mail that opened the ticket was understood to say */
  understood: UnderstoodClaim | null;
}

/** What every page of a mail needs: the frame around its words. */
export interface MailFrame {
  ref: string | null;
  /** the state in the words of the page; null for mails that are about no state */
  label: string | null;
  labelCapitals: string | null;
  tone: Tone;
  toneColour: string;
  preheader: string;
  ticketUrl: string | null;
  canReply: boolean;
  /** why the customer gets it */
  because: string;
}

const COLOUR: Record<Tone, string> = { good: '#1b6f40', warn: '#7c5618', bad: '#a8302b', unknown: '#555e6e' };
const APPEAL_DAYS = 14;
const DAY = 86_400_000;

/** Everything that the templates of a mail about a ticket may show. */
export type TicketMailModel = MailFrame & ReturnType<typeof words>;

/** The model of one mail about a ticket. Pure; the same facts give the same mail. */
export function ticketMail(template: TicketMail, facts: MailFacts): TicketMailModel {
  const look = LOOK[template];
  const state = template === 'reminder' ? facts.state : look.state;
  const label = state === null ? null : stateLabel(state, { blockedAgain: template === 'blocked-again' });
  // Put into the large object: spread into a third one, its forty properties cost as much as all the words in them.
  return Object.assign(words(facts, template), frame(look.tone, look.preheader), {
    ref: facts.ref,
    label,
    labelCapitals: label?.toUpperCase() ?? null,
    ticketUrl: `${facts.publicUrl}/tickets/${facts.ref}`,
    canReply: true,
    because: `You get this mail because ${facts.ip} belongs to your account ${facts.accountId}.`,
  });
}

/** The model of a mail that is about no ticket. It holds no text that anybody submitted. */
export function plainMail(template: Exclude<PlainMail, 'promises-missed'>, facts: { url: string; minutes?: number; accountId?: string }): MailFrame & { url: string; minutes: number } {
  const look: Record<Exclude<PlainMail, 'promises-missed'>, { preheader: string; because: string }> = {
    'sign-in-link': { preheader: 'Works once.', because: 'You get this mail because somebody asked for a link with this address.' },
    'not-verified': { preheader: 'We have kept your mail.', because: 'You get this mail because a message with this sender reached us.' },
    'confirm-claim': { preheader: 'One click, and it goes on. If it was not you, nothing happens.', because: `You get this mail because you are a contact of account ${facts.accountId ?? ''}.` },
    'mail-question': { preheader: 'One line from you, and it goes on.', because: 'You get this mail because you wrote to us.' },
  };
  return { ...frame('unknown', look[template].preheader), because: look[template].because, url: facts.url, minutes: facts.minutes ?? 10 };
}

/** The frame of a mail that is about no ticket and expects no answer. */
export function frame(tone: Tone, preheader: string): MailFrame {
  return { ref: null, label: null, labelCapitals: null, tone, toneColour: COLOUR[tone], preheader, ticketUrl: null, canReply: false, because: '' };
}

function words(facts: MailFacts, template: TicketMail) {
  const text = (at: Date | string | null | undefined): string | null => moment(at)?.text ?? null;
  const shown = facts.fixes.filter((fix) => !fix.done).map((fix) => ({ ...fix, values: inOne(fix.values), titleCapitals: fix.title.toUpperCase(), position: 0 }));
  const before = shown.filter((fix) => fix.when === 'before_lift').map((fix, i) => ({ ...fix, position: i + 1 }));
  const missing = facts.missing.map((item) => askFor(item, facts)).map((ask) => ({ ...ask, titleCapitals: ask.title.toUpperCase() }));
  const appealUntil = facts.decision?.outcome === 'uphold' && !facts.appealed ? new Date(facts.decision.decidedAt.getTime() + APPEAL_DAYS * DAY) : null;
  const again = facts.blockedAgain;
  return {
    ip: facts.ip,
    kind: facts.kind,
    isSpam: facts.kind === 'spam',
    blockedAt: text(facts.blockedAt),
    wait: facts.wait,
    promisedBy: text(facts.promisedBy),
    things: missing.length === 1 ? 'One thing is' : `${spelled(missing.length)} things are`,
    missing,
    earliest: text(facts.retryAt ?? facts.block.releaseAllowedAt),
    until: moment(facts.until, 'day')?.text ?? null,
    statement: facts.decision?.statement ?? null,
    changes: count(before.length, 'change'),
    changesInWords: `${spelled(before.length)} change${before.length === 1 ? '' : 's'}`,
    liftWhenVerified: facts.decision?.liftWhenVerified ?? false,
    before,
    after: shown.filter((fix) => fix.when === 'after_lift'),
    advice: shown.filter((fix) => fix.when === 'advice'),
    // What the reviewer wrote stands on top of that mail already.
    why: reasons(facts, before.length, appealUntil !== null).filter((part) => template !== 'fixes-required' || part.title !== 'What we think')
      .map(({ title, text: says }) => ({ title: title.endsWith('?') ? title : `${title}:`, text: says })),
    queueInspected: facts.queueInspected,
    liftedAt: text(facts.liftedAt),
    watchUntil: text(facts.watchUntil),
    appealUntil: moment(appealUntil, 'day')?.text ?? null,
    blockedAgainAt: text(again?.at),
    saw: again ? whatHappened({ ip: facts.ip, kind: facts.kind, blockedAt: again.at, detections: again.detections ?? [], detectionsTotal: again.detectionsTotal }) : null,
    claimUrl: `${facts.publicUrl}/appeals/new?claim=fixed`,
    closedBecause: facts.closedReason ? CLOSED[facts.closedReason] : 'Nothing more is needed.',
    next: facts.closedReason ? NEXT[facts.closedReason] : null,
    open: facts.state === 'awaiting_fixes' ? before.map((fix) => fix.title) : missing.length > 0 ? missing.map((ask) => ask.title) : ['Your answer to the reviewer’s question'],
    last: facts.lastReminder,
    text: facts.text,
    understood: facts.understood ? understoodInWords(facts.understood) : null,
  };
}

const CLOSED: Record<ClosedReason, string> = {
  withdrawn: 'You withdrew it. Nothing was decided, and the block was not touched.',
  expired: 'We waited for your answer, and none came in time. The block still stands.',
  duplicate: 'Another ticket of yours deals with the same block. It goes on there.',
  not_owner: 'The address does not belong to your account, as far as our control panel knows.',
  block_already_gone: 'The block is gone already, so nothing had to be lifted.',
};
const NEXT: Record<ClosedReason, string | null> = {
  withdrawn: 'While the block stands you can make a new claim at any time.',
  expired: 'While the block stands you can open the ticket again with one click. Everything you sent is still there.',
  duplicate: null,
  not_owner: 'If it should be yours, ask your account manager or support to correct it, then claim again.',
  block_already_gone: null,
};

function reasons(facts: MailFacts, fixesBefore: number, canAppeal: boolean): StatementPart[] {
  if (!facts.decision) {
    return [];
  }
  return statementOfReasons({
    ip: facts.ip, kind: facts.kind, claim: facts.claim, blockedAt: facts.blockedAt, detections: facts.block.detections ?? [],
    detectionsTotal: facts.block.detectionsTotal ?? null, ...facts.decision, analysed: facts.analysed, canAppeal, fixesBefore,
  });
}

/** A record in one line and its value: "TXT at example.org". */
function inOne(values: MailFix['values']): MailFix['values'] {
  const of = (name: string): string | undefined => values.find((each) => each.name === name)?.value;
  const [type, name, value] = [of('Type'), of('Name'), of('Value')];
  return type && name && value ? [{ name: `${type} at ${name}`, value }] : values;
}

function spelled(n: number): string {
  return ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine'][n] ?? String(n);
}
