import { OUTCOMES, REASONS_FOR, type Outcome } from '../core/decision/outcome';
import { REASONS } from '../core/texts/reasons';
import { may } from '../core/policy/may';
import type { StaffRole } from '../auth/staff-member.entity';
import type { FieldError } from '../platform/http/errors';
import type { Cause, Incident, IncidentDecision, IncidentLine, IncidentTicket, Suggestion } from './incident.query';
import { KINDS, OUTCOMES as SAYS, readingChip, STATES, type Tone } from './words';
import type { State } from '../core/ticket/states';
import type { Assessment } from '../core/rules/analysis';

export const CAUSES: Record<Cause, { label: string; icon: string }> = { rule: { label: 'filter rule', icon: 'filter' }, script: { label: 'script', icon: 'file' }, network: { label: 'network', icon: 'building' } };
const RESULTS: Record<string, { tone: Tone; icon: string; word: string }> = {
  waiting: { tone: 'unknown', icon: 'hourglass', word: 'waits for its turn' }, decided: { tone: 'good', icon: 'circle-check', word: 'decided' },
  second: { tone: 'warn', icon: 'users', word: 'waits for a second person' }, refused: { tone: 'bad', icon: 'circle-x', word: 'not decided' },
};

/** What templates/review/incidents.hbs shows. */
export function incidentsView(lines: IncidentLine[], suggestions: Suggestion[], role: StaffRole) {
  const shown = (line: IncidentLine) => ({ ...line, href: `/desk/incidents/${line.id}`, cause: CAUSES[line.trait] });
  return {
    title: 'Incidents', mayLink: may(role, 'link_incident'), open: lines.filter((line) => line.endedAt === null).map(shown), ended: lines.filter((line) => line.endedAt !== null).map(shown),
    suggestions: suggestions.map((one) => ({ ...one, cause: CAUSES[one.trait], name: `${CAUSES[one.trait].label} ${one.value}` })),
  };
}

export interface BulkDraft {
  outcome?: Outcome;
  reason: string[];
  statement: string;
  perMinute: number;
  /** references that are ticked; null: all that can be decided */
  ticked: string[] | null;
}

export interface IncidentPage {
  incident: Incident;
  tickets: IncidentTicket[];
  suggested: IncidentTicket[];
  decisions: IncidentDecision[];
  role: StaffRole;
  draft: BulkDraft | null;
  problems: FieldError[];
  said: string | null;
}

const OPEN = (ticket: IncidentTicket): boolean => !['lifted', 'upheld', 'closed'].includes(ticket.state);
/** What can be decided as it stands; the rest is shown and left out. */
const DECIDABLE = ['queued', 'in_review'];

/** What templates/review/incident.hbs shows. */
export function incidentView({ incident, tickets, suggested, decisions, role, draft, problems, said }: IncidentPage) {
  const line = (ticket: IncidentTicket) => ({
    ...ticket, href: `/desk/tickets/${ticket.ref}`, kindLabel: KINDS[ticket.kind].label, who: ticket.accountName ?? ticket.accountId, stateWord: STATES[ticket.state as State],
    reading: readingChip(ticket.assessment as Assessment | null, ticket.confidence), value: `${ticket.ref}:${ticket.version}`, decidable: DECIDABLE.includes(ticket.state),
    ticked: draft?.ticked ? draft.ticked.includes(ticket.ref) : ticket.state === 'queued',
  });
  const waiting = decisions.reduce((sum, decision) => sum + decision.results.filter(({ state }) => state === 'waiting').length, 0);
  const now = draft ?? { reason: [], statement: '', perMinute: 30, ticked: null };
  return {
    ...incident, href: `/desk/incidents/${incident.id}`, cause: CAUSES[incident.trait], said, live: incident.endedAt === null, waiting,
    mayLink: may(role, 'link_incident') && incident.endedAt === null, mayDecide: may(role, 'decide_incident') && incident.endedAt === null && tickets.some((ticket) => DECIDABLE.includes(ticket.state)),
    open: tickets.filter(OPEN).length, tickets: tickets.map(line), suggested: suggested.map(line), problems: problems.map(({ field, message }) => ({ text: message, href: `#${field === 'tickets' ? 'tickets' : field}` })),
    outcomes: OUTCOMES.filter((outcome) => outcome !== 'hold' && outcome !== 'require_fixes').map((value) => ({ value, label: { lift: 'Lift', uphold: 'Uphold', request_information: 'Ask', require_fixes: 'Fixes', hold: 'Hold' }[value], checked: now.outcome === value })),
    reasons: (['lift', 'uphold', 'request_information'] as const).map((group) => ({ classes: `for-${group}`, reasons: REASONS_FOR[group].map((code) => ({ code, label: REASONS[code]?.label ?? code, checked: now.reason.includes(code) })) })),
    statement: now.statement, paces: [10, 30, 60, 300].map((value) => ({ value, selected: value === now.perMinute })),
    decisions: decisions.map((decision) => ({
      ...decision, outcome: SAYS[decision.proposal.outcome ?? 'hold'], statement: decision.proposal.statement,
      counts: Object.entries(RESULTS).map(([state, look]) => ({ ...look, count: decision.results.filter((result) => result.state === state).length })).filter(({ count }) => count > 0),
      results: decision.results.map((result) => ({ ...result, ...RESULTS[result.state], href: `/desk/tickets/${result.ref}` })),
    })),
  };
}
