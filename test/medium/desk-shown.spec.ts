import { randomUUID } from 'node:crypto';
import { PARTS } from '../../src/core/decision/canned-part';
import { ROUTING } from '../../src/core/routing/routing-rule';
import { roleDesk, type RoleDesk } from '../support/role-desk';
import { ticketRow } from '../support/ticket-rows';

jest.setTimeout(60_000);

const OVERRIDE = '\u202E';

/** Whatever anybody outside or inside can put into a field is text on every page of the desk (T20, T22). */
describe('what the desk shows', () => {
  let desk: RoleDesk;
  const used: string[] = [];
  /** A text that would run, and that turns what follows; its name says where it was put. */
  const trick = (name: string): string => {
    used.push(name);
    return `<i x="'">${OVERRIDE}in-${name}-end`;
  };
  const insert = (table: string, row: Record<string, unknown>) =>
    desk.source.query(`insert into ${table} (${Object.keys(row).join(', ')}) values (${Object.keys(row).map((_, i) => `$${i + 1}`).join(', ')})`, Object.values(row));

  beforeAll(async () => {
    desk = await roleDesk();
  });
  afterAll(() => desk?.stop());

  const filled = async (): Promise<string[]> => {
    await desk.source.query('update staff_member set name = $2 where id = $1', [desk.ids.senior, trick('colleague')]);
    const at = '2026-11-20T08:00:00Z';
    const detections = [{ at, rule: trick('rule'), subject: trick('subject'), messageId: trick('alerted-id') }];
    const common = { account_name: trick('account'), account_id: trick('account-id'), tier: trick('tier') };
    const script = [{ trait: 'script', value: trick('script') }];
    const { ref, id, ip } = await ticketRow(desk.source, {
      ...common, statement: trick('claim'), lift_failed: trick('lift-failed'), assessment: 'mixed',
      block: { ip: '198.51.100.7', kind: 'spam', blockedAt: at, detections, logs: trick('block-log') },
    }, script);
    // What the machine read: everything that was in the headers is in the reading.
    const headers = `Received: from ${trick('helo')} ([${ip}]) by mx.example; Fri, 20 Nov 2026 08:00:00 +0000\r\nFrom: ${trick('from')} <a@shop.example>\r\nSubject: ${trick('header-subject')}\r\nMessage-ID: <${trick('message-id')}@shop.example>\r\nX-Mailer: ${trick('header-value')}\r\n`;
    const analysis = (await desk.api('reviewer', 'POST', '/api/v1/header-analyses', { headers, ip, kind: 'spam', blockedAt: at })).json<{ catalogue: string; findings: object[] }>();
    const analysisId = randomUUID();
    analysis.findings.push({ ...analysis.findings[0], outcome: 'hit', code: 'x', weighs: 'against', tells: trick('tells') });
    await insert('analysis', { id: analysisId, ticket_id: id, catalogue: 'c', assessment: 'mixed', confidence: 0.5, sum: 0, summary: 's', body: JSON.stringify(analysis) });
    await desk.source.query('update ticket set analysis_id = $2 where id = $1', [id, analysisId]);
    for (const [type, text] of Object.entries({ headers, explanation: trick('explanation'), remediation: trick('remediation'), logs: trick('logs') })) {
      await insert('evidence_item', { id: randomUUID(), ticket_id: id, type, text, size: text.length, by_kind: 'customer', channel: 'form' });
    }
    await insert('message', { id: randomUUID(), ticket_id: id, internal: false, by_kind: 'customer', by_name: 'Somebody', text: trick('message'), channel: 'mail', verified: false });
    await desk.api('reviewer', 'POST', `/api/v1/tickets/${ref}/notes`, { text: trick('note') });
    // Decided before, not agreed to, and one that waits for the second person.
    const decision = { id: randomUUID(), ticket_id: id, outcome: 'lift', reasons: ['vendor_rule_error'], statement: trick('decision'), state: 'refused', by_id: randomUUID(), by_name: trick('decider'), undo_until: new Date(), ticket_version: 1 };
    await insert('decision', {
      ...decision, second_by: randomUUID(), second_name: trick('second'), second_at: new Date(), second_statement: trick('disagrees'), agreed: false,
      fixes: JSON.stringify([{ code: 'set_ptr', when: 'after_lift', note: 'x' }]), filter_adjustment: { rule: trick('adjusted-rule'), change: trick('change'), scope: trick('scope'), sender: trick('sender'), note: trick('adjust-note') },
    });
    await insert('required_fix', { id: randomUUID(), ticket_id: id, decision_id: decision.id, code: 'set_ptr', at: 'before_lift', says: trick('fix-says') });
    const waits = await ticketRow(desk.source, { ...common, state: 'second_review', kind: 'hack' });
    const open = { ...decision, id: randomUUID(), ticket_id: waits.id, state: 'awaiting_approval', second_person: ['hack'], statement: trick('to-approve') };
    await insert('decision', open);
    await desk.source.query('update ticket set decision_id = $2 where id = $1', [waits.id, open.id]);
    await insert('presence', { ticket_id: id, staff_id: desk.ids.senior, doing: 'looking' });
    const asked = await ticketRow(desk.source, { account_id: 'A-plain', escalated_at: new Date(), escalated_why: trick('escalated'), queue: 'lead' }, script);
    await desk.api('lead', 'POST', `/api/v1/tickets/${ref}/take`, {});
    // The desk's own words: settings, views, incidents, the handover.
    const made = [
      await desk.api('lead', 'POST', '/api/v1/settings/routing', { version: 0, rules: [...ROUTING, { name: trick('r'), when: { filterRule: [trick('when-rule')], tier: [trick('when-tier')] }, queue: null, points: 1, secondPerson: false }], why: trick('routing-why') }),
      await desk.api('lead', 'POST', '/api/v1/settings/parts', { version: 0, parts: [...PARTS, { key: 'mine', label: '<b>in-label-end', text: trick('part') }], why: trick('parts-why') }),
      await desk.api('lead', 'POST', '/api/v1/review/views', { name: '<b>in-view-end', query: { queue: 'spam' }, shared: true }),
      await desk.api('lead', 'POST', '/api/v1/incidents', { trait: 'script', value: trick('cause'), title: trick('title') }),
      await desk.api('senior', 'POST', '/api/v1/handover', { text: trick('handover'), version: 0 }),
    ];
    used.push('label', 'view');
    expect(made.map((answer) => [answer.statusCode, answer.statusCode < 300 ? '' : answer.body])).toEqual([[201, ''], [201, ''], [201, ''], [201, ''], [200, '']]);
    const incident = made[3]?.json<{ id: string }>().id ?? '';
    await desk.api('lead', 'POST', `/api/v1/incidents/${incident}/tickets`, { refs: [ref] });
    const q = encodeURIComponent(trick('search'));
    return [
      '/desk', '/desk?queue=lift-failed', '/desk?queue=second-review', '/desk?queue=for-lead', '/desk?queue=mine', `/desk?q=${q}`, `/desk?tier=${encodeURIComponent('<b>in-filter-end')}`, `/desk/rows?refs=${ref},${waits.ref},${asked.ref}`,
      `/desk/tickets/${ref}`, `/desk/tickets/${waits.ref}`, `/desk/tickets/${asked.ref}`, '/desk/incidents', `/desk/incidents/${incident}`, '/desk/handover', '/desk/skills', '/desk/settings', '/desk/settings/routing', '/desk/settings/parts', '/desk/settings/promises', '/desk/insights',
    ];
  };

  it('is never what somebody typed as markup, nor turned by a sign that nobody sees', async () => {
    const pages = await filled();
    const seen = new Set<string>();
    for (const url of pages) {
      const { body, statusCode } = await desk.page('lead', url);
      const html = url.startsWith('/desk/rows') ? Object.values((JSON.parse(body) as { rows: Record<string, string> }).rows).join('\n') : body;
      // Boxes keep what was typed; what is no text of the page is no sign that misleads.
      const shown = html.replace(/<textarea[\s\S]*?<\/textarea>|<pre class="copyable"[\s\S]*?<\/pre>|<[^>]*>/g, '');
      expect([url, statusCode, /<i x|<b>in-/.test(html), shown.includes(OVERRIDE)]).toEqual([url, 200, false, false]);
      [...html.matchAll(/in-([a-z-]+?)-end/g)].forEach(([, name = '']) => seen.add(name));
    }
    // Nothing is proven of a field that no page shows.
    expect(used.filter((name) => !seen.has(name))).toEqual([]);
  });

  it('names the order of the queue only where it is the order, and where something is ordered', async () => {
    const { ref } = await ticketRow(desk.source);
    const says = async (query: string): Promise<boolean> => (await desk.page('reviewer', `/desk?${query}`)).body.includes('urgency first');
    expect([await says('queue=all-open'), await says('queue=all-open&sort=newest'), await says(`q=${ref}`), await says('q=no-such-words-anywhere')]).toEqual([true, false, false, false]);
  });

  it('says of a network that is none what is wrong with it, and what would be right', async () => {
    const empty = async (q: string) => /class="empty">.*?<p>([^<]*)<\/p><\/div>/s.exec((await desk.page('reviewer', `/desk?q=${encodeURIComponent(q)}`)).body)?.[1];
    expect(await empty('192.0.2/24')).toBe('Nothing found. 192.0.2/24 is no network: an address has four numbers. Did you mean 192.0.2.0/24?');
    expect(await empty('192.0.2.0/33')).toMatch(/^Nothing found\. 192\.0\.2\.0\/33 is no network: .* 0 to 32,/);
    expect(await empty('no-such-words-anywhere')).toMatch(/^Nothing found\. Search takes a reference/);
  });

  it('says once what an address of a page has wrong, and has a page of its own for one that cannot be decoded', async () => {
    const wrong = await desk.page('reviewer', '/desk?queue=nonsense');
    expect([wrong.statusCode, wrong.body.match(/must be one of/g)?.length]).toEqual([400, 1]);
    expect(wrong.body).toContain('Something in the address of this page is not understood.');
    // Nobody is signed in, or it cannot be told who: the way back is that of the place.
    const back = await Promise.all(['/desk/nothing', '/nothing'].map(async (url) => />To the (queue|start)</.exec((await desk.app.getHttpAdapter().getInstance().inject({ method: 'GET', url, headers: { accept: 'text/html' } })).body)?.[1]));
    expect(back).toEqual(['queue', 'start']);
    const lost = await desk.page('reviewer', '/desk/tickets/%E0%A4%A?queue=all-open');
    expect([lost.statusCode, lost.headers['content-type'], lost.headers['x-content-type-options']]).toEqual([404, 'text/html; charset=utf-8', 'nosniff']);
    expect(lost.body).toMatch(/^<!doctype html>[\s\S]*To the queue/);
    expect((await desk.api('reviewer', 'GET', '/api/v1/tickets/%')).headers['content-type']).toMatch(/^application\/problem\+json/);
  });
});
