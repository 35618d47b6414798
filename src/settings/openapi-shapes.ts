/* JSON Schemas of what the API answers (contract, section 3), and the words for what it is asked. */

import { DESK_SHAPES } from './openapi-desk-shapes';
import { full, list, maybe, oneOf, orNull, ref, shape, text, time, whole } from './openapi-schema';

const STATES = ['received', 'awaiting_evidence', 'analysing', 'queued', 'in_review', 'second_review', 'on_hold', 'awaiting_fixes', 'lifting', 'lifted', 'upheld', 'closed'];
const KIND = oneOf(['spam', 'hack'], 'why the filter blocked: mail, or an attack');

/** What a ticket and its head in a list both have. */
const HEAD = {
  ref: text('such as UB-7K3Q-92X4'), externalRef: maybe('the NOC’s own reference'), state: oneOf(STATES), closedReason: { ...oneOf(['withdrawn', 'expired', 'duplicate', 'not_owner', 'block_already_gone']), nullable: true },
  stateLabel: text('the state in the customer’s words'), claim: oneOf(['mistake', 'fixed']), channel: text('by which door it came'), block: ref('Block'), account: shape({ id: text() }),
  missing: list(oneOf(['ip', 'block_time', 'headers', 'remediation', 'explanation', 'logs']), 'evidence that is still needed'),
  queue: text(), priority: whole('higher is more urgent'), takenBy: maybe('id of the person; for staff only'), dueAt: time('the decision is promised for', true), createdAt: time('when'), updatedAt: time('when'),
  version: whole('changed by state, evidence, analysis and decision; a decision names it'), links: shape({ self: text('this'), status: text('the customer’s page') }),
};

