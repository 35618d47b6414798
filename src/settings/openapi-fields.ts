/** What the parts of an address mean. By call where the same name means different things ("GET /path name"). */
export const PARAMETERS: Record<string, string> = {
  id: 'its id, a UUID', ref: 'the ticket’s reference, such as UB-7K3Q-92X4; small letters and missing hyphens are forgiven', code: 'the code of a required fix of this ticket', ip: 'an address, or a network in CIDR form: the tickets within it',
  state: 'only those in this state', account: 'the id of the account', queue: 'the queue of the routing', q: 'search: a reference, an address, a network, a Message-ID, a domain, an account, or words', reason: 'only those with this reason',
  after: 'a cursor: the `next` of the page before; nothing, or empty: from the beginning', limit: 'how many items at most, 1 to 200',
  claim: '`mistake` or `fixed`', assessment: 'what the reading says of the claim: `for`, `against`, `mixed` or `unknown`', taken: 'by `nobody` or `somebody`', repeats: '`yes`: blocked before within 30 days', received: 'within `24h` or `7d`', tier: 'the tier of the customer, as the NOC names it',
  rule: 'a rule of the filter behind the block', routed: 'the queue that the routing named', sort: '`urgency`, `newest` or `oldest`',
  'GET /api/v1/review/queue queue': 'which queue of the desk: `mine`, `all-open`, `spam`, `hack`, `second-review`, `for-lead`, `lift-failed`, `waiting-for-customer`, `on-hold` or `overdue`',
  'GET /api/v1/events after': 'a cursor: the `next` of the page before, or the `cursor` of an event; nothing, empty or 0: from the beginning',
  'GET /api/v1/inbound-mail q': 'search in sender, subject, Message-ID, reference and reason',
};

/** What the fields of a body mean, wherever they stand. */
export const FIELDS: Record<string, string> = {
  block: 'the block episode, exactly: it is never matched to a neighbour', ip: 'IPv4 or IPv6 address', kind: 'why the filter blocked: `spam` or `hack`', blockedAt: 'since when (RFC 3339); to the second, part of the episode', blockId: 'the NOC’s own name of the episode',
  prefix: 'the block covers this range (CIDR)', releaseAllowedAt: 'not to be lifted before (RFC 3339)', detections: 'what the filter saw', detectionsTotal: 'how many detections there were in all', at: 'when (RFC 3339)', messageId: 'a Message-ID, with or without angle brackets',
  destinationIp: 'where it was sent to', score: 'the filter’s score; for staff only', rule: 'a rule of the filter', mailFrom: 'envelope sender', traffic: 'counts that the volume rules read', logs: 'excerpt of a log, as it is in the file', account: 'whose address it is', email: 'where the customer is written to', tier: 'as the NOC names it',
  language: 'language tag of the customer', rejection: 'why the control panel refused; `too_early` shows a countdown', claim: '`mistake`: it was legitimate; `fixed`: the cause is gone', evidence: 'what supports the claim', blockTime: 'the time of the block, RFC 3339 or free text', headers: 'the whole header, unchanged',
  messageIds: 'Message-IDs of the alert', message: 'the whole message in base64 (in a rejection: the sentence that the customer read)', samples: 'more messages in base64, at most 20', remediation: 'the cause, what was done and when (20 characters or more are complete)', explanation: 'what the mail or traffic was', queueInspected: 'whether the mail queue was looked at',
  cannotSupply: 'evidence that the customer cannot supply, with the reason: the ticket goes to a person', externalRef: 'your own reference; given back with the ticket', statement: 'for the customer, in your own words; 20 characters or more in a decision', channel: 'by which door it came',
  version: 'what was read: 409 when it has changed since', outcome: 'what is decided', reasons: 'codes of the reasons that fit the outcome', requiredFixes: 'fixes by code; `when` is `before_lift`, `after_lift` or `advice`; `note` is for this customer', liftWhenVerified: 'the last good look-up starts the lift; only for fixes that can be looked up, never for `hack`',
  wakeAt: 'until when it is on hold (RFC 3339); with `hold` only', filterAdjustment: 'what the filter should learn from a false positive: `change` is `exception`, `correct`, `report` or words, `scope` is `sender`, `domain`, `rule` or words; only an `exception` for one `sender` is ordered', approve: '`true` agrees, `false` does not and needs a `statement`', action: 'what is done with each', tickets: 'references, each with the version that was read', to: 'the version to put back', text: 'the text', query: 'filters of the queue, as in its address',
  shared: 'for everybody; leads only', why: 'the reason, for whoever reads it later', doing: '`looking`, `typing`, or `gone` when the work on it is over', into: 'reference of the ticket that stays', trait: 'what they share: `rule`, `script` or `network`', value: 'which rule, script or network', title: 'a name for people', refs: 'references of tickets', perMinute: 'how many are decided a minute, 1 to 600',
  queues: 'names of queues; an empty list means all', facts: 'the `facts` of an analysis: nothing is looked up then', event: '`blocked` or `unblocked`', state: 'the new state', answer: 'in words', name: 'its name', rules: 'routing rules, in their order', promises: 'classes, calendar, warnings and shifts; times in minutes of working time', parts: 'canned parts of statements',
};

