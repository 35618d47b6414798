import type { TicketJson } from '../../src/tickets/ticket.view';
import { dieAt, goOn, pointsOf } from '../support/crash-lives';
import { startDesk, type Answer, type Desk } from '../support/desk';
import { journey } from '../support/journey';
import { laterActs, postActs, prepare, HARMLESS_TWICE, type PostAct, type World } from '../support/post-acts';

jest.setTimeout(120_000);

type Described = Record<string, { post?: { responses: Record<string, unknown> } }>;

// Every POST of the API that does something dies here once, after its commit: sent again with its key it is answered as it would have been then.
describe('killed between the commit of a POST and its answer', () => {
  let desk: Desk;
  let the: ReturnType<typeof journey>;
  let world: World;
  let acts: Record<string, PostAct>;
  let paths: Described;
  const later = laterActs();
  /** what was kept of each when the process had died */
  const kept: Record<string, unknown> = {};

  const send = (name: string, { path, with: fill = [], body, key }: PostAct): Promise<Answer<unknown>> => {
    const left = [...fill];
    return desk.call('POST', path.replace(/\{\w+\}/g, () => left.shift() ?? ''), body, key, { 'idempotency-key': name });
  };
  const times = async ({ times: [sql, ...values] }: PostAct) => (await desk.database.query<{ n: number }>(sql, values))[0]?.n;
  const row = async (name: string) => (await desk.database.query<{ status: number; answer: unknown }>('select status, answer from idempotency_key where key = $1', [name]))[0];

  /** All of them are done, and the process dies before one of them is answered. */
  const dieTogether = async (together: Record<string, PostAct>): Promise<void> => {
    const heard: unknown[] = [];
    try {
      await dieAt(desk, `answer.made@${Object.keys(together).length}`, () => Promise.all(Object.entries(together).map(async ([name, act]) => {
        const { status, body } = await send(name, act);
        heard.push([name, status, body]);
      })));
    } finally {
      expect(heard).toEqual([]);
    }
    for (const [name, act] of Object.entries(together)) {
      const found = await row(name);
      expect([name, await times(act), found?.status]).toEqual([name, 1, act.status]);
      kept[name] = found?.answer;
    }
  };

  beforeAll(async () => {
    desk = await startDesk({ settings: { UNDO_SECONDS: '600' } });
    the = journey(desk);
    world = await prepare(desk, the);
    acts = postActs(world);
    paths = (await desk.call<{ paths: Described }>('GET', '/api/openapi.json')).body.paths;
    await desk.kill();
  }, 180_000);
  afterAll(() => desk?.stop());

  it('leaves out no POST that the API has: each is done below, or may be done twice', () => {
    const posts = Object.keys(paths).filter((path) => paths[path]?.post && path.startsWith('/api/v1/'));
    const done = new Set([...Object.values(acts), ...Object.values(later)].map(({ path }) => path));
    expect({ untried: posts.filter((path) => !done.has(path) && !HARMLESS_TWICE[path]), unknown: [...done, ...Object.keys(HARMLESS_TWICE)].filter((path) => !posts.includes(path)) }).toEqual({ untried: [], unknown: [] });
    for (const [name, { path, status }] of Object.entries({ ...acts, ...later })) {
      expect([name, Object.keys(paths[path]?.post?.responses ?? {})]).toEqual([name, expect.arrayContaining([String(status)])]);
    }
  });

  it('each is done, its answer is kept with it, and nobody has heard it', () => dieTogether(acts));
  it('so is what takes any ticket, or builds on what was saved', () => dieTogether(later));

  it.each(pointsOf('answers'))('dies at %s with one of two done', async (at) => {
    expect(await dieAt(desk, at, () => many())).toBeNull();
    expect(await notes()).toEqual([1, 0]);
  });
  const many = () => desk.call<{ results: { ok: boolean }[] }>('POST', '/api/v1/review/bulk', { action: 'note', text: 'Half of it.', tickets: [{ ref: world.tickets.joined.ref }, { ref: world.tickets.quiet.ref }] }, 'reviewer1', { 'idempotency-key': 'many, half done' });
  const notes = async () => Promise.all([world.tickets.joined, world.tickets.quiet].map(async ({ ref }) => (await desk.database.query(`select 1 from message where text = 'Half of it.' and ticket_id = (select id from ticket where ref = $1)`, [ref])).length));

  it('dies before a claim has joined its ticket', async () => {
    expect(await dieAt(desk, 'evidence.before-commit', () => joining())).toBeNull();
    expect(await row('a claim that came to nothing')).toEqual({ status: 0, answer: null });
  });
  const joining = () => desk.call<TicketJson>('POST', '/api/v1/claims', { ...(acts['a claim that joins']?.body as object), block: { ip: world.tickets.late.block.ip, kind: 'spam', blockedAt: world.tickets.late.block.blockedAt } }, 'noc', { 'idempotency-key': 'a claim that came to nothing' });

  it('answers whoever asks again as it would have answered then, and does nothing twice', async () => {
    await goOn(desk);
    // What happened since does not change the answer of then.
    expect((await desk.call('POST', `/api/v1/tickets/${world.tickets.take.ref}/release`, {}, 'reviewer1')).status).toBe(200);
    for (const [name, act] of Object.entries({ ...acts, ...later })) {
      const again = await send(name, act);
      expect([name, again.status, again.body]).toEqual([name, act.status, act.secret ? { url: expect.stringContaining('/s/') as string, expiresAt: expect.any(String) as string } : (kept[name] ?? '')]);
      expect([name, (await send(name, act)).body]).toEqual([name, again.body]);
    }
    // The tickets that were taken next were taken, and no others.
    for (const [name, act] of Object.entries({ ...acts, ...later })) {
      expect([name, await times(act)]).toEqual([name, 1]);
    }
    const link = (await send('a status link', acts['a status link'] as PostAct)).body as { url: string };
    expect((await fetch(link.url)).status).toBe(200);
    expect(JSON.stringify(await row('a status link'))).not.toContain(link.url);
  });

  it('goes on with those of many that were not done', async () => {
    const again = await many();
    expect([again.status, again.body.results.map(({ ok }) => ok), await notes()]).toEqual([200, [true, true], [1, 1]]);
    expect([(await many()).body, await notes()]).toEqual([again.body, [1, 1]]);
  });

  it('opens a ticket for a claim whose key was reserved by one that came to nothing', async () => {
    expect((await desk.call('POST', `/api/v1/tickets/${world.tickets.late.ref}/duplicate`, { into: world.tickets.quiet.ref }, 'reviewer1')).status).toBe(200);
    const again = await joining();
    expect([again.status, again.body.ref === world.tickets.late.ref]).toEqual([201, false]);
    expect((await joining()).body).toEqual(again.body);
    expect(await the.broken()).toEqual([]);
  });
});
