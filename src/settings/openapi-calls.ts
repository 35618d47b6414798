/** One call of the API in words: what it does, which key may, what it answers (a component, or a sentence), and more where the call needs it. */
export interface Words {
  summary: string;
  says: string;
  /** scopes of the key, as in the contract */
  scope: string;
  /** the component of the answer; where nothing is answered, or no JSON, what that is */
  answer: string;
  /** other answers that are no errors */
  also?: Record<string, string>;
}

const call = (summary: string, scope: string, answer: string, says: string, also?: Record<string, string>): Words => ({ summary, says, scope, answer, ...(also ? { also } : {}) });
const TICKET = 'Ticket';
const saved = (what: string): Words => call(`Save ${what}`, 'lead, admin', 'SavedVersion', 'Saves on top of the `version` that was read: 409 when somebody saved meanwhile. `why` stands in the history. Nothing is overwritten: every version is kept.');
const restored = (what: string): Words => call(`Put ${what} of an earlier version back`, 'lead, admin', 'SavedVersion', 'Makes a new version that equals version `to`.');

/** Every call, in the order in which an integrator meets them. A test refuses one that is not here. */
export const CALLS: Record<string, Words> = {
  'POST /api/v1/rejected-unblocks': call('Hand over a rejected unblock', 'noc', TICKET, 'The customer asked the control panel to unblock, and it refused. Opens a ticket for that block episode of that account; what is missing of the evidence stands in `missing`, and the customer is asked for it. Answers after one durable commit; who owns the address is asked right after.', { 200: 'The ticket that is open already for this episode and account.' }),
  'POST /api/v1/claims': call('File a claim', 'noc, reviewer', TICKET, 'A customer says that the block was a mistake, or that its cause is gone. The same as a rejected unblock, with the customer’s statement and evidence.', { 200: 'The ticket that is open already for this episode and account.' }),
  'POST /api/v1/block-events': call('Tell of a block or its end', 'noc', 'BlockEvent', 'Keeps the mirror of blocks current and feeds the watch after a lift. The same event twice is one event. Where NOC_EVENTS_SECRET is set, the call is signed as Standard Webhooks asks instead of carrying a key.'),
  'POST /api/v1/inbound-mail': call('Hand over a raw mail', 'noc, admin', 'StoredMail', 'The body is the mail as it came (message/rfc822, at most 25 MB). 202 is said only after the bytes are stored; how it ends is asked with GET.'),
  'GET /api/v1/inbound-mail': call('List mails', 'admin, reviewer', 'InboundMailList', 'Every mail that arrived, each in exactly one state.'),
  'GET /api/v1/inbound-mail/{id}': call('Read how a mail ended', 'noc, admin, reviewer', 'InboundMail', 'The state of one mail, and the ticket that it became or belongs to.'),
  'POST /api/v1/inbound-mail/{id}/confirmation': call('Confirm or deny a mail for an account', 'noc', 'InboundMail', 'A claim by mail whose sender is not proven waits for its account. Confirmed, it becomes a ticket with all that it brought. 409 when it does not wait (any more), or when several blocks fit: then `blocks` lists them, and `block` says which.'),
  'GET /api/v1/tickets': call('List tickets', 'noc, read, reviewer', 'TicketList', 'Newest first. Items are heads of tickets: without evidence, analysis, decision, fixes and lift; `GET /tickets/{ref}` has them. Filters are joined by "and".'),
  'GET /api/v1/tickets/{ref}': call('Read a ticket', 'noc, read, reviewer', TICKET, 'A key of scope `noc` sees the customer’s view: no names of reviewers, no weights of the filter, no decision that can still be taken back.'),
  'POST /api/v1/tickets/{ref}/evidence': call('Add evidence', 'noc, reviewer', TICKET, 'What the customer supplies later. Complete, the ticket is analysed again. 409 when the ticket is decided.'),
  'POST /api/v1/tickets/{ref}/status-links': call('Make a link to the ticket’s status', 'noc', 'StatusLink', 'A read-only page for the control panel to link to: no sign-in, no personal data. The link is shown once; it ends at `expiresAt`, or when the address changes owner.'),
  'POST /api/v1/tickets/{ref}/fixes/{code}': call('Report a required fix as done', 'noc, reviewer', TICKET, 'Starts its verification: by DNS, by a new sample, or by a person, as the fix says.'),
  'GET /api/v1/events': call('Read the feed of events', 'noc, read, lead', 'EventList', 'Everything that the webhooks tell, oldest first, with the same `id` (the `webhook-id`), `type`, `timestamp` and `data`. Go on from `next`: nothing is ever committed below a cursor that was given out. A decision appears when it can no longer be taken back (UNDO_SECONDS). An empty page means: nothing yet, ask again.'),
  'POST /api/v1/header-analyses': call('Analyse headers', 'any', 'Analysis', 'Reads headers, a whole message or a Message-ID as for a ticket, and stores nothing. With `facts` nothing is looked up: the answer depends on the request alone. One of `headers`, `message`, `messageId` is needed.'),
  'GET /api/v1/filter-adjustments': call('List filter adjustments', 'noc, lead', 'FilterAdjustmentList', 'What the filter should learn from false positives, and what became of it.'),
  'PATCH /api/v1/filter-adjustments/{id}': call('Say what became of a filter adjustment', 'noc, lead', 'FilterAdjustment', 'The filter team answers: applied, accepted, rejected or expired.'),
  'POST /api/v1/review/take': call('Take the most urgent ticket', 'reviewer', TICKET, 'The most urgent ticket that the person of this key may take: by their queues, never of an account of theirs, never one on which they must not decide again. Each call gives another one. The lease lasts LEASE_MINUTES.', { 204: 'Nothing waits that this person may take.' }),
  'POST /api/v1/tickets/{ref}/take': call('Take a ticket', 'reviewer', TICKET, '409 when somebody else has it. Taking what one has already is no error.'),
  'POST /api/v1/tickets/{ref}/release': call('Release a ticket', 'reviewer', TICKET, 'Back to the queue. 409 when this person does not have it.'),
  'POST /api/v1/tickets/{ref}/decisions': call('Decide a ticket', 'reviewer', 'Decision', 'The ticket must be taken by the person of this key and unchanged since `version`: else 409 with what changed. 422 names everything that is missing. Where two people are due, the decision waits for the second; otherwise nothing leaves the desk before the undo window is over.'),
  'POST /api/v1/decisions/{id}/approval': call('Agree or disagree as the second person', 'reviewer', 'Decision', 'Never the first person, never somebody of the account. A "no" needs a `statement`. 409 when the decision does not wait, or when a `version` is named and the ticket has changed since.'),
  'POST /api/v1/decisions/{id}/undo': call('Take a decision back', 'reviewer', 'Decision', 'Inside the undo window, by who decided; nothing has left the desk then. 409 when it is too late.'),
  'GET /api/v1/review/queue': call('Read the queue', 'reviewer', 'Queue', 'The tickets that wait, as the page of the queue shows them: the most urgent first, with the same filters and search, and how many stand in each queue. `why` says why a ticket stands where it stands.'),
  'GET /api/v1/tickets/{ref}/desk': call('Read what stands beside a ticket', 'reviewer', 'Beside', 'The promise in words, who has the ticket and who has it open, why this person may not judge it, and, for who has it, the canned parts that fit it, filled from the ticket.'),
  'POST /api/v1/tickets/{ref}/here': call('Say that somebody works on a ticket', 'reviewer', 'Here', 'What an open page says every quarter of a minute: renews the lease of who has the ticket, and shows colleagues who is there. `yours` is false when this person does not have it (any more).'),
  'POST /api/v1/tickets/{ref}/decisions/preview': call('See the customer’s mail before deciding', 'reviewer', 'Letter', 'The parts of the mail that this decision would send, and the gaps that are left in its statement. Nothing is stored; what keeps the decision from being taken is said when it is sent.'),
  'POST /api/v1/review/bulk': call('Do one thing with many tickets', 'reviewer', 'BulkResults', 'Assign, note, close what has expired, or ask for the same missing thing. Each ticket in its own transaction, by its own rules.'),
  'GET /api/v1/review/views': call('List saved views', 'reviewer', 'SavedViewList', 'A view is a set of filters of the queue with a name.'),
  'POST /api/v1/review/views': call('Save a view', 'reviewer', 'SavedView', '`shared` shows it to everybody; for leads only.'),
  'DELETE /api/v1/review/views/{id}': call('Remove a view', 'reviewer', 'nothing', 'One’s own; leads remove shared ones too.'),
  'GET /api/v1/review/skills': call('Read who takes from which queues', 'reviewer', 'SkillList', 'No queue named means: from all.'),
  'POST /api/v1/review/skills/{id}': call('Set from which queues somebody takes', 'lead', 'Skills', 'An empty list means all queues.'),
  'GET /api/v1/tickets/{ref}/memory': call('Read what the desk remembers', 'reviewer', 'Memory', 'Earlier blocks and tickets of the address, network, account, rule, sending domain and script, and whether lifts held.'),
  'GET /api/v1/tickets/{ref}/notes': call('Read internal notes', 'reviewer', 'NoteList', 'Customers never see them.'),
  'POST /api/v1/tickets/{ref}/notes': call('Write an internal note', 'reviewer', 'Note', 'Changes nothing of the ticket.'),
  'POST /api/v1/tickets/{ref}/escalation': call('Ask a lead', 'reviewer', TICKET, 'The ticket leaves the hands that it is in and waits for a lead. 409 when a lead was asked already or somebody else has it.'),
  'POST /api/v1/tickets/{ref}/give-back': call('Give a ticket back with an answer', 'lead', TICKET, 'Back to its queue; the answer stands on the ticket.'),
  'POST /api/v1/tickets/{ref}/duplicate': call('Join a ticket to another as its duplicate', 'reviewer', TICKET, 'Both of one account. The ticket is closed, the customer is told once.'),
  'GET /api/v1/incidents': call('List incidents', 'reviewer', 'IncidentList', 'Tickets with one cause: a filter rule, a script, a network.'),
  'POST /api/v1/incidents': call('Make an incident', 'reviewer', 'Incident', '409 when this cause has an open incident.'),
  'GET /api/v1/incidents/{id}': call('Read an incident', 'reviewer', 'IncidentWhole', 'Results are `waiting`, `decided`, `second` (waits for a second person) or `refused` with `why`.'),
  'POST /api/v1/incidents/{id}/tickets': call('Link tickets to an incident', 'reviewer', 'Linked', 'By reference. Those that belong to it already stay.'),
  'DELETE /api/v1/incidents/{id}/tickets/{ref}': call('Take a ticket out of an incident', 'reviewer', 'nothing', 'The ticket itself stays as it is.'),
  'POST /api/v1/incidents/{id}/decision': call('Decide many tickets of an incident', 'lead (or a senior’s key)', 'IncidentDecisionId', '202: each ticket is decided on its own when its turn comes, `perMinute` of them, by every rule of a single decision. The results stand at the incident.'),
  'POST /api/v1/incidents/{id}/stop': call('Stop what has not had its turn', 'lead (or a senior’s key)', 'Stopped', 'What is decided stays decided.'),
  'POST /api/v1/incidents/{id}/end': call('End an incident', 'reviewer', 'nothing', 'Its tickets stay linked; what is found later is another incident.'),
  'GET /api/v1/handover': call('Read the handover', 'reviewer', 'Handover', 'One note a shift.'),
  'POST /api/v1/handover': call('Write the handover', 'reviewer', 'HandoverNote', 'On top of the `version` that was read (0 for the first): 409 with the other’s text when somebody wrote meanwhile.'),
  'GET /api/v1/settings/routing': call('Read the routing rules', 'lead, admin', 'RoutingSettings', 'The rules in force, in their order, with all versions.'),
  'POST /api/v1/settings/routing': { ...saved('the routing rules'), says: `${saved('').says} 403 for a lead who changes when two people are due.` },
  'POST /api/v1/settings/routing/try': call('Try routing rules', 'lead, admin', 'RoutingTrial', 'Against the last 1,000 tickets. Nothing is stored.'),
  'POST /api/v1/settings/routing/restore': restored('the routing rules'),
  'GET /api/v1/settings/promises': call('Read the promises', 'lead, admin', 'PromisesSettings', 'First answer and decision by urgency, in minutes of working time, with calendar, warnings and shifts.'),
  'POST /api/v1/settings/promises': saved('the promises'),
  'POST /api/v1/settings/promises/restore': restored('the promises'),
  'GET /api/v1/settings/parts': call('Read the canned parts', 'lead, admin', 'PartsSettings', 'Retired ones too.'),
  'POST /api/v1/settings/parts': { ...saved('the canned parts'), says: `${saved('').says} 422 for a name that cannot be filled.` },
  'POST /api/v1/settings/parts/restore': restored('the canned parts'),
  'GET /health/live': call('Ask whether the process lives', 'open', 'Alive', 'Asks nothing else: for whoever restarts processes.'),
  'GET /health/ready': call('Ask whether the process can work', 'open', 'Readiness', '503 while the database does not answer or the process shuts down: for whoever sends it requests.'),
  'GET /metrics': call('Read the gauges', 'admin, read', 'Prometheus text', 'Invariants (`desk_invariant_violations` must read 0), queues, times, mails without a state.'),
};
