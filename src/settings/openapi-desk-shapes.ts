import { z } from 'zod';
import { full, list, maybe, oneOf, ref, shape, text, time, whole, yesNo } from './openapi-schema';
import { cannedParts } from './parts.schema';
import { promises } from './promises.schema';
import { routingRules } from './routing.schema';

/** What a setting holds, as the schema that checks it when it is saved says. */
const saved = (schema: z.ZodType): object => z.toJSONSchema(schema, { target: 'openapi-3.0', io: 'output', unrepresentable: 'any' });
const setting = (name: string, body: z.ZodType, description: string) => full({ version: whole('to save on; 0 is what the desk began with'), [name]: saved(body), versions: list(ref('Version'), 'the newest first, at most 30') }, { description });

const KIND = oneOf(['spam', 'hack']);
const CAUSE = oneOf(['rule', 'script', 'network']);
const TRAIT = oneOf(['address', 'network', 'account', 'rule', 'domain', 'script']);
const MAIL_STATES = ['stored', 'pending', 'ticket', 'reply', 'bounce', 'automatic', 'duplicate', 'quarantined'];
const PLACE = full({ queue: text(), priority: whole('points of urgency'), secondPerson: yesNo('a lift takes two people') });
const NUMBER = (name: string, says: string) => full({ [name]: whole(says) }, { description: says });

const THERE = full({ name: text(), doing: oneOf(['looking', 'typing']) });
const REMEMBERED = {
  ref: text(), kind: KIND, ip: text(), state: text(), claim: oneOf(['mistake', 'fixed']), closedReason: maybe('of a closed ticket'), createdAt: time('when'), outcome: maybe('the decision that stands'),
  reasons: { ...list(text('code')), nullable: true }, liftedAt: time('read back as gone', true), blockedAgainAt: time('the lift did not hold', true), hadFixes: yesNo('fixes were asked for'),
};
const INCIDENT = { id: text(), trait: CAUSE, value: text('the cause: a name of a rule or script, or a network'), title: text(), byName: text('who made it'), createdAt: time('when'), endedAt: time('when it ended', true) };
const INCIDENT_TICKET = full({
  ref: text(), ip: text(), kind: KIND, claim: oneOf(['mistake', 'fixed']), accountId: text(), accountName: maybe('as the NOC names it'), state: text(), version: whole('for a decision'), assessment: maybe('of the reading'),
  confidence: { type: 'number', nullable: true }, takenByName: maybe('who has it'), createdAt: time('when'),
});