/** Fields that mean something else in one call. */
export const HERE: Record<string, string> = {
  'POST /api/v1/review/bulk to': 'for `assign`: the id of a colleague; without it, oneself', 'POST /api/v1/review/bulk text': 'for `note` the note, for `ask` what every customer is asked for', 'POST /api/v1/handover text': 'the whole note', 'POST /api/v1/tickets/{ref}/notes text': 'the note',
  'POST /api/v1/inbound-mail/{id}/confirmation answer': '`confirm` or `deny`, for the account', 'POST /api/v1/inbound-mail/{id}/confirmation account': 'the id of the account that answers', 'POST /api/v1/inbound-mail/{id}/confirmation block': 'which of several blocks that fit is meant',
  'POST /api/v1/tickets/{ref}/fixes/{code} state': '`reported`', 'POST /api/v1/tickets/{ref}/fixes/{code} statement': 'what the customer did',
};

const BLOCK = { ip: '203.0.113.47', kind: 'spam', blockedAt: '2026-11-20T02:14:00Z', detections: [{ at: '2026-11-20T02:13:41Z', messageId: '<a@shop.example>' }] };
const ACCOUNT = { id: '20418', email: 'post@shop.example', name: 'Shop' };

/** Requests as they are sent, checked against their schemas by a test. */
export const EXAMPLES: Record<string, object> = {
  'POST /api/v1/rejected-unblocks': { block: BLOCK, account: ACCOUNT, rejection: { reason: 'evidence_required', message: 'Please explain the block first.' }, claim: 'mistake', externalRef: 'NOC-4711' },
  'POST /api/v1/claims': { claim: 'mistake', block: { ip: BLOCK.ip, kind: 'spam', blockedAt: BLOCK.blockedAt }, account: ACCOUNT, statement: 'Invoices that our customers wait for.', evidence: { headers: 'Received: from mail.shop.example ([203.0.113.47]) by mx.example.net; Fri, 20 Nov 2026 02:13:40 +0000\nFrom: post@shop.example\nMessage-ID: <a@shop.example>\n', queueInspected: true } },
  'POST /api/v1/block-events': { event: 'blocked', block: BLOCK },
  'POST /api/v1/tickets/{ref}/evidence': { remediation: 'The contact form was open to robots; it asks for a code since 09:40 UTC, and the queue is empty.', cannotSupply: [{ item: 'headers', because: 'The messages were deleted by the recipient.' }] },
  'POST /api/v1/tickets/{ref}/fixes/{code}': { state: 'reported', statement: 'Published this morning.' },
  'POST /api/v1/header-analyses': { messageId: '<a@shop.example>', ip: BLOCK.ip, kind: 'spam', blockedAt: BLOCK.blockedAt },
  'POST /api/v1/tickets/{ref}/decisions': { version: 4, outcome: 'require_fixes', reasons: ['spf_fail'], statement: 'Your SPF record does not name the address that sends for you.', requiredFixes: [{ code: 'repair_spf', when: 'before_lift' }], liftWhenVerified: true },
  'POST /api/v1/decisions/{id}/approval': { approve: true },
  'PATCH /api/v1/filter-adjustments/{id}': { state: 'applied', answer: 'The rule no longer reads invoices so.' },
  'POST /api/v1/incidents/{id}/decision': { outcome: 'lift', reasons: ['vendor_rule_error'], statement: 'The rule that blocked {address} was wrong; it has been corrected.', perMinute: 30, tickets: [{ ref: 'UB-7K3Q-92X4', version: 3 }] },
};
