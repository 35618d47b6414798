import { may } from '../core/policy/may';

import type { StaffRole } from '../auth/staff-member.entity';
import type { Told } from './problems';
import type { Place, Trial } from './routing-trial.service';
import { MOST_RULES, type TypedRule } from './routing.schema';
import type { VersionLine } from './versions.service';

const ANY = { value: '', label: 'any' };
const KINDS = [ANY, { value: 'spam', label: 'spam' }, { value: 'hack', label: 'hack' }];
const CLAIMS = [ANY, { value: 'mistake', label: 'a mistake' }, { value: 'fixed', label: 'fixed' }];
const READINGS = [
  ANY, { value: 'likely_false_positive', label: 'for the claim' }, { value: 'mixed', label: 'mixed' }, { value: 'likely_abuse', label: 'against it' },
  { value: 'insufficient_evidence', label: 'cannot tell' }, { value: 'none', label: 'not read yet' },
];
const chosen = (options: { value: string; label: string }[], value: string) =>
  [...options, ...(options.some((option) => option.value === value) ? [] : [{ value, label: value }])].map((option) => ({ ...option, selected: option.value === value }));

/** What a rule looks at, as chips. */
function conditions(rule: TypedRule): string[] {
  const label = (options: { value: string; label: string }[], value: string): string => options.find((option) => option.value === value)?.label ?? value;
  return [
    rule.kind && `${rule.kind} block`, rule.claim && `says ${label(CLAIMS, rule.claim)}`, rule.tier && `tier has ${rule.tier}`, rule.language && `language ${rule.language}`,
    rule.blocks && (rule.blocks === '2' ? 'blocked before' : `${rule.blocks} blocks or more in 30 days`), rule.assessment && `reading ${label(READINGS, rule.assessment)}`,
    rule.filterRule && `filter rule ${rule.filterRule}`, rule.prefix && `in ${rule.prefix}`,
  ].filter((text): text is string => text !== '');
}

/** What follows from it. */
function results(rule: TypedRule): string[] {
  const points = Number(rule.points);
  return [rule.queue && `to ${rule.queue}`, points ? `${points > 0 ? '+' : '−'}${Math.abs(points)} points` : '', rule.second ? 'second person' : ''].filter((text): text is string => text !== '');
}

export interface RoutingPage {
  version: number;
  typed: TypedRule[];
  why: string;
  problems: Told[];
  conflict: string | null;
  trial: Trial | null;
  history: VersionLine[];
  role: StaffRole;
  said: string | null;
  /** the draft differs from what is in force */
  isDraft: boolean;
  /** the rule whose fields stand open */
  open: number | null;
}

/** What templates/settings/routing.hbs shows. */
export function routingView({ version, typed, why, problems, conflict, trial, history, role, said, isDraft, open }: RoutingPage) {
  const wrong = new Set(problems.map(({ field }) => Number(field.split('.')[0])));
  return {
    title: 'Routing rules', version, why, whyMissing: problems.some(({ field }) => field === 'why'), count: typed.length, said, conflict, isDraft, full: typed.length >= MOST_RULES,
    maySave: may(role, 'change_routing'), maySecond: may(role, 'change_rules'),
    problems: problems.map(({ field, message }) => ruleProblem(field, message, typed)),
    rules: typed.map((rule, i) => ({
      bad: Object.fromEntries(problems.filter(({ field }) => Number(field.split('.')[0]) === i).map(({ field }) => [inputOf(nameOf(field)), true])),
      ...rule, i, no: i + 1, first: i === 0, last: i === typed.length - 1, open: wrong.has(i) || open === i, wrong: wrong.has(i), conditions: conditions(rule), results: results(rule), title: rule.name || 'New rule',
      kinds: chosen(KINDS, rule.kind), claims: chosen(CLAIMS, rule.claim), readings: chosen(READINGS, rule.assessment),
    })),
    trial: trial && trialView(trial), versions: versionsView(history, version),
  };
}

/** Fields by what stands beside them on the page; a list is one field there. */
const LABELS: Record<string, string> = {
  kind: 'Block', claim: 'Customer says', assessment: 'Reading', blocksFrom: 'Blocks in 30 days', tier: 'Tier has', language: 'Language', filterRule: 'Rule of the filter', prefix: 'Within the network',
  queue: 'Queue', points: 'Points of urgency', secondPerson: 'Second person',
};
const nameOf = (field: string): string => field.split('.').slice(1).filter((part) => part !== 'when' && !/^\d+$/.test(part)).join(' ');
const inputOf = (name: string): string => (name === 'blocksFrom' ? 'blocks' : name === 'secondPerson' ? 'second' : name);

function ruleProblem(field: string, message: string, typed: TypedRule[]): { text: string; href: string } {
  const at = field.split('.', 1)[0];
  const [rule, name] = [typed[Number(at)], nameOf(field)];
  return rule ? { text: `${rule.name || `Rule ${Number(at) + 1}`}: ${name === 'name' ? '' : `${LABELS[name] ?? name}: `}${message}`, href: name === '' ? `#rule-${at}` : `#${inputOf(name)}-${at}` } : { text: `${field === 'why' ? 'Why' : field}: ${message}`, href: field === 'why' ? '#why' : '#rules' };
}

const place = ({ queue, priority, secondPerson }: Place): string => `${queue}, ${priority}${secondPerson ? ', two people' : ''}`;

function trialView(trial: Trial) {
  const parts = [
    trial.moreUrgent && `${trial.moreUrgent} more urgent`, trial.lessUrgent && `${trial.lessUrgent} less urgent`,
    trial.secondMore && `${trial.secondMore} more for two people`, trial.secondLess && `${trial.secondLess} fewer for two people`,
  ].filter(Boolean);
  return {
    ...trial, says: trial.changed === 0 ? 'Nothing would change.' : `${trial.changed} of them would change${parts.length > 0 ? `: ${parts.join(', ')}` : ''}.`, more: trial.changed > trial.examples.length ? trial.changed - trial.examples.length : 0,
    queues: trial.queues.map((queue) => ({ ...queue, change: queue.after - queue.before, sign: queue.after > queue.before ? '+' : queue.after < queue.before ? '−' : '', by: Math.abs(queue.after - queue.before) })),
    examples: trial.examples.map(({ before, after, because, ...ticket }) => ({ ...ticket, href: `/desk/tickets/${ticket.ref}`, before: place(before), after: place(after), urgency: after.priority > before.priority ? 'up' : after.priority < before.priority ? 'down' : null, because: because.join(', ') || 'no rule' })),
    silent: trial.rules.filter(({ spoke }) => spoke === 0).map(({ name }) => name).join(', '),
  };
}

/** The saves of a setting, and what can be put back. */
export function versionsView(history: VersionLine[], version: number) {
  const begin = { version: 0, why: 'What the desk began with', byName: '', at: null as Date | null };
  return [...history, ...(history.at(-1)?.version === 1 || history.length === 0 ? [begin] : [])].map((line) => ({ ...line, current: line.version === (history[0]?.version ?? 0), shown: line.version === version }));
}

