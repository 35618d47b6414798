import { roleDesk, type RoleDesk, type Sent } from '../support/role-desk';
import { ticketRow } from '../support/ticket-rows';

/** A form that is sent twice: a double click, a reload, "back" after an answer that never came. */
describe('forms that are sent twice', () => {
  let desk: RoleDesk;
  beforeAll(async () => {
    desk = await roleDesk();
  }, 120_000);
  afterAll(() => desk?.stop());

  const keyOf = ({ body }: Sent): string => /name="_key" value="([^"]+)"/.exec(body)?.[1] ?? '';
  const notes = async (ref: string): Promise<{ text: string; by: string }[]> =>
    desk.source.query('select m.text, m.by_name as by from message m join ticket t on t.id = m.ticket_id where t.ref = $1 order by m.at, m.text', [ref]);
  const went = ({ statusCode, headers }: Sent): unknown[] => [statusCode, headers.location];

  it('writes one note, however often and however close together it is sent, and answers all of them the same', async () => {
    const { ref } = await ticketRow(desk.source);
    const form = { text: 'Called them.', _key: keyOf(await desk.page('reviewer', `/desk/tickets/${ref}`)) };
    const send = (): Promise<Sent> => desk.page('reviewer', `/desk/tickets/${ref}/notes`, form);
    const answers = [...await Promise.all([send(), send(), send()]), await send()].map(went);
    expect(answers).toEqual(answers.map(() => [303, `/desk/tickets/${ref}?said=noted#timeline`]));
    expect(await notes(ref)).toEqual([{ text: 'Called them.', by: 'The reviewer' }]);
  });

  it('keeps the answer in the transaction that writes the note: without it nothing is written', async () => {
    const { ref } = await ticketRow(desk.source);
    const form = { text: 'Never there.', _key: keyOf(await desk.page('reviewer', `/desk/tickets/${ref}`)) };
    await desk.source.query(`create function nothing_kept() returns trigger language plpgsql as $$ begin raise 'no room'; end $$`);
    await desk.source.query(`create trigger nothing_kept before update on idempotency_key for each row when (new.status = 303) execute function nothing_kept()`);
    const refused = await desk.page('reviewer', `/desk/tickets/${ref}/notes`, form).finally(() => desk.source.query('drop trigger nothing_kept on idempotency_key; drop function nothing_kept()'));
    expect([refused.statusCode >= 400, await notes(ref)]).toEqual([true, []]);
    expect([went(await desk.page('reviewer', `/desk/tickets/${ref}/notes`, form))[0], (await notes(ref)).length]).toEqual([303, 1]);
  });

  it('loses no words: another text of the same form is another note, and so is the same from somebody else, or from a fresh page', async () => {
    const { ref } = await ticketRow(desk.source);
    const _key = keyOf(await desk.page('reviewer', `/desk/tickets/${ref}`));
    const fresh = keyOf(await desk.page('reviewer', `/desk/tickets/${ref}`));
    for (const [role, form] of [['reviewer', { text: 'a', _key }], ['reviewer', { text: 'b', _key }], ['senior', { text: 'a', _key }], ['reviewer', { text: 'a', _key: fresh }], ['reviewer', { text: 'c' }], ['reviewer', { text: 'c', _key: 'made up' }]] as const) {
      expect((await desk.page(role, `/desk/tickets/${ref}/notes`, form)).statusCode).toBe(303);
    }
    expect((await notes(ref)).map(({ text }) => text).sort()).toEqual(['a', 'a', 'a', 'b', 'c', 'c']);
  });

  it('takes a form that was refused again as it is, and says of one that went through where it went', async () => {
    const { ref } = await ticketRow(desk.source, { state: 'lifted' });
    const open = await ticketRow(desk.source);
    const _key = keyOf(await desk.page('lead', `/desk/tickets/${open.ref}`));
    const ask = (): Promise<Sent> => desk.page('lead', `/desk/tickets/${ref}/escalation`, { why: 'How careful?', _key });
    expect((await ask()).statusCode).toBe(409);
    await desk.source.query(`update ticket set state = 'queued' where ref = $1`, [ref]);
    expect([went(await ask()), went(await ask())]).toEqual([[303, `/desk/tickets/${ref}?said=escalated`], [303, `/desk/tickets/${ref}?said=escalated`]]);
  });

  it('does one thing with many once, and shows each time what became of them, with the time that is left to take it back', async () => {
    const [one, two] = [await ticketRow(desk.source), await ticketRow(desk.source)];
    const _key = keyOf(await desk.page('reviewer', '/desk?queue=all-open'));
    const send = (action: string, text: string): Promise<Sent> =>
      desk.page('reviewer', '/desk/bulk', [['action', action], ['text', text], ['pick', `${one.ref}@1`], ['pick', `${two.ref}@1`], ['_key', _key]]);
    const noted = [...await Promise.all([send('note', 'One rule.'), send('note', 'One rule.')]), await send('note', 'One rule.')];
    expect(noted.map(({ statusCode, body }) => [statusCode, body.split('Note kept').length - 1])).toEqual(Array(3).fill([200, 2]));
    expect([(await notes(one.ref)).length, (await notes(two.ref)).length]).toEqual([1, 1]);

    const text = 'Please send us the log lines of that hour.';
    const asked = [await send('ask', text), await send('ask', text)];
    expect(asked.map(({ body }) => [body.includes('2 done'), body.split('name="decision"').length - 1])).toEqual(Array(2).fill([true, 2]));
    expect(await desk.source.query('select count(*)::int as n from decision d join ticket t on t.id = d.ticket_id where t.ref = any($1)', [[one.ref, two.ref]])).toEqual([{ n: 2 }]);
    // Hours later there is nothing left to take back.
    await desk.source.query(`update decision set undo_until = now() - interval '1 second'`);
    expect((await send('ask', text)).body).not.toContain('name="decision"');
  });

  it('does the rest of many when it is sent again after some were refused', async () => {
    const [one, two] = [await ticketRow(desk.source), await ticketRow(desk.source)];
    const _key = keyOf(await desk.page('reviewer', '/desk?queue=all-open'));
    const send = (): Promise<Sent> => desk.page('reviewer', '/desk/bulk', [['action', 'assign'], ['pick', `${one.ref}@1`], ['pick', `${two.ref}@1`], ['_key', _key]]);
    await desk.source.query(`update ticket set state = 'lifted' where ref = $1`, [two.ref]);
    expect((await send()).body).toContain('1 done, 1 not');
    await desk.source.query(`update ticket set state = 'queued' where ref = $1`, [two.ref]);
    expect((await send()).body).toContain('2 done');
    expect(await desk.source.query(`select count(*)::int as n from audit_entry a join ticket t on t.id = a.ticket_id where a.event = 'taken' and t.ref = any($1)`, [[one.ref, two.ref]])).toEqual([{ n: 2 }]);
  });

  it('keeps what a reviewer wrote when their session has ended, and takes it after they signed in again', async () => {
    const { ref } = await ticketRow(desk.source);
    const url = `/desk/tickets/${ref}/notes`;
    const browser = { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
    const send = (cookie: string, fields: Record<string, string>): Promise<Sent> =>
      desk.app.getHttpAdapter().getInstance().inject({ method: 'POST', url, headers: { ...browser, cookie }, payload: new URLSearchParams(fields).toString() });
    const text = 'Called them at 14:00; <b>they</b> look.';
    const out = await send('', { text, _csrf: 'of-before' });
    expect([out.statusCode, out.body]).toEqual([401, expect.stringContaining('We kept everything you typed')]);
    expect(out.body).toContain('href="/desk/sign-in" target="_blank"');
    expect(out.body).toContain('Called them at 14:00; &lt;b&gt;they&lt;/b&gt; look.');
    expect(out.body).not.toMatch(/of-before|bearer|multipart/);
    // A form without the token of the new session is refused once more, with that token in it.
    const back = await send(desk.sessions.reviewer.cookie, { text });
    expect([back.statusCode, back.body]).toEqual([403, expect.stringContaining(`name="_csrf" value="${desk.sessions.reviewer.csrf}"`)]);
    expect(await notes(ref)).toEqual([]);
    expect((await send(desk.sessions.reviewer.cookie, { text, _csrf: desk.sessions.reviewer.csrf })).statusCode).toBe(303);
    expect((await notes(ref)).map((note) => note.text)).toEqual([text]);
    // A password travels with no page.
    const secret = await desk.app.getHttpAdapter().getInstance().inject({ method: 'POST', url: '/desk/sign-in', headers: { ...browser, 'sec-fetch-site': 'cross-site' }, payload: 'email=a@b.example&password=two+words' });
    expect(secret.body).not.toContain('two words');
  });

  it('forgets with the ticket where the form of it went', async () => {
    const { ref } = await ticketRow(desk.source);
    await desk.page('reviewer', `/desk/tickets/${ref}/notes`, { text: 'x', _key: keyOf(await desk.page('reviewer', `/desk/tickets/${ref}`)) });
    expect(await desk.source.query(`select answer->>'ref' as ref from idempotency_key where answer->>'ref' = $1`, [ref])).toEqual([{ ref }]);
  });
});
