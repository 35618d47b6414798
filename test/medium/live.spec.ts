import { roleDesk, type RoleDesk } from '../support/role-desk';
import { ticketRow } from '../support/ticket-rows';
import { waitFor } from '../support/wait-for';

jest.setTimeout(60_000);

/** What open pages are told, as it happens: references only, and before each message it is asked again whether this session may hear of tickets. */
describe('the live feed', () => {
  let desk: RoleDesk;
  let url: string;
  const open: AbortController[] = [];

  beforeAll(async () => {
    desk = await roleDesk();
    await desk.app.listen(0, '127.0.0.1');
    url = await desk.app.getUrl();
  });
  afterAll(async () => {
    open.forEach((stream) => stream.abort());
    await desk?.stop();
  });

  /** Listens as a page does; `said` is all that came so far, `over` that nothing more will. */
  const listen = async (role: 'reviewer' | 'senior' | 'auditor') => {
    const stop = new AbortController();
    open.push(stop);
    const heard = { said: '', over: false };
    const answer = await fetch(`${url}/desk/live`, { headers: { cookie: desk.sessions[role].cookie }, signal: stop.signal });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8']);
    const text = new TextDecoder();
    void (async () => {
      for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
        heard.said += text.decode(chunk, { stream: true });
      }
      heard.over = true;
    })().catch(() => undefined);
    await waitFor('the stream to be ready', () => heard.said.includes('event: ready\ndata: {}\n\n'));
    return heard;
  };
  const taken = async (role: 'lead' | 'senior' = 'lead'): Promise<string> => {
    const { ref } = await ticketRow(desk.source);
    expect((await desk.api(role, 'POST', `/api/v1/tickets/${ref}/take`, {})).statusCode).toBe(200);
    return ref;
  };

  it('tells every open page which tickets changed, and nothing else of them', async () => {
    const [one, other] = [await listen('reviewer'), await listen('auditor')];
    const ref = await taken();
    const told = `event: changed\ndata: ${JSON.stringify({ refs: [ref] })}\n\n`;
    await waitFor('both to hear of it', () => one.said.includes(told) && other.said.includes(told));
    expect(one.said.replaceAll(told, '').replace(/^: here\n\n/gm, '')).toBe('retry: 3000\nevent: ready\ndata: {}\n\n');
  });

  it.each<[string, string]>([
    ['is of the desk no more', 'update staff_member set disabled_at = now() where id = $1'], ['was signed out', 'delete from session where staff_id = $1'],
  ])('tells nothing more to who %s, and ends', async (_, sql) => {
    const [gone, stays] = [await listen('senior'), await listen('reviewer')];
    await desk.source.query(sql, [desk.ids.senior]);
    const ref = await taken();
    await waitFor('the one who stays to hear of it', () => stays.said.includes(ref));
    await waitFor('the other stream to end', () => gone.over);
    await desk.source.query('update staff_member set disabled_at = null where id = $1', [desk.ids.senior]);
    expect([gone.said.includes(ref), gone.said.trim().endsWith('event: over\ndata: {}')]).toEqual([false, true]);
  });
});
