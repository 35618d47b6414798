import { OUTCOMES, REASONS_FOR } from '../core/decision/outcome';
import { FIXES } from '../core/fixes/catalogue';
import { REASONS } from '../core/texts/reasons';
import { may } from '../core/policy/may';
import type { StaffRole } from '../auth/staff-member.entity';
import { ON_PAGE, whenOf } from './decide.view';
import { UNTOUCHED, type BulkDraft } from './incident.form';
import type { FieldError } from '../platform/http/errors';
import type { Cause, Incident, IncidentDecision, IncidentLine, IncidentTicket, Suggestion } from './incident.query';
import { KINDS, OUTCOMES as SAYS, readingChip, STATES, type Tone } from './words';
import type { State } from '../core/ticket/states';
import type { Assessment } from '../core/rules/analysis';

export const CAUSES: Record<Cause, { label: string; icon: string }> = { rule: { label: 'filter rule', icon: 'filter' }, script: { label: 'script', icon: 'file' }, network: { label: 'network', icon: 'building' } };
const RESULTS: Record<string, { tone: Tone; icon: string; word: string; many?: string }> = {
  waiting: { tone: 'unknown', icon: 'hourglass', word: 'waits for its turn', many: 'wait for their turn' }, decided: { tone: 'good', icon: 'circle-check', word: 'decided' },
  second: { tone: 'warn', icon: 'users', word: 'waits for a second person', many: 'wait for a second person' }, refused: { tone: 'bad', icon: 'circle-x', word: 'not decided' },
};

/** What templates/review/incidents.hbs shows. */
export function incidentsView(lines: IncidentLine[], suggestions: Suggestion[], role: StaffRole) {
  const shown = (line: IncidentLine) => ({ ...line, href: `/desk/incidents/${line.id}`, cause: CAUSES[line.trait] });
  return {
    title: 'Incidents', mayLink: may(role, 'link_incident'), open: lines.filter((line) => line.endedAt === null).map(shown), ended: lines.filter((line) => line.endedAt !== null).map(shown),
    suggestions: suggestions.map((one) => ({ ...one, cause: CAUSES[one.trait], name: `${CAUSES[one.trait].label} ${one.value}` })),
  };
}

export interface IncidentPage {
  incident: Incident;
  tickets: IncidentTicket[];
  suggested: IncidentTicket[];
  decisions: IncidentDecision[];
  /** fixes that the readings ask for */
  asked: { code: string; tickets: number }[];
  role: StaffRole;
  draft: BulkDraft | null;
  problems: FieldError[];
  said: string | null;
}

const OPEN = (ticket: IncidentTicket): boolean => !['lifted', 'upheld', 'closed'].includes(ticket.state);
/** What can be decided as it stands; the rest is shown and left out. */
const DECIDABLE = ['queued', 'in_review'];

/** What templates/review/incident.hbs shows. */
export function incidentView({ incident, tickets, suggested, decisions, asked, role, draft, problems, said }: IncidentPage) {
  // What an earlier decision still comes to is not decided once more meanwhile.
  const next = new Set(decisions.flatMap(({ results }) => results.flatMap((result) => (result.state === 'waiting' ? [result.ref] : []))));
  const decidable = (ticket: IncidentTicket): boolean => DECIDABLE.includes(ticket.state) && !next.has(ticket.ref);
  const line = (ticket: IncidentTicket) => ({
    ...ticket, href: `/desk/tickets/${ticket.ref}`, kindLabel: KINDS[ticket.kind].label, who: ticket.accountName ?? ticket.accountId, stateWord: next.has(ticket.ref) ? 'Waits for its turn' : STATES[ticket.state as State],
    reading: readingChip(ticket.assessment as Assessment | null, ticket.confidence), value: `${ticket.ref}:${ticket.version}`, decidable: decidable(ticket),
    ticked: draft?.ticked ? draft.ticked.includes(ticket.ref) : ticket.state === 'queued',
  });
  const waiting = next.size;
  const running = decisions.filter(({ results }) => results.some((result) => result.state === 'waiting')).flatMap(({ results }) => results);
  const done = running.filter((result) => result.state !== 'waiting').length;
  const now = draft ?? UNTOUCHED;
  const fixes = fixesView(now, asked);
  return {
    ...incident, href: `/desk/incidents/${incident.id}`, cause: CAUSES[incident.trait], said, live: incident.endedAt === null, waiting, progress: { done, total: running.length, percent: Math.round((99 * done) / Math.max(running.length, 1)) },
    mayLink: may(role, 'link_incident') && incident.endedAt === null, mayDecide: may(role, 'decide_incident') && incident.endedAt === null && tickets.some(decidable), mayStop: may(role, 'decide_incident'),
    open: tickets.filter(OPEN).length, tickets: tickets.map(line), suggested: suggested.map(line), problems: problems.map(({ field, code, message }) => ({ text: ON_PAGE[`${field}.${code}`] ?? message, href: `#${field === 'requiredFixes' ? 'fixes' : field}` })),
    outcomes: OUTCOMES.filter((outcome) => outcome !== 'hold').map((value) => ({ value, label: { lift: 'Lift', uphold: 'Uphold', request_information: 'Ask', require_fixes: 'Fixes', hold: 'Hold' }[value], checked: now.outcome === value })),
    reasons: (['lift', 'require_fixes', 'request_information'] as const).map((group) => ({
      // The lists of "uphold" and "fixes" are one.
      classes: group === 'require_fixes' ? 'for-require_fixes for-uphold' : `for-${group}`, reasons: REASONS_FOR[group].map((code) => ({ code, label: REASONS[code]?.label ?? code, checked: now.reason.includes(code) })) })),
    shownFixes: fixes.filter((fix) => fix.tickets > 0 || fix.checked), moreFixes: fixes.filter((fix) => fix.tickets === 0 && !fix.checked), liftWhenVerified: now.liftWhenVerified,
    statement: now.statement, paces: [10, 30, 60, 300].map((value) => ({ value, selected: value === now.perMinute })),
    decisions: decisions.map((decision) => ({
      ...decision, outcome: SAYS[decision.proposal.outcome ?? 'hold'], statement: decision.proposal.statement,
      counts: Object.entries(RESULTS).map(([state, look]) => ({ look, count: decision.results.filter((result) => result.state === state).length })).filter(({ count }) => count > 0)
        .map(({ look, count }) => ({ ...look, count, word: count > 1 ? look.many ?? look.word : look.word })),
      results: decision.results.map((result) => ({ ...result, ...RESULTS[result.state], href: `/desk/tickets/${result.ref}` })),
    })),
  };
}

function fixesView(now: BulkDraft, asked: { code: string; tickets: number }[]) {
  const often = new Map(asked.map(({ code, tickets }) => [code, tickets]));
  return FIXES.map((fix) => ({
    code: fix.code, title: fix.title, checked: now.fix.includes(fix.code), tickets: often.get(fix.code) ?? 0, usual: fix.when, ...whenOf(now, fix.code, fix.when),
  })).sort((a, b) => b.tickets - a.tickets);
}
