import type { TicketJson } from '../../src/tickets/ticket.view';
import type { Desk, KeyName } from './desk';
import type { journey } from './journey';
import { waitFor } from './wait-for';

export const NORDLICHT = '20418';
export const EVIDENCE = { headers: 'From: a@shop.example\r\nMessage-ID: <a@shop.example>\r\n', explanation: 'Order confirmations, wanted by those who got them.', logs: 'one line' };
const LIFT = { outcome: 'lift', reasons: ['transactional_burst'], statement: 'These were order confirmations that their readers had asked for.' };
const FIXES = { outcome: 'require_fixes', reasons: ['spf_fail'], statement: 'The letter looks wanted, but SPF names your old server only.', requiredFixes: [{ code: 'repair_spf', when: 'before_lift' }] };
const WHY = { why: 'Is this a sending that we allowed?' };
const audited = (event: string): string => `select count(*)::int as n from audit_entry where event = '${event}' and `;
const ofTicket = 'ticket_id = (select id from ticket where ref = $1)';

/** One POST of the API that does something, and how often it was done. */
export interface PostAct {
  /** as the description of the API names it */
  path: string;
  key: KeyName;
  /** what its path is filled with */
  with?: string[];
  body?: object | string;
  status: number;
  /** counts in the database how often it was done: a query for `n`, and its values */
  times: [string, ...unknown[]];
  /** what is answered is kept sealed */
  secret?: boolean;
}

/** POSTs that may be done twice, and why: after a death they are simply asked again. */
export const HARMLESS_TWICE: Record<string, string> = {
  '/api/v1/header-analyses': 'a reading of what was sent; the same text reads the same',
  '/api/v1/tickets/{ref}/decisions/preview': 'a letter as a decision would send it; nothing is stored',
  '/api/v1/tickets/{ref}/here': 'says who is there and renews their lease: said twice, it says the same, and it holds for a minute',
  '/api/v1/settings/routing/try': 'what a draft would change; nothing is saved',
};

type The = ReturnType<typeof journey>;
const TICKETS = ['take', 'release', 'escalation', 'answer', 'duplicate', 'quiet', 'evidence', 'decision', 'undo', 'approval', 'fix', 'cause', 'joined', 'late', 'next1', 'next2'] as const;
/** Only a hack takes two people, and only such tickets are taken next. */
const HACKS: readonly string[] = ['approval', 'next1', 'next2'];

/** Everything that the acts below are done to, each a thing of its own. */
export async function prepare(desk: Desk, the: The) {
  const opened = async (name: string, i: number): Promise<readonly [string, TicketJson]> => {
    const { ref } = await the.handOver(await the.blocked(`192.0.2.${100 + i}`, NORDLICHT, HACKS.includes(name) ? 'hack' : 'spam'), NORDLICHT, 'mistake', EVIDENCE);
    return [name, await the.until(ref, 'queued')];
  };
  const tickets = Object.fromEntries(await Promise.all(TICKETS.map(opened))) as Record<(typeof TICKETS)[number], TicketJson>;
  const ok = async <T>(path: string, body: object, key: 'reviewer1' | 'lead' = 'reviewer1'): Promise<T> => {
    const answer = await desk.call<T>('POST', `/api/v1${path}`, body, key);
    expect([path, answer.status < 300, answer.body]).toEqual([path, true, answer.body]);
    return answer.body;
  };
  for (const name of ['release', 'decision', 'undo', 'approval', 'fix'] as const) {
    tickets[name] = await the.take(tickets[name].ref);
  }
  const decided = (name: 'undo' | 'approval' | 'fix', decision: object) => ok<{ id: string }>(`/tickets/${tickets[name].ref}/decisions`, { version: tickets[name].version, ...decision });
  const [undo, approval] = [(await decided('undo', LIFT)).id, (await decided('approval', LIFT)).id];
  await decided('fix', FIXES);
  await ok(`/tickets/${tickets.answer.ref}/escalation`, WHY);
  const incident = async (value: string): Promise<string> => (await ok<{ id: string }>('/incidents', { trait: 'rule', value, title: 'One rule' }, 'lead')).id;
  const [link, decide, stop, end] = [await incident('LINK'), await incident('DECIDE'), await incident('STOP'), await incident('END')];
  await ok(`/incidents/${decide}/tickets`, { refs: [tickets.cause.ref] }, 'lead');

  const standing = await the.blocked('192.0.2.99', NORDLICHT);
  const letter = (subject: string): string => `From: Stranger <x@elsewhere.example>\r\nTo: ${desk.mailbox}\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@elsewhere.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\n`
    + `192.0.2.99 was blocked by mistake: these were order confirmations, no spam.\r\n\r\n${EVIDENCE.headers}\r\n`;
  const { body: mail } = await desk.call<{ id: string }>('POST', '/api/v1/inbound-mail', letter('waits'));
  await waitFor('the mail to wait for its account', async () => (await desk.call('GET', `/api/v1/inbound-mail/${mail.id}`)).body['state'] === 'pending' || null);
  const staff = (await desk.call<{ items: { id: string; name: string }[] }>('GET', '/api/v1/review/skills', undefined, 'lead')).body.items;
  await Promise.all(['Milan Tesar', 'Ruth Sommer'].map((name) => ok(`/review/skills/${staff.find((one) => one.name === name)?.id}`, { queues: ['hack'] }, 'lead')));
  const settings = async (name: string) => (await desk.call('GET', `/api/v1/settings/${name}`, undefined, 'lead')).body;
  const [{ rules }, { promises }, { parts }] = await Promise.all([settings('routing'), settings('promises'), settings('parts')]) as [Record<string, unknown>, Record<string, unknown>, Record<string, unknown>];
  await Promise.all(Object.values(tickets).map(({ ref }) => the.settled(ref)));
  return { tickets, undo, approval, incidents: { link, decide, stop, end }, mail: mail.id, ip: standing.ip, letter, staff: staff.find(({ name }) => name === 'Anna Keller')?.id ?? '', rules, promises, parts };
}
export type World = Awaited<ReturnType<typeof prepare>>;