/** What the calls of the desk itself answer. A test holds each to real answers. */
export const DESK_SHAPES: Record<string, object & { description?: string }> = {
  BlockEvent: full({ event: oneOf(['blocked', 'unblocked']), ip: text('in RFC 5952 form'), kind: KIND, blockedAt: time('of the episode') }, { description: 'The event as it was understood.' }),
  StoredMail: full({ id: text(), state: oneOf(MAIL_STATES, '`stored`, unless the same mail came before') }, { description: 'The mail is stored.' }),
  InboundMailList: full({
    items: list(full({ id: text(), state: oneOf(MAIL_STATES), reason: maybe('why, in a word'), ticket: maybe('reference'), door: oneOf(['api', 'smtp', 'lmtp', 'imap', 'pipe']), from: maybe('address of the sender'), subject: maybe('decoded'), messageId: maybe('as written'), size: whole('bytes'), receivedAt: time('when') })),
    next: maybe('cursor of the next page; null on the last'), counts: { type: 'object', additionalProperties: { type: 'integer' }, description: 'mails by state' },
  }, { description: 'Mails, the newest first.' }),
  FilterAdjustmentList: full({ items: list(ref('FilterAdjustment')), next: maybe('cursor of the next page; null on the last') }, { description: 'Filter adjustments, the newest first.' }),
  Queue: full({
    items: list(full({
      ref: text(), ip: text(), prefix: maybe('the network that is blocked'), kind: KIND, claim: oneOf(['mistake', 'fixed']), state: text(), account: full({ id: text(), name: maybe('as the NOC names it') }), tier: maybe('as the NOC names it'), assessment: maybe('of the reading'),
      confidence: { type: 'number', nullable: true }, repeats: whole('earlier blocks within 30 days'), secondPerson: list(text(), 'why a lift takes two people'), liftFailed: maybe('why the last lift came back'), blockedAgainAt: time('after its lift', true), takenBy: maybe('id of who has it'), takenByName: maybe('their name'),
      priority: whole('points of urgency'), dueAt: time('a decision is promised', true), createdAt: time('when'), version: whole('for a decision'), why: text('why it stands where it stands'), there: list(THERE),
    })),
    next: maybe('cursor of the next page; null on the last'), counts: { type: 'object', additionalProperties: { type: 'integer' }, description: 'tickets by queue; 1,000 means: or more' },
  }, { description: 'Tickets in the order of the queue.' }),
  Beside: full({
    promise: maybe('when the decision is due, and by what promise'), holder: maybe('who has it'), yours: yesNo('this person has it'), leaseUntil: time('the lease ends', true), whyNot: maybe('why this person may not judge it'), there: maybe('who else has it open'),
    second: maybe('why a lift would take a second person'), parts: list(full({ key: text(), label: text(), text: text('with gaps in square brackets') }), 'canned parts, for who has it'),
  }, { description: 'What stands beside the ticket.' }),
  Here: full({ version: whole('of the ticket now'), state: text(), yours: yesNo('this person has it'), leaseUntil: time('until when', true), there: list(THERE, 'who else has it open') }, { description: 'How the ticket stands for this person.' }),
  Letter: full({ to: text('address of the customer'), subject: maybe('null where nothing is sent'), parts: list(full({ title: text(), text: text() })), gaps: list(text(), 'left in the statement: it cannot be sent so') }, { description: 'The mail as it would be.' }),
  BulkResults: full({ results: list(full({ ref: text(), ok: yesNo('it was done'), status: whole('what a single call would have answered'), detail: text('in words'), changed: list(text(), 'what happened since it was read'), decision: text('`ask`: the id of the decision, with which it is undone') }, { optional: ['changed', 'decision'] })) }, { description: 'One result for each ticket, in order.' }),
  SavedView: full({ id: text(), name: text(), query: { type: 'object', additionalProperties: true, description: 'the filters, as in the address of the queue' }, shared: yesNo('everybody sees it'), staffId: text('whose it is'), by: text('their name') }, { description: 'The view.' }),
  SavedViewList: full({ items: list(ref('SavedView')) }, { description: 'Views of one’s own first, then shared ones.' }),
  Skills: full({ queues: list(text(), 'empty: all') }, { description: 'The queues as they are now.' }),
  SkillList: full({ items: list(full({ id: text(), name: text(), role: oneOf(['reviewer', 'senior', 'lead', 'auditor', 'admin']), queues: list(text(), 'empty: all') })), queues: list(text(), 'all that there are') }, { description: 'Colleagues with their queues, and all queues that there are.' }),
  Memory: full({
    blocks: list(full({ kind: KIND, blockedAt: time('when'), state: text(), endedAt: time('when it was gone', true), rules: list(text(), 'of the filter, at most 3') }), 'earlier blocks of the address (IPv6: of its /64), the newest first'),
    groups: list(full({ trait: TRAIT, value: text(), count: whole('earlier tickets; 30 means: or more'), tickets: list(full(REMEMBERED), 'the newest, at most 5') }), 'earlier tickets by what they share with this one'),
    similar: list(full({ ...REMEMBERED, why: text('why it is alike') }), 'the decided ones that are most alike, at most 3'),
    open: list(full({ trait: CAUSE, value: text(), count: whole('other open tickets of the last 7 days') })),
  }, { description: 'What the desk remembers.' }),
  Note: full({ id: text(), by: text('who'), at: time('when'), text: text() }, { description: 'The note.' }),
  NoteList: full({ items: list(ref('Note')) }, { description: 'Internal notes, the oldest first.' }),
  Incident: full(INCIDENT, { description: 'The incident.' }),
  IncidentList: full({
    incidents: list(full({ ...INCIDENT, tickets: whole('linked'), open: whole('of these, still open') })),
    suggestions: list(full({ trait: CAUSE, value: text(), tickets: whole('open ones that share it'), accounts: whole('whose they are'), since: time('the first of them') })),
  }, { description: 'Incidents, the open ones first, and causes that several open tickets share.' }),
  IncidentWhole: full({
    ...INCIDENT, tickets: list(INCIDENT_TICKET), suggested: list(INCIDENT_TICKET, 'open ones with the same cause that are not linked yet'),
    decisions: list(full({
      id: text(), perMinute: whole('decided at this pace'), byName: text('who'), at: time('when'),
      proposal: full({
        outcome: oneOf(['lift', 'require_fixes', 'uphold', 'request_information']), reasons: list(text('code')), statement: text(), requiredFixes: list(shape({ code: text(), when: oneOf(['before_lift', 'after_lift', 'advice']), note: text() })),
        liftWhenVerified: yesNo('the last verified fix lifts'), wakeAt: time('of a hold', true), filterAdjustment: { type: 'object', additionalProperties: true, nullable: true },
      }, { optional: ['requiredFixes', 'liftWhenVerified', 'wakeAt', 'filterAdjustment'] }),
      results: list(full({ ref: text(), ip: text(), state: oneOf(['waiting', 'decided', 'second', 'refused']), why: maybe('it was refused'), dueAt: time('its turn'), at: time('when it was decided', true) })),
    }), 'the newest first, each with the result of every ticket'),
  }, { description: 'The incident with its tickets and decisions.' }),
  Linked: NUMBER('linked', 'How many tickets are new in it.'),
  Stopped: NUMBER('stopped', 'How many had not had their turn.'),
  IncidentDecisionId: full({ id: text() }, { description: 'The decision: its results stand at the incident.' }),
  HandoverNote: full({ day: { type: 'string', format: 'date', description: 'on which the shift began' }, shift: text('its name'), text: text(), version: whole('to write on'), byName: text('who wrote last'), at: time('when') }, { description: 'The note of a shift.' }),
  Handover: full({ shift: full({ name: text(), day: { type: 'string', format: 'date' }, beganAt: time('when') }), note: { nullable: true, allOf: [ref('HandoverNote')] }, before: list(ref('HandoverNote'), 'the newest first') }, { description: 'The shift that is on, its note, and those before it.' }),
  Version: full({ version: whole('counted from 1'), why: text(), byName: text('who'), at: time('when') }, { description: 'One saved version of a setting.' }),
  SavedVersion: NUMBER('version', 'The number of the new version.'),
  RoutingSettings: setting('rules', routingRules, 'The rules in force, in their order, with all versions.'),
  PromisesSettings: setting('promises', promises, 'The promises in force, with all versions.'),
  PartsSettings: setting('parts', cannedParts, 'The canned parts in force, retired ones too, with all versions.'),
  RoutingTrial: full({
    tickets: whole('looked at'), changed: whole('would wait elsewhere, or be more or less urgent'), queues: list(full({ queue: text(), before: whole('tickets now'), after: whole('tickets with the draft') })), moreUrgent: whole('tickets'), lessUrgent: whole('tickets'),
    secondMore: whole('newly take two people'), secondLess: whole('no longer take two people'), rules: list(full({ name: text(), spoke: whole('for so many tickets') }), 'in order'),
    examples: list(full({ ref: text(), ip: text(), state: text(), before: PLACE, after: PLACE, because: list(text('name of a rule')) }), 'the newest of those that change'),
  }, { description: 'What the draft would change, rule by rule and ticket by ticket.' }),
  Alive: full({ status: oneOf(['ok']) }, { description: 'The process lives.' }),
  Readiness: full({ status: oneOf(['ok', 'degraded', 'unavailable', 'stopping']), database: yesNo('it answers'), carrier: text('who carries jobs'), paused: text('why outbound work waits'), redis: maybe('what is wrong with Redis') }, { description: 'What works, and what does not.', optional: ['paused', 'redis'] }),
};