export const SHAPES: Record<string, object & { description?: string }> = {
  Block: shape({
    ip: text('IPv4, or IPv6 in RFC 5952 form'), kind: KIND, blockedAt: time('since when; to the second, part of the episode'), blockId: text('the NOC’s own name of the episode'), prefix: text('the block covers this range'),
    releaseAllowedAt: time('not to be lifted before'), state: oneOf(['blocked', 'unblocking', 'unblocked']),
    detections: list(shape({ messageId: text(), at: time('when the filter saw it'), destinationIp: text(), score: { type: 'number' }, rule: text(), mailFrom: text(), subject: text() }), 'what the filter saw; score and rule are for staff only'),
    detectionsTotal: whole('how many there were in all'), traffic: {}, logs: text('excerpt of the NOC’s log'),
  }, { required: ['ip', 'kind', 'blockedAt'] }),
  Finding: shape({
    rule: text('the rule that found it'), code: maybe('null unless its statement is true'), outcome: oneOf(['hit', 'pass', 'not_applicable', 'unknown', 'error']), strength: oneOf(['violation', 'indicator', 'note']),
    weighs: oneOf(['for', 'against', 'neutral'], 'for or against the claim'), trust: oneOf(['verified', 'consistent', 'claimed', 'contradicted'], 'how far it can be believed'), says: text('a sentence for the customer'), tells: text('the same for staff; staff only'), weight: { type: 'number', description: 'what it adds to the sum; staff only' },
    evidence: list(shape({ field: text(), line: whole('line of the header, from 1'), text: text() }), 'what it rests on, quoted'), fix: maybe('code of the fix that it asks for'), cites: maybe('the standard it rests on'),
  }),
  Analysis: shape({
    catalogue: text('version of the rules'), assessment: oneOf(['likely_false_positive', 'likely_abuse', 'mixed', 'insufficient_evidence'], 'never a decision'), confidence: { type: 'number', minimum: 0, maximum: 1 }, sum: { type: 'number', description: 'of the weights behind the assessment; for staff only' }, summary: text('in a sentence'),
    message: shape({ messageId: maybe('of the message'), date: maybe('as written'), from: maybe('as written'), subject: maybe('decoded'), returnPath: maybe('the envelope sender') }),
    path: list(shape({ hop: whole('1 is the oldest'), from: maybe('name it gave'), by: maybe('who wrote it'), with: maybe('protocol'), ip: maybe('peer'), at: time('when', true), delaySeconds: { type: 'number', nullable: true, description: 'seconds since the hop before' }, trust: text(), claimed: { type: 'boolean', description: 'the blocked address is the peer here' }, line: whole('line of its field, from 1') })),
    findings: list(ref('Finding')), requiredFixes: list(text('code of a fix')), facts: { type: 'object', description: 'what was looked up: given again as `facts`, the answer is the same' },
  }),
  Decision: shape({
    id: text(), ticket: text('reference'), outcome: oneOf(['lift', 'require_fixes', 'uphold', 'request_information', 'hold']), reasons: list(text('code')), statement: text('what the customer reads'),
    requiredFixes: list(shape({ code: text(), when: oneOf(['before_lift', 'after_lift', 'advice']), note: maybe('for this customer') })), by: text('who; outside "a reviewer"'), decidedAt: time('when'),
    state: oneOf(['awaiting_approval', 'undoable', 'final', 'undone', 'refused'], '`undoable`: nothing has left the desk yet'), undoUntil: time('until when it can be taken back', true), wakeAt: time('a hold ends then', true),
    liftWhenVerified: { type: 'boolean' }, secondPerson: list(text(), 'why two people are due'),
    second: shape({ by: text('who'), at: time('when'), agreed: { type: 'boolean' }, statement: maybe('why; needed for a no') }, { nullable: true }),
    filterAdjustment: { type: 'object', additionalProperties: true, nullable: true, description: 'what should change in the filter; for staff only' },
  }),
  Ticket: shape({
    ...HEAD,
    evidence: list(shape({ id: text(), type: text(), receivedAt: time('when'), bytes: whole('size in bytes') })), analysis: orNull('Analysis'), decision: orNull('Decision'),
    requiredFixes: list(shape({ code: text(), when: oneOf(['before_lift', 'after_lift', 'advice']), state: oneOf(['open', 'reported', 'verified', 'failed', 'accepted']), says: maybe('what the last look-up found'), checkedAt: time('when', true) })),
    lift: shape({
      id: maybe('also the Idempotency-Key of its calls'), state: oneOf(['scheduled', 'requested', 'unknown', 'unblocking', 'confirmed', 'failed']), dueAt: time('next step', true), requestedAt: time('asked of the NOC', true), confirmedAt: time('read back as gone', true),
      attempts: whole('calls so far'), lastAnswer: maybe('of the NOC; for staff only'),
    }, { nullable: true }),
  }, { required: ['ref', 'state', 'block', 'account', 'version'] }),
  TicketHead: full({ ...HEAD, assessment: maybe('of the reading'), confidence: { type: 'number', nullable: true, description: '0 to 1' }, summary: maybe('of the reading, in a sentence') }, { description: 'A ticket without evidence, reading, decision, fixes and lift.' }),
  TicketList: shape({ items: list(ref('TicketHead')), next: maybe('cursor of the next page; null on the last') }),
  Event: shape({
    id: text('the same as the `webhook-id`'), cursor: text('of this event, for `after`'), type: oneOf(['ticket.state_changed', 'lift.confirmed', 'lift.failed', 'filter_adjustment.proposed', 'mail.undeliverable']), timestamp: time('when it happened'),
    data: shape({
      ref: text(), externalRef: maybe('the NOC’s own'), event: text('what happened'), from: maybe('state before'), to: maybe('state after'), state: oneOf(STATES), stateLabel: text(), closedReason: maybe('of a closed ticket'), account: shape({ id: text() }),
      block: shape({ ip: text(), kind: KIND, blockedAt: time('of the episode') }), url: text('the ticket’s page'), filterAdjustment: { type: 'object', description: 'with filter_adjustment.proposed' },
    }),
  }),
  EventList: shape({ items: list(ref('Event')), next: text('cursor to go on from; the one that was given when nothing is new') }),
  InboundMail: shape({ id: text(), state: oneOf(['stored', 'pending', 'ticket', 'reply', 'bounce', 'automatic', 'duplicate', 'quarantined']), reason: maybe('why, in a word'), ticket: maybe('reference') }),
  StatusLink: shape({ url: text(), expiresAt: time('the link ends') }),
  FilterAdjustment: shape({
    id: text(), ticket: text('reference'), rule: text('of the filter'), sender: maybe('address or domain'), messageId: maybe('of the message that was misread'), change: text(), scope: oneOf(['sender', 'domain', 'rule']), expiresAt: time('of an exception', true),
    state: text(), answer: maybe('of the filter team'), exception: { type: 'object', nullable: true, description: 'the exception that was ordered of the NOC before the lift' }, note: maybe('for the filter team'), createdAt: time('when'), updatedAt: time('when'),
  }),
  ...DESK_SHAPES,
};