/** Every POST of the API that does something. They may all be under way at once. */
export function postActs({ tickets, undo, approval, incidents, mail, ip, letter, staff, rules, promises, parts }: World): Record<string, PostAct> {
  const claim = (name: 'joined' | 'late' | null) => ({
    claim: 'mistake', account: { id: NORDLICHT, email: 'technik@nordlicht-druck.example' }, evidence: { messageIds: ['<b@shop.example>'] },
    block: name ? { ip: tickets[name].block.ip, kind: 'spam', blockedAt: tickets[name].block.blockedAt } : { ip: '192.0.2.90', kind: 'spam', blockedAt: '2026-11-20T10:00:00Z' },
  });
  const onTicket = (name: keyof World['tickets'], path: string, body: object, event: string, more: Partial<PostAct> = {}): PostAct => ({
    path: `/api/v1/tickets/{ref}/${path}`, with: [tickets[name].ref], body, key: 'reviewer1', status: 200, times: [`${audited(event)}${ofTicket}`, tickets[name].ref], ...more,
  });
  const onIncident = (name: keyof World['incidents'], path: string, body: object, status: number, event: string): PostAct => ({
    path: `/api/v1/incidents/{id}/${path}`, with: [incidents[name]], body, key: 'lead', status, times: [`${audited(event)}detail->>'incident' = $1`, incidents[name]],
  });
  const setting = (name: string, content: object): PostAct => ({
    path: `/api/v1/settings/${name}`, body: { version: 0, ...content, why: 'As it was' }, key: 'lead', status: 201, times: ['select count(*)::int as n from setting_version where name = $1 and version = 1', name],
  });
  const fresh = { messageIds: ['<b@shop.example>'] };
  return {
    'a take': onTicket('take', 'take', {}, 'taken'),
    'a release': onTicket('release', 'release', {}, 'released'),
    'a question to a lead': onTicket('escalation', 'escalation', WHY, 'escalated'),
    'an answer of a lead': onTicket('answer', 'give-back', WHY, 'given_back', { key: 'lead' }),
    'a duplicate': onTicket('duplicate', 'duplicate', { into: tickets.quiet.ref }, 'joined'),
    'a note': onTicket('quiet', 'notes', { text: 'Called them.' }, '', { status: 201, times: [`select count(*)::int as n from message where text = 'Called them.' and ${ofTicket}`, tickets.quiet.ref] }),
    'evidence': onTicket('evidence', 'evidence', fresh, 'evidence_supplied', { key: 'noc' }),
    'a status link': onTicket('quiet', 'status-links', {}, '', { key: 'noc', status: 201, secret: true, times: [`select count(*)::int as n from status_link where ${ofTicket}`, tickets.quiet.ref] }),
    'a repaired fix': onTicket('fix', 'fixes/{code}', { state: 'reported', statement: 'The record is right now.' }, 'fix_marked_done', { key: 'noc', with: [tickets.fix.ref, 'repair_spf'] }),
    'a decision': onTicket('decision', 'decisions', { version: tickets.decision.version, ...LIFT }, 'lift_decided', { status: 201, times: [`select count(*)::int as n from decision where ${ofTicket}`, tickets.decision.ref] }),
    'a yes of the second person': { path: '/api/v1/decisions/{id}/approval', with: [approval], body: { approve: true }, key: 'reviewer2', status: 200, times: [`${audited('lift_approved')}${ofTicket}`, tickets.approval.ref] },
    'an undo': { path: '/api/v1/decisions/{id}/undo', with: [undo], body: {}, key: 'reviewer1', status: 200, times: [`${audited('decision_undone')}${ofTicket}`, tickets.undo.ref] },
    'a new claim': { path: '/api/v1/claims', body: claim(null), key: 'noc', status: 201, times: [`select count(*)::int as n from ticket where host(ip) = '192.0.2.90'`] },
    'a claim that joins': { path: '/api/v1/claims', body: claim('joined'), key: 'noc', status: 200, times: [`${audited('evidence_supplied')}${ofTicket}`, tickets.joined.ref] },
    'a rejected unblock': { path: '/api/v1/rejected-unblocks', body: { ...claim(null), block: { ...claim(null).block, ip: '192.0.2.91' }, rejection: { reason: 'evidence_required', message: 'Evidence is needed.' } }, key: 'noc', status: 201, times: [`select count(*)::int as n from ticket where host(ip) = '192.0.2.91'`] },
    'an event of a block': { path: '/api/v1/block-events', body: { event: 'blocked', block: { ip: '192.0.2.92', kind: 'spam', blockedAt: '2026-11-20T10:00:00Z' } }, key: 'noc', status: 202, times: [`select count(*)::int as n from block where host(ip) = '192.0.2.92'`] },
    'a mail': { path: '/api/v1/inbound-mail', body: letter('arrives'), key: 'noc', status: 202, times: [`select count(*)::int as n from inbound_mail where strpos(convert_from(raw, 'UTF8'), 'Subject: arrives') > 0`] },
    'a mail that its account confirms': { path: '/api/v1/inbound-mail/{id}/confirmation', with: [mail], body: { account: NORDLICHT }, key: 'noc', status: 200, times: ['select count(*)::int as n from ticket where host(ip) = $1', ip] },
    'a note of the shift': { path: '/api/v1/handover', body: { text: 'A quiet night.', version: 0 }, key: 'lead', status: 200, times: ['select coalesce(sum(version), 0)::int as n from handover'] },
    'an incident': { path: '/api/v1/incidents', body: { trait: 'rule', value: 'NEW', title: 'A rule' }, key: 'lead', status: 201, times: [`${audited('incident_made')}detail->>'value' = 'NEW'`] },
    'a ticket of an incident': onIncident('link', 'tickets', { refs: [tickets.quiet.ref] }, 200, 'incident_joined'),
    'a decision of an incident': onIncident('decide', 'decision', { ...LIFT, tickets: [{ ref: tickets.cause.ref, version: tickets.cause.version }] }, 202, 'incident_decided'),
    'the stop of an incident': onIncident('stop', 'stop', {}, 200, 'incident_stopped'),
    'the end of an incident': onIncident('end', 'end', {}, 204, 'incident_ended'),
    'one thing with many': { path: '/api/v1/review/bulk', body: { action: 'note', text: 'One rule.', tickets: [{ ref: tickets.quiet.ref }] }, key: 'reviewer1', status: 200, times: [`select count(*)::int as n from message where text = 'One rule.' and ${ofTicket}`, tickets.quiet.ref] },
    'the queues of somebody': { path: '/api/v1/review/skills/{id}', with: [staff], body: { queues: ['hack', 'spam'] }, key: 'lead', status: 200, times: [`${audited('skills_changed')}detail->>'staff' = $1`, staff] },
    'a view': { path: '/api/v1/review/views', body: { name: 'Hack', query: { queue: 'hack' } }, key: 'reviewer1', status: 201, times: [`select count(*)::int as n from saved_view where name = 'Hack'`] },
    'a save of the routing': setting('routing', { rules }),
    'a save of the promises': setting('promises', { promises }),
    'a save of the canned parts': setting('parts', { parts }),
  };
}

/** The same for what cannot be under way beside those: it takes any ticket, or builds on what they saved. */
export function laterActs(): Record<string, PostAct> {
  const taken = (name: string): [string, ...unknown[]] => [`select count(*)::int as n from ticket where taken_by = (select id from staff_member where name = $1)`, name];
  const restore = (name: string): PostAct => ({ path: `/api/v1/settings/${name}/restore`, body: { version: 1, to: 0, why: 'As it began' }, key: 'lead', status: 201, times: ['select count(*)::int as n from setting_version where name = $1 and version > 1', name] });
  return {
    'the next ticket': { path: '/api/v1/review/take', body: {}, key: 'reviewer2', status: 200, times: taken('Milan Tesar') },
    'the next ticket of a lead': { path: '/api/v1/review/take', body: {}, key: 'lead', status: 200, times: taken('Ruth Sommer') },
    'the routing as it was': restore('routing'),
    'the promises as they were': restore('promises'),
    'the canned parts as they were': restore('parts'),
  };
}
